"""asyncio.run of the first document."""


async def example():
    trace("Asyncio Run Example")


async def main():
    await example()
