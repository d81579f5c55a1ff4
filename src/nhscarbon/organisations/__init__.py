"""The dated register of organisations: load, look up, shares, soundness."""
