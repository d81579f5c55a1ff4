"""Which options name what is read and what is written, and that none of them is another."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from nhscarbon.errors import UsageError
from nhscarbon.output.files import refuse_same_file, same_file

INPUTS = frozenset({
    "file", "before", "after", "names", "answers", "themes", "mapping", "overlay", "local", "denominators",
    "degree_days", "drivers", "path", "actions", "budget", "baseline", "base_totals", "plan", "own", "floor_area",
    "totals", "footprint", "review",
})  # fmt: skip
OUTPUTS = (
    "output", "certificate", "write_answers", "write_mapping", "write_review", "marked", "chart", "changes",
)  # fmt: skip
STREAMS = {"standard output": Path("/dev/stdout"), "standard error": Path("/dev/stderr")}


def refuse_clashes(options: Namespace) -> None:
    """Refuse a command that would write over what it reads, over its own output, or two outputs over one file.

    Raises
    ------
    UsageError
        If an output is an input, another output, or the file that a standard stream was sent to.
    """
    if not hasattr(options, "overwrite"):  # a verb that writes no file
        return
    given = vars(options)
    outputs = {f"--{name.replace('_', '-')}": Path(given[name]) for name in OUTPUTS if given.get(name)}
    if isinstance(given.get("file"), list) and given.get("marked"):
        del outputs["--marked"]
        outputs |= {f"--marked of '{file}'": path for file, path in marked_paths(options).items()}
    inputs = [Path(each) for name in INPUTS for each in _listed(given.get(name))]
    refuse_same_file(outputs, [*inputs, Path("/dev/stdin")])
    for name, path in outputs.items():
        for stream, place in STREAMS.items():
            if same_file(path, place):
                raise UsageError(f"{name} '{path}' is the file that {stream} goes to.", advice="Use another name.")


def marked_paths(options: Namespace) -> dict[str, Path]:
    """Return where the marked workbook of each file goes: into a folder, or to the name that was given."""
    to = Path(options.marked)
    folder = to.is_dir()
    return {file: to / f"{Path(file).stem}-marked.xlsx" if folder else to for file in options.file}


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [value] if isinstance(value, str) else []
