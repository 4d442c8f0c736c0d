"""Cancelling most of many timers leaves the others in their order."""
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    timers = []
    for number in range(200):
        delay = (1 + number * 7 % 8) / 8
        timers.append(loop.call_later(delay, trace, "timer", number))
    for number in range(200):
        if number % 10 != 3:
            timers[number].cancel()
    await asyncio.sleep(0)
    trace("one tick on")
    await asyncio.sleep(0.5)
    trace("half of the time")
    await asyncio.sleep(0.75)
    trace("all of the time")
