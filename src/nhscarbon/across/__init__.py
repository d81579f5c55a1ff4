"""Rules that look across the rows of one return: what is there twice, what is not there, what is out of proportion."""
