"""Files read piece by piece give the footprint of the table in memory, to the bit, faults included."""

import os

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.readers import open_source
from nhscarbon.cli import main
from nhscarbon.errors import UnreadableError
from samples import frame

pa = pytest.importorskip("pyarrow", reason="SKIPPED ALOUD: the extra arrow (pyarrow) is not installed")
pq = pytest.importorskip("pyarrow.parquet")


HEADER = "organisation,period,activity,quantity,unit"


@pytest.fixture
def table():
    return frame(5000)


@pytest.fixture
def small_files_stream(monkeypatch):
    """Read even small CSV files piece by piece."""
    monkeypatch.setattr(open_source, "LARGE", 0)


def test_parquet_in_many_row_groups_and_any_encoding(table, tmp_path, method):
    expected = nc.calculate(table, method, keep="site")
    for name, options in {
        "plain": {"row_group_size": 700}, "snappy": {"compression": "snappy"},
        "zstd": {"compression": "zstd", "row_group_size": 1234}, "no-dictionary": {"use_dictionary": False},
    }.items():  # fmt: skip
        path = tmp_path / f"{name}.parquet"
        pq.write_table(pa.Table.from_pandas(table), path, **options)
        assert nc.calculate(path, method, keep="site") == expected
    categories = table.astype(dict.fromkeys(("organisation", "activity", "unit"), "category"))
    categories.to_parquet(tmp_path / "categories.parquet")
    assert nc.calculate(tmp_path / "categories.parquet", method, keep="site") == expected


def test_a_partitioned_folder_is_one_table(table, tmp_path, method):
    pq.write_to_dataset(pa.Table.from_pandas(table), tmp_path / "lake", partition_cols=["organisation"])
    footprint = nc.calculate(tmp_path / "lake", method)
    assert footprint == nc.calculate(table, method)
    assert footprint.files[0][0] == "lake" or footprint.files[0][0]
    lines = footprint.lines(organisation="R01")
    assert set(lines["organisation"].astype(str)) == {"R01"}


def test_csv_piece_by_piece(table, tmp_path, method, small_files_stream):
    path = tmp_path / "large.csv"
    table.to_csv(path, index=False)
    assert nc.calculate(path, method) == nc.calculate(table, method)


def test_lines_of_files_are_read_again_with_their_row_numbers(table, tmp_path, method, small_files_stream):
    path = tmp_path / "large.csv"
    table.to_csv(path, index=False)
    footprint = nc.calculate(path, method)
    lines = footprint.lines()
    assert lines["kgco2e"].sum() == pytest.approx(footprint.table["kgco2e"].sum(), rel=1e-12)
    assert (lines["row"].min(), lines["row"].max()) == (2, len(table) + 1)


def test_faults_of_a_streamed_file_are_those_of_the_table(tmp_path, method, small_files_stream, monkeypatch):
    rows = ["RX1,2023/24,water.supply,7,m3"] * 3000
    rows[5] = 'RX1,2023/24,water.supply,"1,200",m3'
    rows[900] = "RX1,2023/24,energy.natural_gaz,7,kWh"
    rows[2000] = "RX1,2023/24,water.supply,,m3"
    rows[2999] = "RX1,2023/24,water.supply,-7,m3"
    path = tmp_path / "large.csv"
    path.write_text(
        "\n".join(["organisation,period,activity,quantity,unit,remarks", *(row + "," for row in rows)]) + "\n"
    )

    def refused():
        with pytest.raises(nc.SubmissionError) as error:
            nc.calculate(path, method)
        report = error.value.findings
        return report.rows, {(f.code, f.severity, f.rows, f.first_rows, f.message) for f in report}

    streamed = refused()
    monkeypatch.setattr(open_source, "LARGE", 1 << 40)
    whole = refused()
    assert streamed[0] == whole[0] == 3000
    told = {each for each in streamed[1] if each[0] != "quantity_not_a_number"}
    assert told == whole[1]


def test_a_cell_that_is_no_number_in_a_late_block(tmp_path, method, small_files_stream, monkeypatch):
    """The blocks before it were summed as numbers: none of their rows may be lost or come twice."""
    monkeypatch.setattr("nhscarbon.activity.readers.csv_streaming.CSV_BLOCK", 2000)
    rows = ["RX1,2023/24,water.supply,1,m3"] * 900
    rows[800] = "RX1,2023/24,water.supply,one,m3"
    path = tmp_path / "large.csv"
    path.write_text("\n".join(["organisation,period,activity,quantity,unit", *rows]) + "\n")
    sums = nc.partial(path)
    assert (int(sums.rows.sum()), int(sums.unsummed.sum()), sums.total.tolist()) == (899, 1, [899 * 10**6])
    assert sums.faults["not_a_number"] == (1, (802,))


def test_an_empty_file_and_a_damaged_one(tmp_path, method):
    path = tmp_path / "empty.parquet"
    pq.write_table(pa.Table.from_pandas(frame(3)[:0]), path)
    with pytest.raises(nc.SubmissionError, match="the table has no rows"):
        nc.calculate(path, method)
    path.write_bytes(b"PAR1 is not enough")
    with pytest.raises(UnreadableError, match="cannot be read"):
        nc.calculate(path, method)
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableError, match="holds no Parquet file"):
        nc.calculate(tmp_path / "folder", method)


@pytest.mark.parametrize("name", ["return.csv", "return.xlsx", "notes"])
def test_a_folder_of_other_files_says_that_they_are_named_one_by_one(tmp_path, method, monkeypatch, name):
    (tmp_path / name).write_text("organisation,period\n")
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, "."):
        with pytest.raises(UnreadableError, match=f"holds '{name}', which is no Parquet file") as raised:
            nc.calculate(folder, method)
        assert "named file by file" in raised.value.advice
    (tmp_path / name).rename(tmp_path / "damaged.parquet")
    with pytest.raises(UnreadableError, match="cannot be read"):
        nc.calculate(tmp_path, method)


def test_nulls_in_dictionaries_and_numbers_credit_nobody(method):
    """A null's code is 0 in an Arrow dictionary, and its number 0.0: both must be found by the validity bits."""
    codes = pa.DictionaryArray.from_arrays(pa.array([0, None, 1], pa.int8()), ["RX1", "RX2"])
    table = pa.table({
        "organisation": codes, "period": ["2023/24"] * 3, "activity": ["water.supply"] * 3, "unit": ["m3"] * 3,
        "quantity": pa.array([1.0, 2.0, None]),
    })  # fmt: skip
    with pytest.raises(nc.SubmissionError) as error:
        nc.calculate(table, method)
    assert {(f.code, f.first_rows) for f in error.value.findings.refused} == {
        ("organisation_blank", (2,)),
        ("quantity_blank", (3,)),
    }


@pytest.mark.parametrize("kind", ["category", object])
def test_an_empty_cell_takes_no_word_where_two_spellings_are_one(kind):
    """Spaces aside the words are the same, so they get new codes; that of an empty cell must stay its own."""
    words = pd.Series(["RX1", " RX1", None, "RR8", "  "], dtype=kind)
    table = pd.DataFrame({"organisation": words, "period": "2023/24", "activity": "water.supply", "unit": "m3",
                          "quantity": 1.0})  # fmt: skip
    column = nc.read(table).columns["organisation"]
    assert [column.text(row) for row in range(5)] == ["RX1", "RX1", "", "RR8", ""]


def test_sliced_and_chunked_arrow_tables(table, method):
    whole = pa.Table.from_pandas(table.astype({"organisation": "category"}))
    pieces = pa.concat_tables([whole.slice(0, 1500), whole.slice(1500)])
    assert nc.calculate(pieces, method) == nc.calculate(table, method)
    assert nc.calculate(whole.slice(37, 900), method) == nc.calculate(table[37:937], method)
    batches = [
        pa.record_batch(pa.Table.from_pandas(part).combine_chunks().to_batches()[0])
        for part in (table[:50], table[50:])
    ]
    assert nc.calculate(pa.RecordBatchReader.from_batches(batches[0].schema, batches), method) == nc.calculate(
        table, method
    )


@pytest.mark.parametrize("kind", ["plain", "categorical", "enum"])
def test_polars_columns_arrive_coded(kind, table, method):
    polars = pytest.importorskip("polars")
    data = polars.from_pandas(table)
    if kind != "plain":
        names = ("organisation", "period", "activity", "unit")
        data = data.with_columns(
            polars.col(name).cast(
                polars.Categorical if kind == "categorical" else polars.Enum(data[name].unique().sort())
            )
            for name in names
        )
    assert nc.calculate(data, method) == nc.calculate(table, method)


def test_a_file_that_changed_since_is_refused(table, tmp_path, method):
    path = tmp_path / "year.parquet"
    table.to_parquet(path)
    footprint = nc.calculate(path, method)
    table[:9].to_parquet(path)
    with pytest.raises(UnreadableError, match=r"changed after it was read"):
        _ = footprint.stamp


def test_the_command_line_takes_parquet_and_a_bar_only_for_a_terminal(table, tmp_path, capsys):
    path = tmp_path / "year.parquet"
    table.to_parquet(path)
    assert main(["footprint", str(path), "--method", "nhs-2026.1", "--by", "organisation"]) == 0
    shown = capsys.readouterr()
    assert "R01" in shown.out
    assert "rows/s" not in shown.err


def test_wide_dictionaries_of_bytes_and_words_of_65536(method):
    count = 70_000
    table = pa.table({
        "organisation": pa.array(["RX1"] * count), "period": pa.array(["2023/24"] * count).dictionary_encode(),
        "activity": pa.array(["water.supply"] * count), "unit": pa.array(["m3"] * count),
        "quantity": pa.array(np.ones(count)),
        "reference": pa.array([f"r{n}" for n in range(count)]).dictionary_encode(),
    })  # fmt: skip
    footprint = nc.calculate(table, method, keep="reference")
    assert len(footprint.sums) == count
    assert footprint.total() == pytest.approx(count * 0.176684546579 / 1000, rel=1e-9)
    assert pd.Index(footprint.sums.columns["reference"].labels).is_unique


def test_sides_of_a_repeat_in_different_batches_meet(tmp_path, method):
    """A file with sites: water in m3 lies in one row group, its bill in the next."""
    rows = pd.DataFrame({
        "organisation": "RR8", "period": "2023/24", "activity": ["water.supply", "spend.sic.36"],
        "quantity": [100.0, 2000.0], "unit": ["m3", "GBP"], "site": "RR8AA",
    })  # fmt: skip
    path = tmp_path / "two.parquet"
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path, row_group_size=1)
    with pytest.raises(nc.SubmissionError, match=r"water and sewerage are given in m3"):
        nc.calculate(path, method)
    rows["site"] = ["RR8AA", "RR8BB"]
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path, row_group_size=1)
    assert nc.calculate(path, method).findings.refused == ()


@pytest.mark.parametrize(
    ("rows", "ours"),
    [
        (['RX1,2023/24,water.supply,1,m3,"open', "RX1,2023/24,water.supply,1,m3,x"], None),
        (['RX1,2023/24,water.supply,1,m3,"all quoted"', 'RX1,2023/24,"water.supply",1,"m3",""'], 2),
        (['RX1,2023/24,water.supply,1,m3,"a ""quoted"" word, and a comma"'], 1),
        (["RX1,2023/24,water.supply,1,m3"], None),  # a cell is missing
        (['RX1,2023/24,water.supply,1,m3,"two\nlines"', "RX1,2023/24,water.supply,1,m3,x"], 2),
        (['RX1,2023/24,water.supply,1,m3,5" pipe', "RX1,2023/24,water.supply,1,m3,x"], 2),
        (["RX1,2023/24,water.supply,1,m3,caf\u00e9", "RX1,2023/24,water.supply,1,m3,x"], 2),
    ],
)
@pytest.mark.parametrize("block", [40, 1 << 23])
def test_quotes_and_letters_are_read_as_in_small_files(rows, ours, block, tmp_path, method, monkeypatch):
    text = "\n".join([f"{HEADER},supplier", *["RX1,2023/24,water.supply,1,m3,y"] * 3, *rows]) + "\n"
    path = tmp_path / "large.csv"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr("nhscarbon.activity.readers.csv_streaming.CSV_BLOCK", block)
    for large in (0, 1 << 40):
        monkeypatch.setattr(open_source, "LARGE", large)
        if ours is None:
            with pytest.raises(UnreadableError):
                nc.partial(path, keep="supplier")
        else:
            assert nc.partial(path, keep="supplier").read == ours + 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_encodings_of_large_files(encoding, tmp_path, method, small_files_stream, monkeypatch):
    monkeypatch.setattr("nhscarbon.activity.readers.csv_streaming.CSV_BLOCK", 20)
    path = tmp_path / "large.csv"
    path.write_text(f"{HEADER},supplier\nRX1,2023/24,water.supply,1,m3,caf\u00e9 \u00a3\n", encoding=encoding)
    assert nc.partial(path, keep="supplier").columns["supplier"].labels == ("caf\u00e9 \u00a3",)
    (tmp_path / "mixed.csv").write_bytes(path.read_bytes() + "RX1,2023/24,water.supply,1,m3,\u00a3".encode(
        "cp1252" if encoding != "cp1252" else "utf-8") + b"\n")  # fmt: skip
    if encoding != "cp1252":
        with pytest.raises(UnreadableError, match="mixes UTF-8 and another encoding"):
            nc.partial(tmp_path / "mixed.csv")


@pytest.mark.parametrize("block", [20, 60, 90, 120, 500])
def test_row_numbers_with_empty_lines_and_cells_of_two_lines(tmp_path, method, monkeypatch, block):
    row = "RX1,2023/24,water.supply,{},m3,{}\n"
    first, second, third = (row.format(quantity, '"two\nlines"') for quantity in (1, 3, 4))
    text = f"{HEADER},supplier\n\n\n{first}{row.format(2, 'x')}{second}{third}\n{row.format('one', 'x')}"
    path = tmp_path / "large.csv"
    path.write_text(text)
    monkeypatch.setattr("nhscarbon.activity.readers.csv_streaming.CSV_BLOCK", block)
    found = []
    for large in (0, 1 << 40):
        monkeypatch.setattr(open_source, "LARGE", large)
        with pytest.raises(nc.SubmissionError) as error:
            nc.calculate(path, method)
        found.append({(f.code, f.first_rows) for f in error.value.findings.refused})
    assert found[0] == found[1] == {("number_unreadable", (9,))}


def test_numbers_that_are_texts_are_refused_in_every_route(tmp_path, method):
    rows = frame(5).astype({"estimated_share": object})
    rows["estimated_share"] = "abc"
    path = tmp_path / "year.parquet"
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path)
    for source in (path, nc.partial(path), rows):
        with pytest.raises(nc.SubmissionError) as error:
            nc.calculate(source, method)
        assert [finding.code for finding in error.value.findings.refused] == ["number_unreadable"]


def test_a_row_of_blanks_with_an_unreadable_number_is_no_end_of_a_sheet(tmp_path, method):
    rows = pd.DataFrame({"organisation": ["RR8", None], "period": ["2023/24", None], "activity": ["water.supply", None],
                         "quantity": ["100", "1,234"], "unit": ["m3", None]})  # fmt: skip
    path = tmp_path / "year.parquet"
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path)
    with pytest.raises(nc.SubmissionError) as error:
        nc.calculate(path, method)
    assert {f.code for f in error.value.findings.refused} == {
        "organisation_blank", "period_blank", "activity_blank", "unit_blank", "number_separators"}  # fmt: skip
    rows["quantity"] = ["100", None]
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path, row_group_size=1)
    assert nc.calculate(path, method).findings.rows == 1  # a wholly empty row is the end of a sheet


def test_folders_give_words_as_they_are_written_and_no_numbers(tmp_path, method):
    rows = pa.Table.from_pandas(frame(5).drop(columns=["organisation", "site"]), preserve_index=False)
    home = tmp_path / "lake" / "organisation=007" / "site=__HIVE_DEFAULT_PARTITION__"
    home.mkdir(parents=True)
    pq.write_table(rows, home / "a.parquet")
    sums = nc.partial(tmp_path / "lake", keep="site")
    assert sums.columns["organisation"].labels == ("007",)
    assert sums.columns["site"].labels == ()
    for name, says in (("quantity=5", "gives a number"), ("unit=kWh", "so has its folder's name")):
        other = tmp_path / name
        (other / name).mkdir(parents=True)
        pq.write_table(rows, other / name / "a.parquet")
        with pytest.raises(UnreadableError, match=says):
            nc.partial(other)


def test_large_frames_of_mixed_kinds_are_read_as_small_ones(method, monkeypatch):
    """A column of numbers and words is no Arrow column: the plain reader takes it, unknown columns are said."""
    table = frame(20).assign(reference=[1001, "a"] * 10, colour="x")
    expected = nc.calculate(table, method, keep="reference")
    monkeypatch.setattr("nhscarbon.activity.readers.from_any_frame.WORTH_IT", 1)
    found = nc.calculate(table, method, keep="reference")
    assert found == expected
    assert [f.column for f in found.findings if f.code == "column_unknown"] == ["colour"]


def test_what_is_said_of_a_stream_does_not_depend_on_whose_turn_it_was(tmp_path, monkeypatch, small_files_stream):
    """Threads take chunks of a file as they may; findings, their rows and their order are those of one thread."""
    monkeypatch.setattr("nhscarbon.activity.readers.csv_streaming.CSV_BLOCK", 2000)
    table = frame(4000).astype({"quantity": object})
    table.loc[table.index[::13], "quantity"] = "about 5"
    table.loc[table.index[5::17], "quantity"] = ""
    table.loc[table.index[7::29], "quantity"] = "n/k"
    path = tmp_path / "many.csv"
    table.to_csv(path, index=False)
    alone = nc.partial(path, threads=1)
    assert {each.code for each in alone.findings} >= {"quantity_blank"}
    for _ in range(5):
        together = nc.partial(path, threads=4)
        assert together.findings == alone.findings
        assert (together.faults, together.sha256) == (alone.faults, alone.sha256)


def test_a_footer_is_read_once_for_all_the_row_groups_of_a_file(tmp_path, monkeypatch):
    """With each row group it left holes in memory, which grew with the file; a file that changed is read anew."""
    table = pa.Table.from_pandas(frame(400), preserve_index=False)
    path = tmp_path / "year.parquet"
    read, calls = pq.read_metadata, []
    monkeypatch.setattr(pq, "read_metadata", lambda *given: calls.append(given) or read(*given))
    for groups in (40, 20):
        pq.write_table(table, path, row_group_size=400 // groups)
        calls.clear()
        assert nc.partial(path, threads=1) == nc.partial(frame(400))
        assert len(calls) == 3  # to deal the row groups out, to read them, and to read few once more for the checks


def test_another_file_of_the_same_size_and_time_is_read_by_its_own_footer(tmp_path):
    """As a copy that keeps times puts it there: its columns may lie elsewhere."""
    table = frame(4).assign(reported_tco2e=10.0, quantity=1.0)
    words = ["organisation", "period", "activity", "unit"]
    sizes, sums = set(), []
    for order in (["quantity", "reported_tco2e"], ["reported_tco2e", "quantity"]):
        chosen = pa.Table.from_pandas(table[[*words, *order]], preserve_index=False)
        path = tmp_path / "year.parquet"
        pq.write_table(chosen, path, compression=None, use_dictionary=words, store_schema=False)
        os.utime(path, ns=(10**18, 10**18))
        sizes.add(path.stat().st_size)
        sums.append(nc.partial(path))
    assert len(sizes) == 1
    assert sums[0] == sums[1] == nc.partial(table[[*words, "quantity"]])
