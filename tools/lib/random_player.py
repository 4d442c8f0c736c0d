"""random_player: plays the programs that it reads from stdin under this CPython's asyncio, and prints their traces.

For each program: its first line, one line for each thing that happened, and an empty line. A line is

    <time in eighths of a second> <task> <statement> <words>

The same is done by tests/conformance/random_player.cc. asyncio keeps a group's tasks and what wait() and as_completed()
are given in sets, whose order nobody knows; here they keep the order in which they were filled, and nothing else is changed.
"""

import asyncio
import asyncio.taskgroups
import asyncio.tasks
import contextvars
import inspect
import pathlib
import re
import sys
import textwrap

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from random_program import split
from virtual_loop import LoopHangs, VirtualLoop, order_timers

MOST_STATEMENTS = 150
NAMES = {"main", *(f"t{i}" for i in range(10))}
VARIABLE = contextvars.ContextVar("variable", default=0)
# A task waits for tasks with a higher rank only, or awaits itself, which is refused: cancelling a circle of tasks is a
# RecursionError in CPython, and a group whose task waits for the group's own never ends. What gather and its like make of
# a coroutine has the rank of its creator.
RANK = contextvars.ContextVar("rank", default=-1)
RETURN_WHEN = {"all": asyncio.ALL_COMPLETED, "first": asyncio.FIRST_COMPLETED, "exception": asyncio.FIRST_EXCEPTION}


class OrderedSet(dict):
    """What asyncio does with its sets, in the order of insertion."""

    def __init__(self, items=()):
        super().__init__(dict.fromkeys(items))

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)

    remove = discard


class KeepingTask(asyncio.tasks._PyTask):
    """CPython's task gives the error of its cancellation once, and then forgets the message; weft's gives it to everybody.

    A cancelled gather takes the message of the child that was given last. If that was not cancelled itself, because it
    swallowed the request, CPython finds the message of a request that came late, or none; weft has none.
    """

    def __init__(self, coro, *, created, **options):
        created.append(self)  # before its first step, which may be taken at once and create others
        super().__init__(coro, **options)

    def _make_cancelled_error(self):
        if self.done() and not self.cancelled():
            return asyncio.CancelledError()
        return self._cancelled_exc or super()._make_cancelled_error()

    @property
    def _cancel_message(self):
        return self._cancelled_exc.args[0] if self._cancelled_exc and self._cancelled_exc.args else self._message

    @_cancel_message.setter
    def _cancel_message(self, message):
        self._message = message

    _message = None


class Statement:
    def __init__(self, number, words):
        self.number = number
        self.op, *self.args = words
        self.parts = [[]]  # of a block


def parse(program):
    """The bodies of a program: lists of statements."""
    bodies, stack = [], []
    for number, line in enumerate(program.splitlines(), 1):
        words = line.split()
        if words[0] == "program":
            continue
        if words[0] == "body":
            bodies.append([])
            stack.append((None, bodies[-1]))
        elif words[0] == "end":
            stack.pop()
        elif words[0] in ("handle", "finally"):
            block, _ = stack.pop()
            block.parts.append([])
            stack.append((block, block.parts[-1]))
        else:
            statement = Statement(number, words)
            stack[-1][1].append(statement)
            if words[0] in ("try", "timeout", "group"):
                stack.append((statement, statement.parts[0]))
    return bodies


def describe(error):
    if isinstance(error, asyncio.CancelledError):
        return "C" + "".join(map(str, error.args))
    if isinstance(error, ValueError):
        return "V" + str(error)
    if isinstance(error, TimeoutError):
        return "T"
    if isinstance(error, BaseExceptionGroup):
        return "G(" + " ".join(map(describe, error.exceptions)) + ")"
    if isinstance(error, RuntimeError):
        return "R"
    if isinstance(error, (asyncio.QueueFull, asyncio.QueueEmpty, asyncio.QueueShutDown)):
        return type(error).__name__.removeprefix("Queue")[0]
    if isinstance(error, asyncio.InvalidStateError):
        return "I"
    return type(error).__name__


def matches(error, kinds):
    return "*" in kinds or describe(error)[0] in kinds


def delay(word):
    return None if word == "none" else int(word) / 8


class Frame:
    """What one run of a body has around its statements."""

    def __init__(self):
        self.groups, self.timeouts, self.caught = [], [], []


class Play:
    def __init__(self, bodies):
        self.bodies = bodies
        self.loop = asyncio.get_running_loop()
        self.lines = []
        self.created = []
        self.steps = 0
        self.handles = {}
        self.callbacks = []
        self.tasks = {}
        self.futures = {f"f{i}": self.loop.create_future() for i in range(4)}
        self.loop.set_task_factory(self.make_task)
        self.locks = {"l0": asyncio.Lock(), "l1": asyncio.Lock(), "c0": asyncio.Condition()}
        self.semaphores = {"s0": asyncio.Semaphore(1), "s1": asyncio.Semaphore(2), "u0": asyncio.BoundedSemaphore(1)}
        self.events = {"e0": asyncio.Event(), "e1": asyncio.Event()}
        self.queues = {"q0": asyncio.Queue(1), "q1": asyncio.Queue(), "p0": asyncio.PriorityQueue(2), "p1": asyncio.LifoQueue(2)}
        self.barriers = {"k0": asyncio.Barrier(2), "k1": asyncio.Barrier(3)}

    def make_task(self, loop, coro, **options):
        return KeepingTask(coro, created=self.created, loop=loop, **options)

    def trace(self, number, *words):
        task = asyncio.current_task()
        name = "-" if task is None else task.get_name() if task.get_name() in NAMES else "anon"
        self.lines.append(" ".join(map(str, (round(self.loop.time() * 8), name, number, *words))))

    async def root(self):
        main = asyncio.create_task(self.body(0), name="main")
        await asyncio.wait([main], timeout=30)
        self.trace(0, "main", self.state(main))
        for _ in range(40):
            pending = [task for task in self.created if not task.done() and task is not asyncio.current_task()]
            if not pending:
                break
            for task in pending:
                task.cancel("over")
            for lock in self.locks.values():  # a condition's wait goes on until it has the lock
                if lock.locked():
                    lock.release()
            await asyncio.sleep(1 / 8)
        self.trace(0, "left", len(pending))
        await asyncio.sleep(16 / 8)  # whatever was set off has happened then

    async def body(self, number):
        value = await self.block(self.bodies[number] if number < len(self.bodies) else [], Frame())
        return number if value is None else value

    async def named(self, name, number):
        RANK.set(int(name[1:]))
        return await self.body(number)

    async def block(self, statements, frame):
        """What a return statement returned; None when there was none."""
        for statement in statements:
            self.steps += 1
            if self.steps > MOST_STATEMENTS:
                return 0
            value = await getattr(self, "do_" + statement.op)(statement, frame)
            if value is not None:
                return value

    def handle(self, word):
        return self.tasks.get(word) or self.futures.get(word)

    def may_wait(self, word, op):
        handle = self.handle(word)
        return handle is not None and (word[0] == "f" or int(word[1:]) > RANK.get() or
                                       op == "await" and handle is asyncio.current_task())

    def awaitables(self, words, op):
        """None when a task among them was never created, or must not be waited for here."""
        if all(word[0] == "b" or self.may_wait(word, op) for word in words):
            return [self.body(int(word[1:])) if word[0] == "b" else self.handle(word) for word in words]

    @staticmethod
    def state(future):
        if not future.done():
            return "pending"
        if future.cancelled():
            return "cancelled"
        error = future.exception()
        return future.result() if error is None else describe(error)

    async def give(self, statement, make):
        """Awaits what `make` makes of the awaitables; traces what it gives."""
        made = self.awaitables([word for word in statement.args if word[0] in "tfb" and word[1:].isdigit()], statement.op)
        if made is None:
            return self.trace(statement.number, "skipped")
        value = await make(made)
        self.trace(statement.number, *(value if isinstance(value, list) else [value]))

    async def do_sleep(self, statement, frame):
        await asyncio.sleep(delay(statement.args[0]))
        self.trace(statement.number, "slept")

    async def do_await(self, statement, frame):
        async def one(made):
            return await made[0]
        await self.give(statement, one)

    async def do_spawn(self, statement, frame):
        self.start(statement, lambda coro, name: asyncio.create_task(coro, name=name))

    async def do_spawn_eager(self, statement, frame):
        self.start(statement, lambda coro, name: self.make_task(self.loop, coro, name=name, eager_start=True))

    async def do_ensure(self, statement, frame):
        def ensure(coro, name):
            task = asyncio.ensure_future(coro)
            task.set_name(name)
            return task
        self.start(statement, ensure)

    async def do_group_spawn(self, statement, frame):
        outwards = int(statement.args[2])
        if outwards >= len(frame.groups) or int(statement.args[0][1:]) <= RANK.get():
            return self.trace(statement.number, "skipped")
        self.start(statement, lambda coro, name: frame.groups[-1 - outwards].create_task(coro, name=name))

    def start(self, statement, create):
        name, body = statement.args[:2]
        if name in self.tasks:
            return self.trace(statement.number, "skipped")
        self.tasks[name] = create(self.named(name, int(body[1:])), name)
        self.trace(statement.number, "created", name)

    async def do_cancel(self, statement, frame):
        future = self.handle(statement.args[0])
        if future is None:
            return self.trace(statement.number, "skipped")
        self.trace(statement.number, future.cancel(f"m{statement.number}"))

    async def do_cancel_self(self, statement, frame):
        self.trace(statement.number, asyncio.current_task().cancel(f"m{statement.number}"))

    async def do_uncancel(self, statement, frame):
        self.trace(statement.number, asyncio.current_task().uncancel())

    async def do_cancelling(self, statement, frame):
        self.trace(statement.number, asyncio.current_task().cancelling())

    async def do_set(self, statement, frame):
        self.end_future(statement, lambda future: future.set_result(int(statement.args[1])))

    async def do_fail(self, statement, frame):
        self.end_future(statement, lambda future: future.set_exception(ValueError(f"e{statement.number}")))

    def end_future(self, statement, end):
        try:
            end(self.futures[statement.args[0]])
        except asyncio.InvalidStateError:
            self.trace(statement.number, "invalid")
        else:
            self.trace(statement.number, "ended")

    async def do_gather(self, statement, frame):
        returned = statement.args[0] == "return"

        async def gather(made):
            values = await asyncio.gather(*made, return_exceptions=returned)
            return [describe(value) if isinstance(value, BaseException) else value for value in values]
        await self.give(statement, gather)

    async def do_wait(self, statement, frame):
        words = statement.args[2:]

        async def wait(made):
            done, pending = await asyncio.wait(made, timeout=delay(statement.args[1]), return_when=RETURN_WHEN[statement.args[0]])
            names = dict.fromkeys(words)
            return ["done", *(w for w in names if self.handle(w) in done), "pending", *(w for w in names if self.handle(w) in pending)]
        await self.give(statement, wait)

    async def do_wait_for(self, statement, frame):
        await self.give(statement, lambda made: asyncio.wait_for(made[0], delay(statement.args[0])))

    async def do_shield(self, statement, frame):
        async def shield(made):
            return await asyncio.shield(made[0])
        await self.give(statement, shield)

    async def do_as_completed(self, statement, frame):
        async def complete(made):
            values = []
            for step in asyncio.as_completed(made, timeout=delay(statement.args[0])):
                try:
                    values.append(await step)
                except (ValueError, TimeoutError) as error:
                    values.append(describe(error))
            return values
        await self.give(statement, complete)

    async def do_handles(self, statement, frame):
        async def complete(made):
            values = []
            try:
                async for task in asyncio.as_completed(made, timeout=delay(statement.args[0])):
                    values.append(f"{task.get_name() if task in self.tasks.values() else 'anon'}={self.state(task)}")
            except TimeoutError as error:
                values.append(describe(error))
            return values
        await self.give(statement, complete)

    async def do_told(self, statement, frame):
        future = self.handle(statement.args[0])
        if future is None:
            return self.trace(statement.number, "skipped")

        def told(done):
            self.trace(statement.number, "told", self.state(done), VARIABLE.get())
        future.add_done_callback(told)
        self.callbacks.append((future, told))

    async def do_untold(self, statement, frame):
        if not self.callbacks:
            return self.trace(statement.number, "skipped")
        future, told = self.callbacks.pop()
        self.trace(statement.number, future.remove_done_callback(told))

    async def do_soon(self, statement, frame):
        self.handles[statement.args[0]] = self.loop.call_soon(lambda: self.trace(statement.number, "called", VARIABLE.get()))

    async def do_later(self, statement, frame):
        self.handles[statement.args[0]] = self.loop.call_later(
            delay(statement.args[1]), lambda: self.trace(statement.number, "called", VARIABLE.get()))

    async def do_drop(self, statement, frame):
        handle = self.handles.get(statement.args[0])
        if handle is None:
            return self.trace(statement.number, "skipped")
        handle.cancel()
        self.trace(statement.number, "dropped")

    async def do_get(self, statement, frame):
        self.trace(statement.number, "is", VARIABLE.get())

    async def do_put(self, statement, frame):
        VARIABLE.set(int(statement.args[0]))

    async def do_raise(self, statement, frame):
        raise (ValueError if statement.args[0] == "V" else asyncio.CancelledError)(f"r{statement.number}")

    async def do_return(self, statement, frame):
        return int(statement.args[0])

    async def do_state(self, statement, frame):
        future = self.handle(statement.args[0])
        self.trace(statement.number, "none" if future is None else self.state(future))

    async def do_lock(self, statement, frame):
        self.trace(statement.number, await self.locks[statement.args[0]].acquire())

    def at_once(self, statement, act):
        """Traces what it gives, or its error."""
        try:
            self.trace(statement.number, act())
        except (RuntimeError, ValueError, asyncio.QueueFull, asyncio.QueueEmpty, asyncio.QueueShutDown) as error:
            self.trace(statement.number, describe(error)[0])

    async def do_unlock(self, statement, frame):
        self.at_once(statement, self.locks[statement.args[0]].release)

    async def do_locked(self, statement, frame):
        self.at_once(statement, (self.locks | self.semaphores)[statement.args[0]].locked)

    async def do_down(self, statement, frame):
        self.trace(statement.number, await self.semaphores[statement.args[0]].acquire())

    async def do_up(self, statement, frame):
        self.at_once(statement, self.semaphores[statement.args[0]].release)

    async def do_event(self, statement, frame):
        self.trace(statement.number, await self.events[statement.args[0]].wait())

    async def do_set_event(self, statement, frame):
        self.at_once(statement, self.events[statement.args[0]].set)

    async def do_clear(self, statement, frame):
        self.at_once(statement, self.events[statement.args[0]].clear)

    async def do_condition(self, statement, frame):
        self.trace(statement.number, await self.locks[statement.args[0]].wait())

    async def do_notify(self, statement, frame):
        self.at_once(statement, lambda: self.locks[statement.args[0]].notify(int(statement.args[1])))

    async def do_barrier(self, statement, frame):
        barrier = self.barriers[statement.args[0]]
        self.trace(statement.number, "number", await barrier.wait(), barrier.n_waiting, barrier.broken)

    async def do_reset(self, statement, frame):
        await self.barriers[statement.args[0]].reset()
        self.trace(statement.number, "reset")

    async def do_abort(self, statement, frame):
        await self.barriers[statement.args[0]].abort()
        self.trace(statement.number, "aborted")

    async def do_push(self, statement, frame):
        await self.queues[statement.args[0]].put(int(statement.args[1]))
        self.trace(statement.number, "pushed")

    async def do_pull(self, statement, frame):
        self.trace(statement.number, await self.queues[statement.args[0]].get())

    async def do_join(self, statement, frame):
        await self.queues[statement.args[0]].join()
        self.trace(statement.number, "joined")

    async def do_push_now(self, statement, frame):
        self.at_once(statement, lambda: self.queues[statement.args[0]].put_nowait(int(statement.args[1])))

    async def do_pull_now(self, statement, frame):
        self.at_once(statement, self.queues[statement.args[0]].get_nowait)

    async def do_task_done(self, statement, frame):
        self.at_once(statement, self.queues[statement.args[0]].task_done)

    async def do_shut(self, statement, frame):
        self.at_once(statement, lambda: self.queues[statement.args[0]].shutdown(statement.args[1] == "1"))

    async def do_size(self, statement, frame):
        queue = self.queues[statement.args[0]]
        self.trace(statement.number, queue.qsize(), *(["full"] if queue.full() else []))

    async def do_reraise(self, statement, frame):
        if frame.caught:
            raise frame.caught[-1]

    async def do_try(self, statement, frame):
        body, handler, cleanup = statement.parts
        value = None
        try:
            try:
                value = await self.block(body, frame)
            except BaseException as error:
                if not matches(error, statement.args[0]):
                    raise
                self.trace(statement.number, "caught", describe(error))
                frame.caught.append(error)
                try:
                    value = await self.block(handler, frame)
                finally:
                    frame.caught.pop()
        finally:
            await self.block(cleanup, frame)
        return value

    async def do_timeout(self, statement, frame):
        async with asyncio.timeout(delay(statement.args[0])) as timeout:
            frame.timeouts.append(timeout)
            try:
                value = await self.block(statement.parts[0], frame)
                self.trace(statement.number, "expired", timeout.expired())
            finally:
                frame.timeouts.pop()
        return value

    async def do_reschedule(self, statement, frame):
        if not frame.timeouts:
            return self.trace(statement.number, "skipped")
        when = delay(statement.args[0])
        frame.timeouts[-1].reschedule(None if when is None else self.loop.time() + when)
        self.trace(statement.number, "rescheduled")

    async def do_group(self, statement, frame):
        async with asyncio.TaskGroup() as group:
            frame.groups.append(group)
            try:
                value = await self.block(statement.parts[0], frame)
            finally:
                frame.groups.pop()
        return value


def play(program):
    """The trace of a program."""
    plays = []

    async def main():
        plays.append(Play(parse(program)))
        await plays[-1].root()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.get_loop().set_exception_handler(lambda loop, context: None)
        try:
            runner.run(main())
        except LoopHangs:
            plays[-1].lines.append("hangs")
    return [line.replace("True", "yes").replace("False", "no") for line in plays[-1].lines]


def order_sets():
    """From now on asyncio's sets are ordered, the one that as_completed makes by a comprehension too."""
    asyncio.tasks.set = asyncio.taskgroups.set = OrderedSet
    iterator = asyncio.tasks._AsCompletedIterator
    source = textwrap.dedent(inspect.getsource(iterator.__init__))
    comprehension = re.compile(r"\{(ensure_future\(aw, loop=loop\) for aw in set\(aws\))\}")
    ordered, count = comprehension.subn(r"set(\1)", source)
    if count != 1:
        raise SystemExit("random_player: as_completed of this CPython keeps its awaitables differently; look at "
                         "asyncio.tasks._AsCompletedIterator")
    scope = {}
    exec(ordered, asyncio.tasks.__dict__, scope)
    iterator.__init__ = scope["__init__"]


def main():
    order_timers()
    order_sets()
    for program in split(sys.stdin.read()):
        print(program.split("\n", 1)[0], *play(program), "", sep="\n", flush=True)


if __name__ == "__main__":
    main()
