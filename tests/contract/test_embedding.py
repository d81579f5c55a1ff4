"""Inside another tool: the example service, and results that cross threads and processes unchanged."""

import json
import multiprocessing
import pickle
import sys
import threading
import urllib.error
import urllib.request
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import narwhals as nw
import pandas as pd
import pytest

import nhscarbon as nc
from clocks import PATIENCE
from nhscarbon.footprint.certificate import certificate
from samples import frame

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "docs" / "examples"))
import service  # noqa: E402  an example of this repository

HEADER = "organisation,period,activity,quantity,unit\n"
GOOD = HEADER + "RX1,2023/24,energy.natural_gas,1000,kWh\n"


class Server(ThreadingMixIn, WSGIServer):
    """Each request in a thread of its own, as a real server would."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *words):
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def post():
    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(service.app)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def call(body, method="POST"):
        asked = urllib.request.Request(f"http://127.0.0.1:{server.server_port}/", body.encode(), method=method)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    yield call
    server.shutdown()
    server.server_close()


def test_the_example_has_forty_lines_of_code():
    lines = (REPO / "docs" / "examples" / "service.py").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 40


def test_a_good_table_comes_back_as_a_footprint(post, method):
    status, document = post(GOOD)
    assert status == 200
    assert document["totals"]["scope_1"] == pytest.approx(1000 * 0.182928926174 / 1000, rel=1e-12)
    assert document["stamp"]["methodology_digest"] == method.digest
    jsonschema = pytest.importorskip("jsonschema", reason="the answer is held against the published schema")
    jsonschema.validate(document, nc.footprint.json_schema("footprint"))


def test_a_bad_table_comes_back_with_every_finding(post):
    status, document = post(HEADER + "RX1,2023/24,energy.gas,1,kWh\nRX1,2023,water.supply,7,m3\n")
    assert status == 422
    assert {finding["code"] for finding in document["findings"]} >= {"activity_unknown"}
    assert len(document["findings"]) == 2


def test_what_is_no_table_is_refused_in_words(post):
    assert post("")[0] == 400
    assert post(GOOD, method="PUT")[0] == 400
    assert "POST a CSV file" in post("", method="PUT")[1]["error"]


def test_many_at_once_get_the_same_bits(post):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(GOOD), range(32)))
    assert all(answer == answers[0] for answer in answers)


def test_processes_that_share_nothing_give_the_same_bits(method):
    """Spawned, as on Windows: the methodology, the activity and the footprint all cross by pickle."""
    activity = nc.read(nc.example("trust-year.csv"))
    here = nc.calculate(activity, method)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = list(pool.map(nc.calculate, [activity] * 2, [method] * 2))
    for footprint in there:
        assert footprint == here
        assert footprint.totals == here.totals
        assert footprint.table.equals(here.table)


def test_results_and_refusals_pickle(method, activity_csv):
    footprint = nc.calculate(nc.example("trust-year.csv"), method)
    bridge = nc.compare(footprint, footprint, boundary=("scope_1", "nhs_carbon_footprint"))
    again = pickle.loads(pickle.dumps(bridge))
    assert str(again) == str(bridge)
    assert again.table.equals(bridge.table)
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(activity_csv("RX1,2023/24,energy.gas,1,kWh"), method)
    back = pickle.loads(pickle.dumps(refused.value))
    assert (str(back), back.findings) == (str(refused.value), refused.value.findings)


@pytest.mark.parametrize("kind", ["category", "str"])
@pytest.mark.parametrize("times", [1, 40])  # small frames are coded by pandas, large ones by Arrow
def test_a_frame_that_is_changed_afterwards_changes_no_row(method, kind, times):
    """Rows share the frame's memory where they can, and what was calculated stays what was calculated."""
    table = pd.concat([frame().assign(reference=f"M{turn}") for turn in range(times)], ignore_index=True)
    table = table.astype(dict.fromkeys(("organisation", "activity", "unit"), kind))
    footprint = nc.calculate(nw.from_native(table) if times == 1 else table, method)
    before, about = footprint.lines(), certificate(footprint).about
    table.loc[table.index[0], "quantity"] = 12345.0
    table.loc[table.index[1], "organisation"] = table["organisation"].iloc[-1]
    table.iloc[2, table.columns.get_loc("quantity")] *= 7
    if kind == "category":  # their array is handed out as it is, and no frame sees what is written to it
        array = table["activity"].array
        array[3] = next(word for word in array.categories if word != array[3])
    pd.testing.assert_frame_equal(footprint.lines(), before)
    assert certificate(footprint).about == about
