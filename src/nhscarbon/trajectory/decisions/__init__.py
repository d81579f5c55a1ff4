"""What a decision does, beside what the account of it shows."""
