"""asyncio.sleep of the first document: pause for 2 seconds."""
import asyncio


async def main():
    trace("pausing for 2 seconds")
    await asyncio.sleep(2)
    trace("2 seconds later")
