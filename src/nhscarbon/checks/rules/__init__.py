"""Rules that look across rows: repeats, months, bounds, organisations, files."""
