"""The tables of the closed lists of NHS words, and how each becomes rows."""
