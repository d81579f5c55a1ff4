"""Which actions to choose under a budget, and when."""
