"""Pathways of the NHS Carbon Footprint Plus: what moves which activity, by how much, and whose assumption it is."""
