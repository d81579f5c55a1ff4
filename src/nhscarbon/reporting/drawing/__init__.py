"""How every picture is drawn: palette, marks, axes, and what writes them as SVG, PNG and PDF."""
