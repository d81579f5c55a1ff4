"""Why one footprint differs from another."""
