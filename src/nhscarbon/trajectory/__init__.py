"""The way to net zero: targets, projections, actions, and what to fund first."""
