"""Charts: each one carries the numbers that it draws and a sentence that says them."""
