"""Targets, projections, actions, plans and monitoring."""
