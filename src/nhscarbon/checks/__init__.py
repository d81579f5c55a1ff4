"""Every rule: on words, on the small table of sums, and across rows, months, sites, years and files."""
