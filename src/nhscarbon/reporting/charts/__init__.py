"""Charts: one module each."""
