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

# the quick tests, and what they are run on at once
QUICK := tests --ignore tests/docs --ignore tests/wheel
JOBS ?= $(shell $(PYTHON) -c 'import os; print(min(max(os.cpu_count() or 2, 2), 4))')
# the part of them that `make test` runs at the lowest versions and under a second Python: what a version can break,
# without what is about words, data and the house, the long ones (markers), the soak, the browser and Spark
PART := $(QUICK) $(addprefix --ignore tests/,contract corpus methods organisations soak tools) \
  --ignore-glob '*_in_browser.py' \
  -m 'not slow' -k 'not spark and not executors'
TESTS ?= $(QUICK)
# how many examples a property is shown: `quick`, or fewer, `brief`, where the versions are what may break
EXAMPLES ?= quick
export EXAMPLES
# the versions of Python that pyproject.toml names
OTHERS ?= 3.13 3.12 3.11
UV := $(VENV)/$(BIN)/uv
# a Python that runs, of the first of some versions: by its name on the path, else among pyenv's
python_of = for version in $(1); do \
    for each in python$$version "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version.*/bin/python; do \
      "$$each" -c 'import sys; print(sys.executable)' 2>/dev/null && exit; \
    done; \
  done

ROWS ?= 10000000
MINUTES ?= 120
SCENES ?= coded,text,parquet,zstd,csv,again,unsure,sums_only

.PHONY: demo test quick versions lowest other-python lint types docs wheel release bench mutants soak data clean

demo: $(DEMO)/.installed
	$(DEMO)/$(BIN)/python tools/demo.py estates-footprint-2023-24.csv

$(DEMO)/.installed: pyproject.toml $(shell find src data -type f -not -name '*.pyc')
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/$(BIN)/python -m pip install --quiet --disable-pip-version-check .
	touch $@

$(VENV)/.installed: pyproject.toml requirements-dev.txt requirements-engines.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -e '.[all,spark]' -r requirements-dev.txt
	touch $@

# lint and types first, then the quick tests, then what takes longer
test: lint types quick docs wheel versions
	@echo "make test: all passed"

lint: $(VENV)/.installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(VENV)/.installed
	$(RUN) -m mypy

quick: $(VENV)/.installed
	$(RUN) -m pytest -n $(JOBS) --dist worksteal $(QUICK)

# a part of the quick tests at the lowest versions, and under a second Python
versions:
	$(MAKE) lowest TESTS="$(PART)" EXAMPLES=brief
	$(MAKE) other-python TESTS="$(PART)" EXAMPLES=brief

# the quick tests at the lowest versions that pyproject.toml and requirements-engines.txt state; the test tools are the
# newest that go with them, and a bound that another pushes up is a conflict, said by uv
lowest: $(VENV)/.installed
	@found=$$($(call python_of,3.11 3.12)); \
	if [ -z "$$found" ]; then echo "make lowest: SKIPPED ALOUD: no Python 3.11 or 3.12 is installed"; exit; fi; \
	set -ex; \
	$(UV) venv --quiet --clear --python "$$found" build/lowest; \
	$(UV) pip compile --quiet --no-deps --no-header --no-annotate --resolution lowest-direct --all-extras \
	  --python build/lowest --output-file build/lowest/versions.txt pyproject.toml requirements-engines.txt; \
	$(UV) pip install --quiet --python build/lowest --constraint build/lowest/versions.txt \
	  --editable '.[all,spark]' --requirement requirements-dev.txt; \
	build/lowest/$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS)

# the quick tests at the newest versions, under another Python than that of $(VENV)
other-python: $(VENV)/.installed
	@own=$$($(RUN) -c 'import sys; print("{}.{}".format(*sys.version_info))'); \
	others=$$(echo "$(OTHERS)" | tr ' ' '\n' | grep -vx "$$own"); \
	found=$$($(call python_of,$$others)); \
	if [ -z "$$found" ]; then \
	  echo "make other-python: SKIPPED ALOUD: no Python of" $$others "is installed beside $$own"; exit; \
	fi; \
	set -ex; \
	$(UV) venv --quiet --clear --python "$$found" build/other-python; \
	$(UV) pip install --quiet --python build/other-python --editable '.[all,spark]' --requirement requirements-dev.txt; \
	build/other-python/$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS)

docs: $(VENV)/.installed
	$(RUN) -m mkdocs build --strict --quiet
	$(RUN) -m pytest -n $(JOBS) --dist worksteal tests/docs
	$(RUN) -m pytest -n $(JOBS) --dist worksteal --doctest-modules src

wheel: $(VENV)/.installed
	$(RUN) -m pytest -n 2 --dist loadfile tests/wheel

# of a commit: the wheel built twice with the same bytes, its bill of materials and hashes, into dist
release: $(VENV)/.installed
	$(RUN) tools/release.py dist

bench: $(VENV)/.installed
	$(RUN) -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(RUN) benchmarks/checks.py --write benchmarks/results/checks.md
	[ -z "$(NHSCARBON_SHARED)" ] || $(RUN) benchmarks/detection.py --seed 2026 --both --curve 4 --write benchmarks/results/detection.md
	$(RUN) benchmarks/green_plan.py --write benchmarks/results/green-plan.md
	$(RUN) benchmarks/scale.py --rows $(ROWS) --scenes $(SCENES) --write benchmarks/results/latest.md

# faults planted one at a time, each with the tests that are to notice it; stopped at any time, it goes on where it was
mutants: $(VENV)/.installed
	$(RUN) tools/plant_faults.py --jobs $(JOBS) --write benchmarks/results/mutants.md

# fuzz, faults, kills and flipped bits for MINUTES; stopped at any time, it goes on where it was
soak: $(VENV)/.installed
	nice -n 10 $(RUN) tests/soak/run.py --minutes $(MINUTES)

# after a deliberate change of data: seal the packages, then review the difference
data: $(VENV)/.installed
	$(RUN) tools/seal.py

clean:
	rm -rf $(VENV) $(DEMO) dist build site
