"""What a phrase of NHS staff means: the right activity first, a question where there is one, never a guess."""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.methods.search import served_codes

# phrases as people wrote them, with the right answer; the search never reads this file
with (Path(__file__).parent / "phrases.csv").open(encoding="utf-8", newline="") as stream:
    PHRASES = [row for row in csv.DictReader(stream) if row["kind"] == "activity"]
YEAR = "2024/25"


@pytest.fixture(scope="module")
def answers(method):
    """Return each phrase with the codes that were found, best first, and the outcome."""
    found = []
    for row in PHRASES:
        each = nc.find(row["phrase"], method, unit=row["unit_as_written"], period=YEAR)
        found.append((row, [code for code in each.table["activity"] if code], each.outcome))
    return found


def test_of_phrases_with_one_right_answer_the_first_row_is_right_and_seldom_a_confident_mistake(answers):
    met = Counter()
    for row, codes, outcome in answers:
        right = set(row["answer_code"].split("|")) - set(row["no_factor_2024_25"].split("|"))
        if row["ambiguous"] == "yes" or row["not_in_catalogue"] == "yes" or not right:
            continue
        met["asked"] += 1
        met["first"] += codes[:1] != [] and codes[0] in right
        met["of three"] += bool(right & set(codes[:3]))
        met["confident mistake"] += outcome == "one" and codes[0] not in right
        met["question"] += outcome == "ask"
    share = {name: count / met["asked"] for name, count in met.items()}
    assert met["asked"] > 450
    assert share["first"] >= 0.9
    assert share["of three"] >= 0.92
    assert share["confident mistake"] <= 0.03
    assert share["question"] <= 0.15


def test_of_phrases_that_are_no_activity_hardly_any_is_offered_one(answers):
    offered = [bool(codes) for row, codes, _ in answers if row["not_in_catalogue"] == "yes"]
    assert len(offered) > 90
    assert sum(offered) / len(offered) <= 0.05


def test_of_phrases_that_mean_more_than_one_thing_most_are_asked_with_the_right_ones(answers):
    asked = [(row, codes, outcome) for row, codes, outcome in answers if row["ambiguous"] == "yes"]
    assert sum(outcome == "one" for _, _, outcome in asked) / len(asked) <= 0.2
    assert sum(bool(set(row["answer_code"].split("|")) & set(codes)) for row, codes, _ in asked) / len(asked) >= 0.8


# each pair of the ten confusions that cost a trust most, in other words too: the phrase, its unit, and what must
# never be offered (a beginning of a code)
NEVER = [
    ("purchase of healthcare from NHS bodies", "£000", "spend."),
    ("Purchase of healthcare from NHS and DHSC bodies", "£", "spend."),
    ("services received from other NHS trusts", "£", "spend."),
    ("green gas", "kWh", "energy.biogas"),
    ("biomethane certificates (RGGO)", "kWh", "energy.biogas"),
    ("green gas certificates", "MWh", "energy.biogas"),
    ("REGO electricity", "kWh", "energy.electricity.onsite"),
    ("renewable electricity", "kWh", "energy.electricity.onsite"),
    ("green contract electricity", "kWh", "energy.electricity.onsite"),
    ("100% renewable electricity supply", "kWh", "energy.electricity.onsite"),
    ("fuel input of CHP", "kWh", "energy."),
    ("gas input to CHP engine", "kWh", "energy.electricity"),
    ("electrical output of CHP", "kWh", "energy."),
    ("CHP electricity generated", "kWh", "energy.electricity"),
    ("telephone appointments", "No.", "patient_contact"),
    ("virtual outpatient appointments", "appointments", "patient_contact"),
    ("video consultations", "contacts", "patient_contact"),
    ("bed days", "No.", "patient_contact"),
    ("occupied bed days", "days", "patient_contact"),
    ("patient travel", "miles", "patient_travel.walk"),
    ("patient journeys", "miles", "patient_travel.walk"),
    ("tCO2e", "tCO2e", ""),
    ("Waste emissions", "tCO2e", "waste."),
    ("electricity", "tonnes CO2e", "energy."),
    ("Energy (gas and electricity)", "kWh", "energy."),
    ("Energy: gas", "kWh", "energy.biogas"),
    ("energy.gas", "", "energy.biogas"),
    ("travel.rail", "", "travel.taxi"),
    ("Electricity", "", "fleet."),
    ("construction", "", "spend.sic.3"),
    ("R717", "kg", "refrigerant."),
    ("R-717 ammonia top up", "kg", "refrigerant."),
    ("R717A", "kg", "refrigerant."),
    ("Ammonia (R 717)", "kg", "refrigerant."),
]


@pytest.mark.parametrize(("phrase", "unit", "never"), NEVER)
def test_the_confusions_that_cost_most_are_never_offered(method, phrase, unit, never):
    for period in ("", YEAR):
        found = nc.find(phrase, method, unit=unit, period=period)
        assert not [code for code in found.table["activity"] if code and code.startswith(never)]


@pytest.mark.parametrize(("phrase", "unit"), [
    ("Gas meter reading", "m3"), ("Closing read gas", "m3"), ("Electricity previous reading", "kWh"),
    ("Water meter reading", "m3"), ("Bicycle mileage claim", "miles"), ("Bike mileage", "miles"),
    ("Nitrous oxide stock on hand", "litres"), ("Diesel stock in tank", "litres"), ("Tank capacity gas oil", "litres"),
    ("Gas oil tank dip", "litres"), ("Anaesthetic gas captured", "kg"),
    ("Returned cylinders N2O", "cylinder"), ("Gas variance", "kWh"), ("Gas recharge to tenants", "kWh"),
    ("Tenants gas", "kWh"), ("Retail sales", "GBP"),
    ("Car park income", "GBP"), ("Research grant income", "GBP"), ("Catering sales", "GBP"),
    ("Rent from tenants", "GBP"), ("Drugs recharged to CCG", "GBP"), ("Provision movement", "GBP"),
])  # fmt: skip
def test_readings_stocks_income_and_recharges_are_no_activity(method, phrase, unit):
    found = nc.find(phrase, method, unit=unit)
    assert (found.outcome, [code for code in found.table["activity"] if code]) == ("none", [])


@pytest.mark.parametrize(("phrase", "unit", "code"), [
    ("Electricity export to grid", "kWh", "energy.electricity.exported"),
    ("PV not exported", "kWh", "energy.electricity.onsite_renewable"), ("Gas meter", "kWh", "energy.natural_gas"),
    ("Commuting bicycle mileage", "miles", "commute.cycle"), ("Patient bicycle miles", "miles", "patient_travel.cycle"),
    ("Gas recharge from landlord", "kWh", "energy.natural_gas"), ("Provisions - catering", "GBP", "spend.sic.10_8"),
    ("Silver recovery services not income generating", "GBP", "spend.sic.38.business_services"),
])  # fmt: skip
def test_what_is_like_them_keeps_its_activity(method, phrase, unit, code):
    found = nc.find(phrase, method, unit=unit)
    assert (found.outcome, found.table["activity"].tolist()) == ("one", [code])


@pytest.mark.parametrize("phrase", ["Entonox size G", "Equanox ED", "Entonox 5000L", "Entonox"])
@pytest.mark.parametrize("unit", ["cylinders", "cylinder"])
def test_a_cylinder_without_a_size_is_not_taken_for_the_only_size_that_is_held(method, phrase, unit):
    found = nc.find(phrase, method, unit=unit)
    assert (found.outcome, found.table["activity"].tolist()) == ("other_unit", ["anaesthetic.entonox"])
    assert nc.find("Entonox", method, unit="1800 litre cylinder").table["unit"].tolist() == ["cylinder_1800_litre"]


@pytest.mark.parametrize("unit", ["ML", "Ml", "ML "])
@pytest.mark.parametrize(
    "phrase", ["sevoflurane", "Sevoflurane (liquid)", "anaesthetic.sevoflurane", "desflurane used"]
)
def test_a_spelling_that_is_a_thousand_million_times_another_is_asked(method, phrase, unit):
    found = nc.find(phrase, method, unit=unit)
    assert found.outcome == "ask"
    assert found.table["unit"].tolist() == ["ml", "ML"]
    assert found.question


@pytest.mark.parametrize(("phrase", "unit", "code"), [
    ("Potable water", "Ml", "water.supply"), ("mains water", "ML", "water.supply"),
])  # fmt: skip
def test_megalitres_of_water_are_no_question(method, phrase, unit, code):
    found = nc.find(phrase, method, unit=unit)
    assert (found.outcome, found.table["activity"].tolist()[:1], found.table["unit"].tolist()[:1]) == (
        "one",
        [code],
        ["ML"],
    )


@pytest.mark.parametrize("unit", ["£", "GBP", "£000", "pounds"])
@pytest.mark.parametrize("phrase", ["Electricity", "gas", "Clinical waste", "sevoflurane", "diesel", "mains water"])
def test_pounds_are_never_read_as_an_amount(method, phrase, unit):
    found = nc.find(phrase, method, unit=unit, period="2021/22")
    assert all(code.startswith("spend.") for code in found.table["activity"] if code) or found.outcome == "other_unit"


def test_a_column_in_thousands_names_its_factor(method):
    found = nc.find("Legal fees", method, unit="£000", period="2021/22")
    assert found.outcome == "other_unit"
    assert "1000" in found.table["reason"].iloc[0].replace(",", "")


@pytest.mark.parametrize(("typed", "code"), [
    ("sevoflurne", "anaesthetic.sevoflurane"), ("desfluranee", "anaesthetic.desflurane"),
    ("kerosine", "energy.burning_oil"), ("energy.natural_gaz", "energy.natural_gas"),
    ("Energy. Natural-Gas", "energy.natural_gas"), ("natural gas", "energy.natural_gas"),
])  # fmt: skip
def test_one_wrong_letter_is_forgiven(method, typed, code):
    assert nc.find(typed, method).table["activity"].tolist()[:1] == [code]


@pytest.mark.parametrize("typed", ["refrigerant.r717", "refrigerant.r4107a", "R40", "spend.sic.10x", "r41O"])
def test_a_wrong_number_is_never_forgiven(method, typed):
    assert not [code for code in nc.find(typed, method).table["activity"] if code]


def test_only_what_has_a_factor_in_the_year_is_shown(method):
    for year in ("2019/20", YEAR):
        known = served_codes(method, year)
        for phrase, unit in [("mixed recycling", "tonnes"), ("clinical waste", "tonnes"), ("gas", "£"),
                             ("car", "miles"), ("inhaler", "inhalers"), ("construction", "£")]:  # fmt: skip
            shown = [code for code in nc.find(phrase, method, unit=unit, period=year).table["activity"] if code]
            assert set(shown) <= known


def test_what_is_unknown_is_said_to_be_unknown(method):
    found = nc.find("frobnication of widgets", method, unit="kg")
    assert found.outcome == ""
    assert found.table.empty


def test_the_same_phrase_in_another_order_or_case_means_the_same(method):
    for phrase in ("clinical waste incineration", "Grey fleet mileage", "HH electricity", "Orange bag waste"):
        first = nc.find(phrase, method).table["activity"].tolist()
        other = " ".join(reversed(phrase.split())).upper()
        assert nc.find(other, method).table["activity"].tolist() == first


@pytest.mark.parametrize(
    "phrase", ["", " ", "=cmd|' /C calc'!A0", "<b>gas</b>", "x" * 100_000, "\u202egas", "🏥", "a" * 199 + " gas"]
)
def test_any_text_is_answered(method, phrase):
    found = nc.find(phrase, method)
    assert list(found.table.columns) == ["activity", "label", "unit", "outcome", "score", "reason"]
    json.dumps(found.to_dict())


def test_a_limit_that_shows_nothing_and_a_period_that_cannot_be_read_are_refused(method):
    with pytest.raises(nc.UsageError, match="1 or more"):
        nc.find("gas", method, limit=0)
    with pytest.raises(nc.UsageError, match="period"):
        nc.find("gas", method, period="2023")


def test_the_command_says_what_the_library_says(method):
    command = [sys.executable, "-m", "nhscarbon", "find", "gas consumed", "--unit", "kWh", "--period", YEAR]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == nc.find("gas consumed", method, unit="kWh", period=YEAR).to_dict()
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Natural gas  (energy.natural_gas, in kWh)" in shown
