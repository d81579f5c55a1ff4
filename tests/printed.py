"""Figures as people write them by hand, for expected values: made without a function of ours."""

from fractions import Fraction


def half_up(value, places):
    """Return a number with so many decimals and with thousands commas, a half away from zero, never minus zero."""
    tenths = Fraction(repr(float(value))) * 10**places
    whole = int(abs(tenths) + Fraction(1, 2))  # the fraction is cut off
    digits = str(whole).rjust(places + 1, "0")
    left, right = digits[: len(digits) - places], digits[len(digits) - places :]
    minus = "-" if tenths < 0 and whole else ""
    return f"{minus}{int(left):,}{'.' + right if places else ''}"


def three_figures(value):
    """Return a number to three significant figures, as a board reads it: 0.0123, 1.23, 12.3, 123 and 12,300."""
    size = abs(float(value))
    places = 2
    while size * 10**places < 99.95 and size:
        places += 1
    while size * 10**places >= 999.5:
        places -= 1
    if places >= 0:
        text = half_up(size, places)
    else:
        text = f"{int(half_up(size / 10**-places, 0).replace(',', '')) * 10**-places:,}"
    return f"\u2212{text}" if value < 0 else text
