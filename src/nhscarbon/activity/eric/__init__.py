"""Estates returns (ERIC): what a header means is data, how to read it is here."""
