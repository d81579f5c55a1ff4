"""Actions: what teams mean to do, what it saves and costs."""
