"""The way to net zero: targets, monitoring, projections, actions, and what to fund first."""
