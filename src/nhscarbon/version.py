"""The version of the code, part of every stamp."""

__version__ = "0.1.0"
