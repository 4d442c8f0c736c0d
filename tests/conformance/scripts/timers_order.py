"""Timers fire by deadline, and with equal deadlines in the order of their creation."""
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    loop.call_later(1, trace, "A 1.0")
    loop.call_later(0.5, trace, "B 0.5")
    loop.call_at(start + 1, trace, "C 1.0")
    loop.call_later(0.25, trace, "D 0.25")
    loop.call_at(start + 0.5, trace, "E 0.5")
    loop.call_later(1, trace, "F 1.0")
    loop.call_later(0.125, lambda: loop.call_later(0.875, trace, "G 1.0, made later"))
    await asyncio.sleep(1)
    trace("main after 1.0: its timer is older than G's")
    await asyncio.sleep(0)
    trace("main one tick on")
    await asyncio.sleep(1)
