"""Likely ranges of a footprint."""
