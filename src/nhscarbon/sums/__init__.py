"""Rows to exact partial sums: in memory, in a query engine, or on many machines."""
