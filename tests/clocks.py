"""Time for tests: of the processor, so that other work on the machine fails none; and patience with what may hang."""

import contextlib
import os
import time

PATIENCE = 900  # seconds on the wall before something is taken to hang: more than a hundred times what it takes


def processor_time():
    """Return the processor seconds of this process and of its children that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


@contextlib.contextmanager
def processor_seconds(most):
    """Hold what is done within to some seconds of the processor, in this process and in children that end within."""
    start = processor_time()
    yield
    spent = processor_time() - start
    assert spent < most, f"{spent:.2f} s of the processor, of {most} s at most"


def least_processor_seconds(work, times=3):
    """Return the processor seconds of the quickest of some runs: a first run also loads and compiles."""
    spent = []
    for _ in range(times):
        start = processor_time()
        with contextlib.suppress(Exception):  # how long it takes is asked here, not what it gives
            work()
        spent.append(processor_time() - start)
    return min(spent)
