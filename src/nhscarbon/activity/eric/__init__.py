"""Official estates returns (ERIC), read by their layouts."""
