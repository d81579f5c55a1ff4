"""From files, frames and tables to one coded activity table."""
