"""To 2045: targets, monitoring, projections and the chance of getting there."""
