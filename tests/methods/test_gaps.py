"""What is declared to have no published factor truly has none, and every gap says why and by which source."""

from fnmatch import fnmatchcase

from nhscarbon.methods.gaps import bought_when_needed, declared_gap, declared_gaps


def test_no_declared_gap_has_a_factor(method):
    for gap in declared_gaps():
        codes = [code for code in method.catalogue.activities if fnmatchcase(code, gap.activity)]
        assert codes, gap.activity
        years = [year for year in method.periods if gap.first_period <= year <= gap.last_period]
        assert years
        assert not [(code, year) for code in codes for year in years if method.factors(code, year)]


def test_every_gap_has_a_reason_and_a_source():
    assert all(gap.reason and gap.source for gap in declared_gaps())


def test_a_gap_has_its_years_and_no_others():
    years = [f"20{start}/{start + 1}" for start in range(20, 27)]
    assert [year for year in years if declared_gap("waste.domestic.recycling", year)] == years[2:6]


def test_only_refrigerants_are_bought_when_needed():
    assert bought_when_needed("refrigerant.R134a")
    assert not bought_when_needed("anaesthetic.desflurane")
