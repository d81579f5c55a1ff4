"""National targets and the paths to them."""
