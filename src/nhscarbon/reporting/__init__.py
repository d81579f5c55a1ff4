"""Pictures and documents of what is in tables elsewhere."""
