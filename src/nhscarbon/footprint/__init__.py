"""From a source to a footprint: calculate, its coverage, working and certificate."""
