"""Methods as verified data: packages, units, factors, catalogue, methodologies, and the choice of factors."""
