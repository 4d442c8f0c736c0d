"""virtual_loop: CPython's event loop on a clock that jumps, and where to find a CPython that is new enough.

The loop is CPython's own but for two things: time() is virtual (select() moves it on instead of sleeping), and timers with
equal deadlines fire in the order of their creation (CPython leaves that open).
"""

import asyncio
import asyncio.events
import itertools
import os
import pathlib
import selectors
import shutil
import subprocess
import sys

OLDEST = (3, 13)


class LoopHangs(Exception):
    """Everything waits and no timer is set."""


class VirtualSelector(selectors.DefaultSelector):
    """Polls without blocking and moves the loop's time on by what the loop was willing to wait."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        events = super().select(0)
        if events:
            return events
        if timeout is None:
            raise LoopHangs("everything waits and no timer is set")
        self.now += max(timeout, 0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.virtual_selector = VirtualSelector()
        super().__init__(self.virtual_selector)

    def time(self):
        return self.virtual_selector.now


class SequencedTimerHandle(asyncio.events.TimerHandle):
    """A timer that comes after every older timer with the same deadline."""

    __slots__ = ("sequence",)
    created = itertools.count()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sequence = next(self.created)

    def __lt__(self, other):
        return (self.when(), self.sequence) < (other.when(), other.sequence)


def order_timers():
    """From now on this process's loops fire equal timers in the order of their creation."""
    asyncio.events.TimerHandle = SequencedTimerHandle


def suitable(python):
    test = ("import sys; sys.exit(not (sys.implementation.name == 'cpython' "
            f"and sys.version_info >= {OLDEST}))")
    try:
        return subprocess.run([python, "-I", "-c", test], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_python():
    """A CPython new enough: WEFT_PYTHON, else what PATH has, else the newest that pyenv has."""
    if chosen := os.environ.get("WEFT_PYTHON"):
        return chosen if suitable(chosen) else None
    candidates = [sys.executable]
    for name in ("python3.13", "python3.14", "python3.15", "python3"):
        if path := shutil.which(name):
            candidates.append(path)
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    candidates += sorted(map(str, pyenv.glob("versions/3.1[3-9]*/bin/python3")))
    return next((python for python in candidates if suitable(python)), None)


def no_python(program):
    """What a program says that needs one and has none."""
    return (f"{program}: no CPython {OLDEST[0]}.{OLDEST[1]} or newer was found (looked at WEFT_PYTHON, PATH and pyenv); "
            "install one or set WEFT_PYTHON to its path")
