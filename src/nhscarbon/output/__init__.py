"""How anything is written: safe text, whole files, tables, Excel, progress. Nothing about carbon."""
