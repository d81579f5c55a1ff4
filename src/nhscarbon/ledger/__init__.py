"""Ledgers of payments: a mapping table says what each line bought, and every pound is accounted for."""
