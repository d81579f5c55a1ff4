"""Interventions: what an action of a plan is, by a curated taxonomy and by words that people can read."""
