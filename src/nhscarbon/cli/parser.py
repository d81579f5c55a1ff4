"""How a verb is added to the command line: its help with an example, its source, and its work, loaded when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn, TypeAlias

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

METHOD_HELP = "methodology id; `nhscarbon method list` shows them"


class Command(argparse.ArgumentParser):
    """A parser that says where the files have gone when an option has taken them all."""

    _words: Sequence[str] = ()

    def parse_known_args(  # type: ignore[override]  # typeshed has an overload for each kind of namespace
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse, and keep the words for what is said of them."""
        self._words = sys.argv[1:] if args is None else args
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """End with the usage, and what to do."""
        wanted = [each for each in message.partition(" required: ")[2].split(", ") if each and not each.startswith("-")]
        took_all = [name for each in self._actions if each.nargs == "+" for name in each.option_strings]
        met = [each for each in self._words if each in took_all]
        if wanted and met:
            message += f"; all that follows {met[0]} is taken by it: name {wanted[0]} before it"
        super().error(message)


def add_verb(verbs: Verbs, name: str, text: str, module: str, function: str, example: str) -> argparse.ArgumentParser:
    """Add a verb whose work is a function of a module of this room."""
    verb = verbs.add_parser(
        name,
        help=text,
        description=_sentence(text),
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)  # said once
    verb.set_defaults(run=_later(module, function))
    return verb


def add_group(verbs: Verbs, name: str, text: str, example: str) -> Verbs:
    """Add a verb that has verbs of its own, and return them."""
    group = verbs.add_parser(
        name,
        help=text,
        description=_sentence(text),
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return group.add_subparsers(dest="noun", required=True, metavar="WHAT")


def add_source(verb: argparse.ArgumentParser, *, method: bool = True, files: tuple[str, ...] = ()) -> None:
    """Add what says which source is read, and by which method; `files` are named one by one."""
    for name in files:
        verb.add_argument(name, metavar=name.upper(), help="CSV, Excel or Parquet")
    if not files:
        verb.add_argument("file", nargs="+", metavar="FILE", help="CSV, Excel or Parquet; several are added together")
    if method:
        verb.add_argument("--method", required=True, help=METHOD_HELP)
    verb.add_argument(
        "--overlay",
        action="append",
        default=[],
        metavar="FOLDER",
        help="a sealed package of your own factors, used before the methodology's",
    )
    verb.add_argument(
        "--from",
        dest="kind",
        choices=("activity", "eric", "ledger"),
        default="activity",
        help="activity table (default), an estates return as published, or a ledger of payments",
    )
    for name, what in (("include", "count"), ("exclude", "leave out")):
        verb.add_argument(
            f"--{name}",
            action="append",
            default=[],
            metavar="RULE",
            help=f"{what} this rule of a ledger, whatever its default",
        )
    verb.add_argument(
        "--mapping",
        metavar="NAME_OR_PATH",
        help="what columns, words and units mean, as `nhscarbon map` writes it and a person confirms it; "
        "with --from ledger also a mapping's name",
    )
    verb.add_argument(
        "--vat",
        dest="unit",
        choices=("net", "gross"),
        help="whether all amounts of a ledger are net of VAT or include it; default: as the mapping says",
    )


def add_answers(verb: argparse.ArgumentParser) -> None:
    """Add the answers to findings."""
    verb.add_argument("--answers", metavar="FILE", help="answers to warnings: CSV, or a workbook's sheet 'answers'")


def add_lookup(verb: argparse.ArgumentParser) -> None:
    """Add the release that organisation codes are looked up in."""
    verb.add_argument(
        "--organisations",
        default="ods-2026-07",
        metavar="RELEASE",
        help="ODS release used to check organisation codes; 'none' skips the check (default: ods-2026-07)",
    )


def add_themes(verb: argparse.ArgumentParser) -> None:
    """Add the table of what a return answers for its themes."""
    verb.add_argument(
        "--themes",
        metavar="FILE",
        help="answers for themes, a CSV with organisation, period, theme, answer and reason",
    )


def add_release(verb: argparse.ArgumentParser) -> None:
    """Add which release of organisations is meant."""
    verb.add_argument(
        "--organisations",
        default="ods-2026-07",
        metavar="RELEASE",
        help="release of organisations; default: ods-2026-07",
    )


def _later(module: str, function: str) -> Callable[[argparse.Namespace], None]:
    """Load the verb's module when it runs, so that help and errors come at once."""

    def run(options: argparse.Namespace) -> None:
        getattr(import_module(f"nhscarbon.cli.{module}"), function)(options)

    return run


def run(module: str, function: str, options: argparse.Namespace) -> None:
    """Run another module of this room, loaded only now: what a verb needs for one of its options alone."""
    _later(module, function)(options)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
