"""The sender's own tonnes: recomputed line by line, explained where they differ, and held against their totals."""

from nhscarbon.submissions.reported.compare import check_reported as check_reported
from nhscarbon.submissions.reported.result import ReportedTonnes as ReportedTonnes
