"""greet of the second document: two coroutines, one after the other."""
import asyncio


async def greet(name):
    trace(f"Hello, {name}")
    await asyncio.sleep(1)
    trace(f"Goodbye, {name}")


async def main():
    await greet("Alice")
    await greet("Bob")
