"""Organisations over time: codes, memberships, mergers, and footprints on any day's map."""
