"""Parquet that we write: sealed and checksummed, refused where one bit is another, read by everyone else."""

import io

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import nhscarbon as nc
from nhscarbon.activity.readers.parquet import parquet_bytes, read_parquet
from nhscarbon.errors import IntegrityError, UnreadableError
from samples import frame

TABLE = frame(200)


def test_what_was_written_is_read_back_by_us_and_by_others(tmp_path, method):
    path = nc.activity.write_parquet(TABLE, tmp_path / "x.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(path), TABLE)
    for source in (path, io.BytesIO(path.read_bytes())):
        assert nc.calculate(source, method) == nc.calculate(TABLE, method)
    with pytest.raises(nc.NHSCarbonError, match="already exists"):
        nc.activity.write_parquet(TABLE, path)


def test_pages_carry_checksums_of_their_own():
    """Without our seal a flipped bit of a page is still found: the seal is cut out, the data page changed."""
    content = bytearray(parquet_bytes(TABLE))
    about = pq.read_metadata(io.BytesIO(content)).row_group(0).column(4)
    content[about.data_page_offset + about.total_compressed_size // 2] ^= 1
    unsealed = (
        bytes(content).replace(b"nhscarbon-seal", b"someones-seals").replace(b"nhscarbon-file", b"someones-files"[:14])
    )
    with pytest.raises(UnreadableError, match="CRC"):
        read_parquet(unsealed, "x.parquet")


def test_every_flipped_bit_is_refused_whole_and_streamed(tmp_path, method):
    content = parquet_bytes(TABLE)
    rng = np.random.default_rng(20)
    path = tmp_path / "x.parquet"
    tail = range(len(content) - 60, len(content))
    for at in [*rng.integers(0, len(content), 400).tolist(), *tail]:
        damaged = bytearray(content)
        damaged[at] ^= 1 << int(rng.integers(0, 8))
        with pytest.raises((IntegrityError, UnreadableError)):
            read_parquet(bytes(damaged), "x.parquet")
        if at % 8 == 0:
            path.write_bytes(damaged)
            with pytest.raises((IntegrityError, UnreadableError)):
                nc.partial(path)
            [finding] = nc.check(path, method)
            assert finding.code in ("file_changed", "file_unreadable")


def test_a_seal_that_was_itself_changed_is_no_seal():
    content = parquet_bytes(TABLE)
    for word in (b"nhscarbon-seal", b"nhscarbon-file-sha256:"):
        at = content.rindex(word)
        with pytest.raises(IntegrityError, match="not as it was written"):
            read_parquet(content[:at] + b"x" + content[at + 1 :], "x.parquet")


def test_a_file_of_another_writer_is_read_too(tmp_path):
    TABLE.to_parquet(tmp_path / "x.parquet")
    assert len(nc.read(tmp_path / "x.parquet")) == len(TABLE)


def test_a_table_of_thousands_of_columns_is_refused_quickly(tmp_path, method):
    wide = pd.DataFrame({f"column {n}": [1.0] for n in range(2_000)})
    wide.to_parquet(tmp_path / "x.parquet")
    [finding] = nc.check(tmp_path / "x.parquet", method)
    assert "2,000 columns" in finding.message
    (tmp_path / "x.csv").write_bytes(b"," * (5 << 20))
    [finding] = nc.check(tmp_path / "x.csv", method)
    assert finding.code == "file_unreadable"
