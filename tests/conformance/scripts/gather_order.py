"""gather's results come in argument order, whatever ends first; the children start in argument order."""
import asyncio


async def child(name, delay):
    trace(name, "starts")
    await asyncio.sleep(delay)
    trace(name, "ends")
    return name


async def main():
    a, b, c = await asyncio.gather(child("a", 3), child("b", 1), child("c", 2))
    trace("results", a, b, c)
    results = await asyncio.gather(*[child(name, 1) for name in "defg"])
    trace("results", *results)
