"""asyncio.create_task of the first document."""
import asyncio


async def coroutine():
    trace("the task runs")


async def main():
    task = asyncio.create_task(coroutine())
    trace("the task is scheduled")
    await task
