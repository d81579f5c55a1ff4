"""Sheets of Green Plans as teams keep them: found, understood and read, and nothing refused that can be read."""
