"""The door: anything tabular in, one coded `Activity` out."""
