"""say_hello of the first document, run as a program."""


async def say_hello():
    trace("Hello, Async!")


async def main():
    await say_hello()
