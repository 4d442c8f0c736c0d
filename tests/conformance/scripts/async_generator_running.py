"""A step while another one runs is refused, whatever it is; the running one goes on."""
import asyncio


async def slow():
    try:
        for i in range(3):
            await asyncio.sleep(1)
            yield i
    finally:
        await asyncio.sleep(1)
        trace("cleaned up")


async def attempt(name, step):
    try:
        await step
        trace(name, "went through")
    except RuntimeError as error:
        trace(name, "refused:", error)


async def consume(gen):
    trace("consumer got", await anext(gen))
    await asyncio.sleep(1)
    await gen.aclose()
    trace("consumer closed it")


async def main():
    gen = slow()
    task = asyncio.create_task(consume(gen))
    await asyncio.sleep(0.5)
    await attempt("next", anext(gen))
    await attempt("asend", gen.asend(1))
    await attempt("athrow", gen.athrow(ValueError()))
    await attempt("aclose", gen.aclose())
    await asyncio.sleep(2)
    await attempt("next", anext(gen))
    await attempt("aclose", gen.aclose())
    await task
    await attempt("next of one that has ended", anext(gen, None))
