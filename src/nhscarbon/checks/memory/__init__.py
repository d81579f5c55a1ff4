"""What was sent before, and what a return looks like beside it."""
