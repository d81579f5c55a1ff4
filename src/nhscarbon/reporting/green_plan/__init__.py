"""A system's Green Plan written for people."""
