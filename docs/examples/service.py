"""A footprint over HTTP: POST an activity table as CSV, get the footprint or the findings as JSON.

python docs/examples/service.py 8000
"""

import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any
from wsgiref.simple_server import make_server

import nhscarbon as nc

METHOD = nc.methodology("nhs-2026.1")  # read once; frozen, so that threads can share it
LARGEST = 10_000_000  # bytes of a request


def answer(body: bytes) -> tuple[str, dict[str, Any]]:
    """Calculate one request: its status and what is said."""
    try:
        footprint = nc.calculate(io.BytesIO(body), METHOD)
    except nc.SubmissionError as error:  # every fault, with its rows and what to do
        return "422 Unprocessable Content", {"findings": [asdict(finding) for finding in error.findings]}
    except nc.NHSCarbonError as error:
        return "400 Bad Request", {"error": str(error)}
    return "200 OK", nc.footprint.json_document(footprint)


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer one request, as WSGI asks for it."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if environ["REQUEST_METHOD"] != "POST" or not length.isdecimal() or int(length) > LARGEST:
        status, document = "400 Bad Request", {"error": f"POST a CSV file of up to {LARGEST:,} bytes"}
    else:
        status, document = answer(environ["wsgi.input"].read(int(length)))
    start_response(status, [("Content-Type", "application/json; charset=utf-8")])
    return [json.dumps(document, allow_nan=False).encode()]


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), app).serve_forever()
