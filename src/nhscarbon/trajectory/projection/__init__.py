"""Footprints to come: growth, factors, actions, and how uncertain they are."""
