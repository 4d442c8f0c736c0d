"""wait: its three modes, with results, errors and cancelled children."""
import asyncio


async def child(name, delay, then="value"):
    await asyncio.sleep(delay)
    if then == "error":
        raise ValueError(name)
    if then == "cancel":
        raise asyncio.CancelledError
    return name


def names(tasks):
    return " ".join(sorted(task.get_name() for task in tasks))


async def attempt(title, children, **options):
    tasks = [asyncio.create_task(child(*args), name=args[0]) for args in children]
    done, pending = await asyncio.wait(tasks, **options)
    trace(title, "done:", names(done), "pending:", names(pending))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def main():
    three = [("a", 3), ("b", 1), ("c", 2)]
    mixed = [("a", 3), ("b", 1, "cancel"), ("c", 2, "error")]
    await attempt("all", three)
    await attempt("first", three, return_when=asyncio.FIRST_COMPLETED)
    await attempt("first exception of none", three, return_when=asyncio.FIRST_EXCEPTION)
    await attempt("first exception", mixed, return_when=asyncio.FIRST_EXCEPTION)
    await attempt("all, mixed", mixed)
    await attempt("two at once", [("a", 1), ("b", 1), ("c", 2)], return_when=asyncio.FIRST_COMPLETED)
    await attempt("timeout", three, timeout=1.5)
    await attempt("timeout with one", three, timeout=1)
    await attempt("timeout of nothing", three, timeout=0)
    await attempt("timeout after all", three, timeout=5)
