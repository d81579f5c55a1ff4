"""Footprints of systems and regions, as reported or restated."""
