# Two commands: `make demo` and `make test`. Python 3.11 or later and make are all that is needed.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN = Scripts
else
BIN = bin
endif
VENV := .venv
DEMO := .demo
RUN := $(VENV)/$(BIN)/python

ROWS ?= 10000000
MINUTES ?= 120
SCENES ?= coded,text,parquet,zstd,csv,again,unsure,sums_only

.PHONY: demo test quick lint types docs wheel release bench soak data clean

demo: $(DEMO)/.installed
	$(DEMO)/$(BIN)/python tools/demo.py estates-footprint-2023-24.csv

$(DEMO)/.installed: pyproject.toml $(shell find src data -type f -not -name '*.pyc')
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/$(BIN)/python -m pip install --quiet --disable-pip-version-check .
	touch $@

$(VENV)/.installed: pyproject.toml requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -e '.[all]' -r requirements-dev.txt
	touch $@

# lint and types first, then the quick tests, then what takes longer
test: lint types quick docs wheel
	@echo "make test: all passed"

lint: $(VENV)/.installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(VENV)/.installed
	$(RUN) -m mypy

quick: $(VENV)/.installed
	$(RUN) -m pytest -n 2 --dist worksteal tests --ignore tests/docs --ignore tests/wheel

docs: $(VENV)/.installed
	$(RUN) -m mkdocs build --strict --quiet
	$(RUN) -m pytest -n 2 --dist worksteal tests/docs
	$(RUN) -m pytest --doctest-modules src

wheel: $(VENV)/.installed
	$(RUN) -m pytest tests/wheel

# of a commit: the wheel built twice with the same bytes, its bill of materials and hashes, into dist
release: $(VENV)/.installed
	$(RUN) tools/release.py dist

bench: $(VENV)/.installed
	$(RUN) -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(RUN) benchmarks/checks.py --write benchmarks/results/checks.md
	$(RUN) benchmarks/scale.py --rows $(ROWS) --scenes $(SCENES) --write benchmarks/results/latest.md

# fuzz, faults, kills and flipped bits for MINUTES; stopped at any time, it goes on where it was
soak: $(VENV)/.installed
	nice -n 10 $(RUN) tests/soak/run.py --minutes $(MINUTES)

# after a deliberate change of data: seal the packages, then review the difference
data: $(VENV)/.installed
	$(RUN) tools/seal.py

clean:
	rm -rf $(VENV) $(DEMO) dist build site
