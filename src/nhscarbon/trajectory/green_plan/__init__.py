"""The Green Plan of a system: what its organisations' plans have in common, and one plan made of it."""
