"""Reports: one document, as a page or a workbook."""
