"""What is asked of footprints: uncertainty, change, roll-up, benchmark, other methods."""
