"""What a checker of returns needs: the check, the tonnes that returns state, template, marked workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.submissions.answers import answers_template
    from nhscarbon.submissions.reported import check_reported

_HOME = {
    "answers_template": "answers",
    "check_reported": "reported",
}
__all__ = [
    "answers_template",
    "check_reported",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
