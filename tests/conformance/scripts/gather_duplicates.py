"""The same task given twice runs once, and its value appears at both places."""
import asyncio


async def child(name):
    trace(name, "runs")
    await asyncio.sleep(1)
    return name


async def main():
    a = asyncio.create_task(child("a"))
    b = asyncio.create_task(child("b"))
    results = await asyncio.gather(a, b, a, b, a)
    trace("results", *results)
    results = await asyncio.gather(a, a)
    trace("results", *results)
