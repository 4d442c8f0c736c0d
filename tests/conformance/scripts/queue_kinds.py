"""A PriorityQueue gives equal items in heapq's order, a LifoQueue the newest one first; their lines are those of a Queue."""
import asyncio


class Job:
    def __init__(self, priority, number):
        self.priority = priority
        self.number = number

    def __lt__(self, other):
        return self.priority < other.priority


async def gets(queue, number):
    job = await queue.get()
    trace("getter", number, "has", job.priority, job.number)


async def puts(queue, job):
    await queue.put(job)
    trace("put", job.priority, job.number)


async def main():
    for queue in (asyncio.PriorityQueue(), asyncio.LifoQueue()):
        for number in range(16):
            queue.put_nowait(Job(number * 5 % 3, number))
        for number in range(8):
            job = await queue.get()
            trace("got", job.priority, job.number)
        for number in range(16, 24):
            queue.put_nowait(Job(number % 2, number))
        while not queue.empty():
            job = queue.get_nowait()
            trace("got", job.priority, job.number)
    for queue in (asyncio.PriorityQueue(2), asyncio.LifoQueue(2)):
        getters = [asyncio.create_task(gets(queue, number)) for number in range(3)]
        await asyncio.sleep(0)
        for number in range(2):
            queue.put_nowait(Job(1 - number, number))
        trace("full:", queue.full())
        putters = [asyncio.create_task(puts(queue, Job(number % 2, number))) for number in range(2, 6)]
        for getter in getters:
            await getter
        while not queue.empty():
            job = queue.get_nowait()
            trace("got", job.priority, job.number)
            await asyncio.sleep(0)
        for putter in putters:
            await putter
