"""`nhscarbon schema`: what goes in and comes out, as JSON Schema."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from nhscarbon.footprint.json_schemas import json_schema


def schema(options: Namespace) -> None:
    """Write one schema."""
    sys.stdout.write(json.dumps(json_schema(options.of), indent=1) + "\n")
