"""The closing of a dropped generator runs in a copy of the context in which it was dropped."""
import asyncio
import contextvars

var = contextvars.ContextVar("var", default="nothing")


async def resource():
    try:
        trace("begins in", var.get())
        yield 1
        trace("goes on in", var.get())
        yield 2
    finally:
        trace("closes in", var.get())
        var.set("closed")


async def drops(gens):
    var.set("dropper")
    gens.pop()


async def main():
    var.set("first")
    gens = [resource()]
    await anext(gens[0])
    var.set("second")
    await anext(gens[0])
    await asyncio.create_task(drops(gens))
    await asyncio.sleep(1)
    trace("main is in", var.get())
