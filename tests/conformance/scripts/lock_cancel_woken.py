"""A lock on its way to a task that is cancelled goes to the next one; a request that was taken back changes nothing."""
import asyncio


async def user(lock, name):
    try:
        await lock.acquire()
    except asyncio.CancelledError:
        trace(name, "is cancelled, locked", lock.locked())
        raise
    trace(name, "has it, locked", lock.locked())
    await asyncio.sleep(0)
    lock.release()
    trace(name, "gave it back, locked", lock.locked())


async def main():
    for how in ("cancel", "cancel, taken back", "cancel before the release", "cancel of both"):
        trace(how)
        lock = asyncio.Lock()
        await lock.acquire()
        first = asyncio.create_task(user(lock, "first"))
        second = asyncio.create_task(user(lock, "second"))
        third = asyncio.create_task(user(lock, "third"))
        await asyncio.sleep(0)
        if how == "cancel before the release":
            trace("cancel gives", first.cancel())
        lock.release()
        trace("released, locked", lock.locked())
        if how != "cancel before the release":
            trace("cancel gives", first.cancel())
        if how == "cancel, taken back":
            trace("uncancel gives", first.uncancel())
        if how == "cancel of both":
            trace("cancel gives", second.cancel())
        late = asyncio.create_task(user(lock, "late"))
        for _ in range(3):
            await asyncio.sleep(0)
            trace("a turn, locked", lock.locked())
        await asyncio.wait([first, second, third, late])
        trace("in the end, locked", lock.locked())
