"""Fuzz of CSV bytes: a report comes back, whatever the bytes; and a calculation refuses what the check refuses."""

import io
from collections import Counter

import nhscarbon as nc
from clocks import least_processor_seconds, processor_time
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import SubmissionError
from samples import frame

METHOD = nc.methodology("nhs-2026.1")
HEADER = b"organisation,period,activity,quantity,unit,site,evidence,estimated_share\n"
ROWS = frame(6).to_csv(index=False).encode()
SEEDS = (
    ROWS, ROWS.replace(b"\n", b"\r\n"), ROWS.replace(b",", b";"), b"\xef\xbb\xbf" + ROWS, ROWS.decode().encode("utf-16"),
    HEADER + 'RX1,2023/24,energy.natural_gas,"1,200",kWh,é,,\n'.encode("cp1252"), HEADER, HEADER * 2,
    HEADER + b'RX1,2023/24,energy.natural_gas,5,"k\nWh",,,\n' * 3, b'"' + ROWS, ROWS + b",,,,,,,\n" * 4,
)  # fmt: skip
PIECES = (b",", b'"', b"\n", b"\r", b"\0", b"=", b"\xff", b"\xe2\x80\xae", b"1e9", b"nan", b"-", b"2023/24", b"kWh", b"PK\x03\x04",
          b"PAR1", b"\x1f\x8b", b"<html>", b";", b"\t", b"'", b" ", b"\xd9\xa3", b"organisation")  # fmt: skip
SLOW = 2.0  # seconds of the processor, of which some hundredths are usual; looked at again before it is called slow


def mutated(content, rng):
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        act, at = rng.randrange(6), rng.randint(0, len(data))
        if act == 0:
            data[at:at] = rng.choice(PIECES)
        elif act == 1 and data:
            data[min(at, len(data) - 1)] = rng.randrange(256)
        elif act == 2:
            del data[at : at + rng.randint(1, 12)]
        elif act == 3:
            data[at:at] = data[at : at + rng.randint(1, 60)]
        elif act == 4 and data:
            data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
        elif rng.random() < 0.1:
            del data[at:]
    return bytes(data)


def holds(content, deep):
    lines = content.count(b"\n") + content.count(b"\r") + 2
    report = nc.check(io.BytesIO(content), METHOD)
    for finding in report:
        assert finding.message.isprintable(), "a finding could steer a terminal"
        assert len(finding.value) <= 100, "a finding repeats a long value"
        assert all(1 <= row <= lines for row in finding.first_rows), "a finding names a row that is not there"
    assert report.rows <= lines
    if deep:
        try:
            nc.calculate(io.BytesIO(content), METHOD)
            refused = False
        except (SubmissionError, UnreadableError):
            refused = True
        assert refused == bool(report.refused), "check and calculate do not agree"
    return "refused" if report.refused else "accepted"


def batch(rng, scratch, size):
    """R3: mutations of CSV files."""
    outcomes, faults = Counter(), []
    for _ in range(size):
        content = mutated(rng.choice(SEEDS), rng)
        deep, start = rng.random() < 0.1, processor_time()
        try:
            outcomes[holds(content, deep)] += 1
        except Exception as error:
            faults.append(f"{content[:2000]!r}: {type(error).__name__}: {str(error)[:200]}")
        if processor_time() - start > SLOW and least_processor_seconds(lambda: holds(content, deep)) > SLOW:  # noqa: B023
            faults.append(f"{content[:2000]!r} takes more than {SLOW} s of the processor")
    return outcomes, faults
