"""A cancel after the last child's end but before the awaiter's step: the children are done, the awaiter is cancelled."""
import asyncio


async def child(future):
    return await future


async def parent(left, right):
    try:
        trace("results", *await asyncio.gather(left, right))
    except asyncio.CancelledError:
        trace("parent is cancelled")
        raise


async def main():
    loop = asyncio.get_running_loop()
    for hops in range(5):
        future = loop.create_future()
        left = asyncio.create_task(child(future))
        right = asyncio.create_task(child(future))
        gathering = asyncio.create_task(parent(left, right))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        future.set_result("value")
        for _ in range(hops):
            await asyncio.sleep(0)
        trace("after", hops, "hops cancel gives", gathering.cancel())
        try:
            await gathering
            trace("not cancelled")
        except asyncio.CancelledError:
            trace("CancelledError")
        trace("children cancelled:", left.cancelled(), right.cancelled())
