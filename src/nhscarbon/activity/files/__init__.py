"""Files as they come: what kind they are, and guards against hostile ones."""
