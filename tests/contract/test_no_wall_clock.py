"""No test depends on the clock on the wall: time is the processor's, and what may hang is waited for with patience."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).resolve().parents[1]
MODULES = {"time", "timeit"}
CLOCKS = {"time_ns", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "clock_gettime",
          "clock_gettime_ns", "default_timer", "sleep", "now", "utcnow", "today"}  # fmt: skip
IN_TEXT = re.compile(r"(?:perf_counter|monotonic|default_timer)(?:_ns)?\(|\btime\.(?:time(?:_ns)?|sleep)\(|%timeit|"
                     r"performance\.now|performance\.timing|getEntriesByType\('navigation'\)")  # fmt: skip
WAITS = {"timeout", "startup_timeout", "iopub_timeout", "time_limit", "implicitly_wait", "set_script_timeout",
         "set_page_load_timeout", "WebDriverWait", "deadline"}  # fmt: skip
ALLOWED = {
    ("contract/test_no_wall_clock.py", ""): "examples of what is found",
    (
        "cli/test_exit_codes.py",
        "test_an_interrupt_of_the_process_exits_with_130",
    ): "it waits for work to begin",
    ("soak/run.py", "one_batch"): "the log says how long each experiment took",
    ("soak/run.py", "main"): "the soak runs for as many minutes as it is told",
    ("soak/soak_together.py", "readers"): "the writers leave the disk some rest",
    ("soak/soak_writes.py", "kills"): "a random moment: what is asserted holds at any",
    ("soak/soak_writes.py", "interrupts"): "a random moment: what is asserted holds at any",
}
PLANTED = {
    "a reading that is asserted": "import time\ndef test():\n    start = time.perf_counter()\n"
                                  "    assert time.perf_counter() - start < 2\n",
    "a reading that is compared": "import time as t\nif t.time() > 5: print('slow')\n",
    "a name of its own": "from time import monotonic as clock\nassert clock() < 5\n",
    "every name": "from time import *\n",
    "a clock that is handed on": "import time\nleast(time.monotonic)\n",
    "an import in an expression": "__import__('time').time()\n",
    "a name in a text": "import time\ngetattr(time, 'time')()\n",
    "a sleep": "import time\ntime.sleep(1)\n",
    "a script": "run('import time; print(time.time())')\n",
    "a browser's clock": "browser.execute_script('return performance.now()')\n",
    "a date": "import pandas as pd\npd.Timestamp.now()\n",
    "a timer": "import timeit\ntimeit.timeit('x')\n",
    "a wait by its keyword": "run(['x'], timeout=120)\n",
    "a wait by its place": "driver.set_script_timeout(120)\n",
    "a wait by a name": "LONG = 60\nNotebookClient(notebook, timeout=LONG)\n",
    "a deadline": "@settings(deadline=200)\ndef test(): pass\n",
}  # fmt: skip


def found_in(source):
    """Return (line, outermost function, what) of each clock on the wall that is read and each wait in numbers."""
    tree = ast.parse(source)
    modules = {each.asname or each.name for node in ast.walk(tree) if isinstance(node, ast.Import)
               for each in node.names if each.name in MODULES}  # fmt: skip
    numbers = {each.id for node in ast.walk(tree) if isinstance(node, ast.Assign) and is_number(node.value)
               for each in node.targets if isinstance(each, ast.Name)}  # fmt: skip
    found = []

    def is_module(node):
        if isinstance(node, ast.Call):  # import_module("time")
            return any(isinstance(each, ast.Constant) and each.value in MODULES for each in node.args)
        return isinstance(node, ast.Name) and node.id in modules

    def clock(node):
        match node:
            case ast.Attribute(attr=name):
                return name if name in CLOCKS or (name in ("time", "timeit") and is_module(node.value)) else ""
            case ast.ImportFrom(module=module) if module in MODULES:
                named = {each.name for each in node.names}
                return " ".join(sorted(named & {*CLOCKS, *MODULES, "*"}))
            case ast.Constant(value=str(text)):
                return "".join(IN_TEXT.findall(text)[:1])
            case ast.Call(func=ast.Name(id="getattr"), args=[of, *_]) if is_module(of):
                return "a clock"
        return ""

    def in_numbers(node):
        return is_number(node) or (isinstance(node, ast.Name) and node.id in numbers)

    def wait(node):
        if not isinstance(node, ast.Call):
            return ""
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        told = [word.arg for word in node.keywords if word.arg in WAITS and in_numbers(word.value)]
        return " ".join([*told, called] if called in WAITS and any(map(in_numbers, node.args)) else told)

    def look(node, function):
        if not function and isinstance(node, ast.FunctionDef):
            function = node.name
        if what := clock(node) or wait(node):
            found.append((node.lineno, function, what))
        for child in ast.iter_child_nodes(node):
            look(child, function)

    look(tree, "")
    return found


def is_number(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def everything_found():
    for path in sorted(TESTS.rglob("*.py")):
        for line, function, what in found_in(path.read_text("utf-8")):
            yield path.relative_to(TESTS).as_posix(), function, f"line {line}: {what}"


def test_no_test_reads_the_clock_on_the_wall_or_waits_for_a_number_of_seconds():
    """Say `clocks.processor_seconds` for how long something takes, and `clocks.PATIENCE` for what may hang."""
    assert [each for each in everything_found() if each[:2] not in ALLOWED] == []


def test_nothing_is_allowed_that_is_no_longer_there():
    assert set(ALLOWED) == {each[:2] for each in everything_found()} & set(ALLOWED)


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED)
def test_a_planted_clock_is_found(source):
    assert found_in(source)


def test_the_processors_clock_and_patience_may_be_used():
    assert found_in("import time\nfrom clocks import PATIENCE\nassert time.process_time() < 9\n"
                    "run(timeout=PATIENCE)\nsettings(deadline=None)\nframe['time'].dt.time\n") == []  # fmt: skip


def test_hypothesis_watches_no_clock():
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check
