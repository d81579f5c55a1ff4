"""What a checker of returns needs: the check, the tonnes that returns state, template, marked workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.submissions.answers import answers_template
    from nhscarbon.submissions.many_returns import FileCheck, Triage, triage
    from nhscarbon.submissions.reported import check_reported
    from nhscarbon.submissions.resubmission import Resubmission

_HOME = {
    "FileCheck": "many_returns",
    "Resubmission": "resubmission",
    "Triage": "many_returns",
    "answers_template": "answers",
    "check_reported": "reported",
    "triage": "many_returns",
}
__all__ = [
    "FileCheck",
    "Resubmission",
    "Triage",
    "answers_template",
    "check_reported",
    "triage",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
