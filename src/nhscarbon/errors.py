"""Every exception that nhscarbon raises, on one page, all under `NHSCarbonError`.

The text of each error says what failed, which rows, why it matters and what to do.
"""

from __future__ import annotations


class NHSCarbonError(Exception):
    """The parent of every error that nhscarbon raises on purpose.

    `message` says what is wrong and `advice` what to do, where it is a part of its own. The text of the error is both:
    two sentences where the advice is one, else with a semicolon between them.
    """

    def __init__(self, message: str = "", *, advice: str = "") -> None:
        sentence = advice[:1].isupper()
        between = " " if sentence and message.endswith((".", "?", "!")) else ". " if sentence else "; "
        super().__init__(f"{message}{between}{advice}" if advice else message)
        self.message, self.advice = message, advice


class UsageError(NHSCarbonError, ValueError):
    """A call or command that cannot be carried out as it was written."""


class IntegrityError(NHSCarbonError):
    """A data package, methodology or file is not the one that was published."""


class UnreadableError(NHSCarbonError):
    """A source that cannot be read as an activity table at all."""


class UnitError(NHSCarbonError, ValueError):
    """A unit outside the closed vocabulary, or two units of different kinds."""


class PeriodError(NHSCarbonError, ValueError):
    """A period that is unreadable or could mean two things; `likely` is the NHS year that was probably meant."""

    def __init__(self, message: str = "", likely: str = "", *, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.likely = likely


class BoundaryError(NHSCarbonError):
    """A total of a boundary that some row of the footprint cannot serve."""


class MixedMethodError(NHSCarbonError):
    """Footprints that must not be added: of different methodologies, or of the same data."""


class HierarchyError(NHSCarbonError, ValueError):
    """Organisations that cannot be placed on the map that was asked for."""
