"""The walks of examples/walks, each a script that runs in an empty folder, and the pages that show what it prints.

python tests/docs/walks.py [NAME ...]    writes into the pages what the scripts print: review the difference
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
WALKS = {
    REPO / "examples" / "walks" / script: REPO / "docs" / "walks" / page
    for script, page in (
        ("template_walk.py", "template.md"),
        ("mapping_walk.py", "three-files.md"),
        ("records_walk.py", "records.md"),
        ("green_plan_walk.py", "green-plan.md"),
    )
}
SHOWN = re.compile(r"(?<=<!-- transcript -->\n```text\n).*?(?=^```$)", re.M | re.S)


def shown(page: Path) -> str:
    """Return the transcript that a page shows."""
    found = SHOWN.search(page.read_text("utf-8"))
    assert found, f"{page} shows no transcript"
    return found[0]


def printed(script: Path, folder: Path, python: str = sys.executable) -> str:
    """Run a copy of a script in a folder, as a reader does, and return what it prints."""
    copy = shutil.copy(script, folder)
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([python, Path(copy).name], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.strip("\n").splitlines())


def rewrite(script: Path, page: Path) -> None:
    """Write into a page what its script prints."""
    with tempfile.TemporaryDirectory() as folder:
        text = printed(script, Path(folder))
    page.write_text(SHOWN.sub(lambda _: text, page.read_text("utf-8"), count=1), "utf-8")


if __name__ == "__main__":
    for each, its_page in WALKS.items():
        if not sys.argv[1:] or each.stem in sys.argv[1:]:
            rewrite(each, its_page)
