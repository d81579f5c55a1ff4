"""The report: a footprint with its evidence as one accessible page, or the same as an accessible workbook."""
