"""The importer of organisations: what files say, day by day, folded into dated rows."""
