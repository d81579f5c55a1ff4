"""Colours and sizes of every chart: one hue carries data, and grey is for what it is compared with."""

# contrast with white: 19.6, 8.4, 10.2 and 3.1; the last is for grids, and nothing depends on seeing them
INK, SOFT, DATA, EDGE, HAIR = "#0b0c0c", "#454f59", "#12436d", "#8a949e", "#d5dade"
WHITE = "#ffffff"
TINT = "#d3dfea"  # the field between a path and what was measured; nothing depends on seeing it
WIDTH, MARGIN = 400.0, 6.0  # units of a sheet, as wide as a telephone, and around it
SIZE, SMALL, TITLE = 13, 11, 15  # of letters, in units
DASH = "6 4"
FEW = 6  # figures or years that fit side by side
