"""Run the code blocks of a Markdown page word for word, and compare what is printed with what is shown.

A ```python or ```sh block is run; a ```text block right after it is what it must print. Blocks of one page
share a Python session and a folder. A block after `<!-- not run: reason -->` is left out.

    python tests/docs/blocks.py PAGE ...      writes into the pages what their blocks print: review the difference
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"(?:<!-- not run: (?P<reason>[^>]+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
MARK, FAILED = "-- block done --", "-- block failed --"
SESSION = f"""
import ast, os, sys, traceback
blocks = os.fdopen(os.dup(0), encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what a block starts reads no block
names = {{"__name__": "__main__"}}
for line in blocks:
    try:
        exec(compile(ast.literal_eval(line), "<block>", "exec"), names)
        mark = "{MARK}"
    except BaseException:
        traceback.print_exc()
        mark = "{FAILED}"
    sys.stderr.flush()
    print(mark, flush=True)
"""
# reads to the end, so that what writes to it never meets a closed pipe, which it may or may not, as the machine is busy
HEAD = 'head() { command head "$@" && cat > /dev/null; }\n'


@dataclass
class Block:
    """One block of code and what the page says that it prints."""

    language: str
    text: str
    line: int
    expected: str | None = None


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page that are run."""
    found: list[Block] = []
    end = -1
    for match in FENCE.finditer(page):
        language, text = match["language"], match["text"]
        if language == "text" and found and page[end : match.start()].strip() == "":
            found[-1].expected = text
        elif language in ("python", "sh") and not match["reason"]:
            found.append(Block(language, text, page[: match.start()].count("\n") + 1))
            end = match.end()
    return found


def run(page: Path, folder: Path, python: str = sys.executable) -> list[str]:
    """Run a page's blocks in a folder and return every difference from what it shows."""
    faults = []
    for block, printed, failed in printing(page, folder, python):
        where = f"{page.name}:{block.line}"
        if failed:
            faults.append(f"{where} failed:\n{printed}")
        elif block.expected is not None and tidy(printed) != tidy(block.expected):
            faults.append(f"{where} shows\n{block.expected}\nand prints\n{printed}")
    return faults


def printing(page: Path, folder: Path, python: str) -> Iterator[tuple[Block, str, bool]]:
    """Run a page's blocks in a folder and yield what each one prints, and whether it failed."""
    environment = {
        **os.environ,
        "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
    }
    with Session([python, "-W", "error", "-c", SESSION], folder, environment) as session:
        for block in blocks(page.read_text("utf-8")):
            if block.language == "python":
                yield (block, *session.printed(block.text))
                continue
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", HEAD + block.text], cwd=folder, env=environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # fmt: skip
            yield block, done.stdout + (done.stderr if done.returncode else ""), bool(done.returncode)


class Session:
    """One interpreter, which runs the Python blocks of a page one after another, as a reader's notebook does."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  closed with it
        self._child = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            text=True, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.communicate()
        self._errors.close()

    def printed(self, text: str) -> tuple[str, bool]:
        """Run a block and return what it prints, and whether it failed."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{text!r}\n")
        self._child.stdin.flush()
        lines = []
        for line in self._child.stdout:
            before, mark, _ = line.partition(MARK)
            lines.append(before)
            if mark:
                return "".join(lines), False
            if FAILED in line:
                break
        self._errors.seek(0)
        return "".join(lines) + self._errors.read(), True


def tidy(text: str) -> list[str]:
    """Return lines without trailing space."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def rewrite(page: Path) -> None:
    """Write into a page what its blocks print."""
    text = page.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for block, printed, failed in printing(page, Path(folder), sys.executable):
            if failed:
                raise SystemExit(f"{page.name}:{block.line} failed:\n{printed}")
            if block.expected is not None:
                before = f"{block.text}```\n\n```text\n{block.expected}```"
                after = f"{block.text}```\n\n```text\n" + "\n".join(tidy(printed)) + "\n```"
                text = text.replace(before, after, 1)
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(Path(name))
