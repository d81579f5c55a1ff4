"""Where an organisation stands against its path."""
