"""Ledgers of payments, read by a mapping that people confirm."""
