"""random_program: small asyncio programs as text, made from a seed. tests/conformance/random_program.h reads the same text.

    program <seed>
    body 0                      what the main task runs; a body calls and spawns bodies with higher numbers only, so it ends
      <statement>...
    end

A statement is a line: an instruction and its arguments. try, timeout and group are blocks that an `end` closes; try has the
parts `handle` and `finally`. A statement's number is that of its line. Times are eighths of a second, handles are t0..t9
(tasks), f0..f3 (futures), b1..b9 (a coroutine: that body), and l0, l1 (locks), c0 (a condition and its lock), s0, s1
(semaphores of 1 and 2), u0 (a bounded one of 1), e0, e1 (events), k0, k1 (barriers of 2 and 3), q0, q1 (queues of 1 and without
limit), p0 (a priority queue of 2), p1 (a stack of 2). random_player.py says what each instruction does.

What a program avoids, because weft differs there on purpose (docs/guarantees.md, section 4): a second step of an
as_completed after one was cancelled.
"""

import random

TASKS, FUTURES, BODIES = 8, 4, 7
KINDS = "CVTGR*"


class Generator:
    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.lines = []

    def program(self):
        bodies = self.random.randint(3, BODIES)
        self.lines = [f"program {self.seed}"]
        self.spawned = []
        for body in range(bodies):
            self.lines.append(f"body {body}")
            self.body, self.bodies = body, bodies
            self.groups = self.timeouts = 0
            if body == 0:
                self.main_block()
            else:
                self.block(1, self.random.randint(2, 5))
            self.lines.append("end")
        return "\n".join(self.lines) + "\n"

    def add(self, depth, text):
        self.lines.append("  " * depth + text)

    def block(self, depth, count):
        for _ in range(count):
            self.statement(depth)

    def main_block(self):
        """Some tasks, then statements most of which the main task survives."""
        for _ in range(self.random.randint(1, 4)):
            self.make_spawn(1)
        for _ in range(self.random.randint(4, 8)):
            if self.random.random() < 0.7:
                self.add(1, "try *")
                self.block(2, self.random.randint(1, 3))
                self.lines += ["  handle", "  finally", "  end"]
            else:
                self.statement(1)

    def task(self):
        """Most likely one that was spawned by what comes before in the text."""
        if self.spawned and self.random.random() < 0.9:
            return self.random.choice(self.spawned)
        return f"t{self.random.randrange(TASKS)}"

    def new_task(self):
        free = [name for name in (f"t{i}" for i in range(TASKS)) if name not in self.spawned]
        if not free or self.random.random() < 0.1:
            return self.task()
        self.spawned.append(self.random.choice(free))
        return self.spawned[-1]

    def future(self):
        return f"f{self.random.randrange(FUTURES)}"

    def coroutine(self):
        """A body that this one may call; None for the last."""
        if self.body + 1 >= self.bodies:
            return None
        return f"b{self.random.randint(self.body + 1, self.bodies - 1)}"

    def delay(self, most=12):
        return self.random.choice([0, 1, 2, 3, 4, 6, 8, most])

    def awaitable(self):
        return self.random.choice([self.task(), self.task(), self.future(), self.coroutine() or self.task()])

    def several(self, least=1):
        """Awaitables of one kind, or a pair of two kinds."""
        count = self.random.randint(least, 3)
        make = self.random.choice([self.task, self.task, self.coroutine, self.coroutine, self.future, None])
        if make is None:
            kinds = self.random.choice([(self.task, self.future), (self.coroutine, self.task), (self.coroutine, self.future)])
            made = [kind() for kind in kinds]
        else:
            made = [make() for _ in range(count)]
        return " ".join(made) if all(made) else self.task()

    def statement(self, depth):
        weights = {"sleep": 12, "spawn": 14, "await": 10, "call": 6, "cancel": 9, "cancel_self": 2, "cancel_future": 2,
                   "uncancel": 2, "cancelling": 3, "set": 5, "fail": 3, "gather": 7, "wait": 5, "wait_for": 7,
                   "shield": 4, "as_completed": 4, "handles": 3, "told": 3, "untold": 1, "soon": 2, "later": 3, "drop": 2,
                   "get": 2, "put": 2, "raise": 3, "return": 1, "state": 2, "try": 12, "timeout": 7, "group": 7,
                   "reraise": 2, "spawn_eager": 5,
                   "lock": 5, "unlock": 5, "locked": 2, "down": 4, "up": 4, "value": 2, "event": 3, "set_event": 3, "clear": 2,
                   "condition": 3, "notify": 4, "barrier": 4, "reset": 1, "abort": 0.3, "push": 6, "pull": 6,
                   "push_now": 3, "pull_now": 3, "task_done": 4, "join": 2, "shut": 0.7, "size": 2, "reschedule": 3, "group_spawn": 8 if self.groups else 1, "ensure": 2}
        if depth > 4:
            for block in ("try", "timeout", "group"):
                del weights[block]
        chosen = self.random.choices(list(weights), list(weights.values()))[0]
        getattr(self, "make_" + chosen)(depth)

    def with_coroutine(self, depth, text):
        coroutine = self.coroutine()
        self.add(depth, text.format(coroutine) if coroutine else f"sleep {self.delay()}")

    def make_sleep(self, depth):
        self.add(depth, f"sleep {self.delay()}")

    def make_spawn(self, depth):
        self.with_coroutine(depth, f"spawn {self.new_task()} {{}}")

    def make_spawn_eager(self, depth):
        self.with_coroutine(depth, f"spawn_eager {self.new_task()} {{}}")

    def make_ensure(self, depth):
        self.with_coroutine(depth, f"ensure {self.new_task()} {{}}")

    def make_group_spawn(self, depth):
        self.with_coroutine(depth, f"group_spawn {self.new_task()} {{}} {self.random.choice([0, 0, 0, 1])}")

    def make_await(self, depth):
        self.add(depth, f"await {self.random.choice([self.task(), self.task(), self.future()])}")

    def make_call(self, depth):
        self.with_coroutine(depth, "await {}")

    def make_cancel(self, depth):
        self.add(depth, f"cancel {self.task()}")

    def make_cancel_future(self, depth):
        self.add(depth, f"cancel {self.future()}")

    def make_cancel_self(self, depth):
        self.add(depth, "cancel_self")

    def make_uncancel(self, depth):
        self.add(depth, "uncancel")

    def make_cancelling(self, depth):
        self.add(depth, "cancelling")

    def make_set(self, depth):
        self.add(depth, f"set {self.future()} {self.random.randrange(100)}")

    def make_fail(self, depth):
        self.add(depth, f"fail {self.future()}")

    def make_gather(self, depth):
        self.add(depth, f"gather {self.random.choice(['raise', 'raise', 'return'])} {self.several()}")

    def make_wait(self, depth):
        mode = self.random.choice(["all", "first", "exception"])
        items = " ".join(self.random.choice([self.task, self.task, self.future])() for _ in range(self.random.randint(1, 4)))
        self.add(depth, f"wait {mode} {self.random.choice(['none', self.delay(), self.delay()])} {items}")

    def make_wait_for(self, depth):
        self.add(depth, f"wait_for {self.random.choice(['none', 0, self.delay(), self.delay()])} {self.awaitable()}")

    def make_shield(self, depth):
        self.add(depth, f"shield {self.awaitable()}")

    def completed(self, depth, instruction):
        make = self.random.choice([self.task, self.coroutine])
        items = [make() for _ in range(self.random.randint(1, 3))]
        text = " ".join(items) if all(items) else self.task()
        self.add(depth, f"{instruction} {self.random.choice(['none', 'none', self.delay()])} {text}")

    def make_as_completed(self, depth):
        self.completed(depth, "as_completed")

    def make_handles(self, depth):
        self.completed(depth, "handles")

    def make_told(self, depth):
        self.add(depth, f"told {self.random.choice([self.task(), self.task(), self.future()])}")

    def make_untold(self, depth):
        self.add(depth, "untold")

    def make_soon(self, depth):
        self.add(depth, f"soon {self.random.randrange(3)}")

    def make_later(self, depth):
        self.add(depth, f"later {self.random.randrange(3)} {self.delay()}")

    def make_drop(self, depth):
        self.add(depth, f"drop {self.random.randrange(3)}")

    def make_get(self, depth):
        self.add(depth, "get")

    def make_put(self, depth):
        self.add(depth, f"put {self.random.randrange(100)}")

    def make_raise(self, depth):
        self.add(depth, f"raise {self.random.choice('VVVC')}")

    def make_return(self, depth):
        self.add(depth, f"return {self.random.randrange(100)}")

    def make_state(self, depth):
        self.add(depth, f"state {self.random.choice([self.task(), self.future()])}")

    def make_lock(self, depth):
        """Most likely a lock that is let go again."""
        lock = self.random.choice(["l0", "l0", "l1", "c0"])
        self.add(depth, f"lock {lock}")
        if self.random.random() < 0.7:
            self.block(depth, self.random.choice([1, 1, 2])) if depth < 5 else None
            self.add(depth, f"unlock {lock}")

    def make_unlock(self, depth):
        self.add(depth, f"unlock {self.random.choice(['l0', 'l1', 'c0'])}")

    def make_locked(self, depth):
        self.add(depth, f"locked {self.random.choice(['l0', 'l1', 'c0', 's0', 's1'])}")

    def make_down(self, depth):
        self.add(depth, f"down {self.random.choice(['s0', 's0', 's1'])}")

    def make_up(self, depth):
        self.add(depth, f"up {self.random.choice(['s0', 's0', 's1', 'u0'])}")

    def make_value(self, depth):
        self.add(depth, f"locked {self.random.choice(['s0', 's1'])}")

    def make_event(self, depth):
        self.add(depth, f"event {self.random.choice(['e0', 'e0', 'e1'])}")

    def make_set_event(self, depth):
        self.add(depth, f"set_event {self.random.choice(['e0', 'e0', 'e1'])}")
        if self.random.random() < 0.2:
            self.add(depth, "clear e0")

    def make_clear(self, depth):
        self.add(depth, f"clear {self.random.choice(['e0', 'e1'])}")

    def make_condition(self, depth):
        self.add(depth, "lock c0")
        self.add(depth, "condition c0")
        if self.random.random() < 0.9:
            self.add(depth, "unlock c0")

    def make_notify(self, depth):
        locks = self.random.random() < 0.8
        if locks:
            self.add(depth, "lock c0")
        self.add(depth, f"notify c0 {self.random.choice([0, 1, 1, 2, 9])}")
        if locks:
            self.add(depth, "unlock c0")

    def make_barrier(self, depth):
        self.add(depth, f"barrier {self.random.choice(['k0', 'k0', 'k1'])}")

    def make_reset(self, depth):
        self.add(depth, f"reset {self.random.choice(['k0', 'k1'])}")

    def make_abort(self, depth):
        self.add(depth, f"abort {self.random.choice(['k0', 'k1'])}")

    def queue(self):
        return self.random.choice(["q0", "q0", "q0", "q1", "p0", "p1"])

    def make_push(self, depth):
        self.add(depth, f"push {self.queue()} {self.random.randrange(100)}")

    def make_pull(self, depth):
        queue = self.queue()
        self.add(depth, f"pull {queue}")
        if self.random.random() < 0.3:
            self.add(depth, f"task_done {queue}")

    def make_push_now(self, depth):
        self.add(depth, f"push_now {self.queue()} {self.random.randrange(100)}")

    def make_pull_now(self, depth):
        self.add(depth, f"pull_now {self.queue()}")

    def make_task_done(self, depth):
        self.add(depth, f"task_done {self.queue()}")

    def make_join(self, depth):
        self.add(depth, f"join {self.queue()}")

    def make_shut(self, depth):
        self.add(depth, f"shut {self.queue()} {self.random.choice([0, 0, 1])}")

    def make_size(self, depth):
        self.add(depth, f"size {self.queue()}")

    def make_reraise(self, depth):
        self.add(depth, "reraise")

    def make_reschedule(self, depth):
        self.add(depth, f"reschedule {self.random.choice(['none', self.delay(), self.delay()])}")

    def make_try(self, depth):
        kinds = "".join(self.random.sample(KINDS, self.random.choice([0, 1, 1, 2]))) or "-"
        self.add(depth, f"try {self.random.choice([kinds, kinds, 'C', '*'])}")
        self.block(depth + 1, self.random.randint(1, 3))
        self.add(depth, "handle")
        self.block(depth + 1, self.random.randint(0, 2))
        self.add(depth, "finally")
        self.block(depth + 1, self.random.choice([0, 0, 1, 2]))
        self.add(depth, "end")

    def make_timeout(self, depth):
        self.add(depth, f"timeout {self.random.choice(['none', self.delay(), self.delay(), self.delay()])}")
        self.timeouts += 1
        self.block(depth + 1, self.random.randint(1, 3))
        self.timeouts -= 1
        self.add(depth, "end")

    def make_group(self, depth):
        self.add(depth, "group")
        self.groups += 1
        self.block(depth + 1, self.random.randint(1, 4))
        self.groups -= 1
        self.add(depth, "end")


def generate(seed):
    return Generator(seed).program()


def split(text):
    """The programs of a text, each with its first line."""
    programs = []
    for line in text.splitlines():
        if line.startswith("program "):
            programs.append([])
        programs[-1].append(line)
    return ["\n".join(lines) + "\n" for lines in programs]


def smaller(program):
    """Programs with one statement or block less, larger cuts first."""
    lines = program.splitlines()
    cuts = []
    open_blocks = []
    for number, line in enumerate(lines):
        word = line.split()[0]
        if word in ("try", "timeout", "group", "body"):
            open_blocks.append((number, word))
        elif word == "end":
            begin, kind = open_blocks.pop()
            if kind == "body":
                cuts.append(list(range(begin + 1, number)))
                continue
            cuts.append(list(range(begin, number + 1)))
            cuts.append([begin, number, *(i for i in range(begin, number) if kind == "try" and
                                          lines[i].split()[0] in ("handle", "finally") and indent(lines[i]) == indent(line))])
        elif word not in ("program", "handle", "finally"):
            cuts.append([number])
    for cut in sorted((cut for cut in cuts if cut), key=len, reverse=True):
        removed = set(cut)
        yield "\n".join(line for number, line in enumerate(lines) if number not in removed) + "\n"


def indent(line):
    return len(line) - len(line.lstrip())
