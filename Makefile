# Everything a newcomer needs: `make corpus` and `make test` set themselves up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Whatever the lock names is installed with one of its hashes, or not at all; without --no-require-hashes pip wants a hash
# of this folder too. What builds this folder, and two packages that are published as source only, is of the lock as well.
INSTALL := $(PIP) --no-require-hashes --constraint requirements.lock --no-build-isolation

.PHONY: corpus test rest whole check coverage faults slow lint pages site pictures lock audit fuzz mutants clean
.DELETE_ON_ERROR:
# The tests start Python hundreds of times: what one process has compiled, the next need not.
unexport PYTHONDONTWRITEBYTECODE

corpus: $(VENV)/ready-core  ## build, validate and publish the corpus, or prove the published version equal
	$(BIN)/allegata build

# A file a worker on every core, in the order of tests/conftest.py: the longest files first.
BESIDE := --numprocesses logical --dist loadfile --no-loadscope-reorder
ALONE := $(shell grep -l mark.alone tests/test_*.py)
SHORT := not slow and not alone and not long
WHOLLY_LONG := $(shell sed -n 's| instead .*||p' tests/long_tests.txt)
test: $(VENV)/ready-dev  ## the cheap tests, in five CPU minutes: after every change
	$(BIN)/pytest $(BESIDE) -m '$(SHORT)' --most-cpu 8 $(addprefix --ignore=tests/,$(WHOLLY_LONG))

rest: $(VENV)/ready-dev  ## the other tests: a file a worker on every core, then one by one those that measure time closely
	$(BIN)/pytest $(BESIDE) -m 'long and not slow and not alone'; beside=$$?; \
	$(BIN)/pytest -m 'alone and not slow' $(ALONE) && exit $$beside

whole: test rest  ## all tests but those of `make slow` and `make faults`: before a change is sent

KILLS := 50
MEETINGS := 200
SEED := 1
check: $(VENV)/ready-dev  ## a first answer in half a minute: style, and the tests of the ground floor
	$(BIN)/ruff check scripts bench docs examples tests
	$(BIN)/pytest $(BESIDE) -m '$(SHORT)' tests/test_architecture.py \
		tests/test_measures.py tests/test_schema_*.py tests/test_text_*.py

coverage: $(VENV)/ready-coverage  ## the lines of the package that no test of the first half runs; fails if they are more than a tenth
	$(BIN)/pytest $(BESIDE) -m 'not slow and not alone' \
		--cov allegata --cov-report term-missing:skip-covered --cov-fail-under 90

faults: $(VENV)/ready-dev  ## every fault at every step of every command that writes, kills and meetings at random: hours
	$(BIN)/pytest -m slow -s tests/test_faults_steps.py
	$(BIN)/python tests/random_kills.py --count $(KILLS) --seed $(SEED)
	$(BIN)/python tests/random_pairs.py --count $(MEETINGS) --seed $(SEED)

slow: $(VENV)/ready-dev  ## the rest of the matrices of which `make whole` takes a sample, and what takes minutes; that of faults is `make faults`
	$(BIN)/pytest $(BESIDE) -m 'slow and not alone' --ignore tests/test_faults_steps.py
	$(BIN)/pytest -m 'slow and alone' $(ALONE)

lint: $(VENV)/ready-dev  ## style and types
	$(BIN)/ruff check scripts bench docs examples tests
	$(BIN)/ruff format --check scripts bench docs examples tests
	$(BIN)/mypy

pages: $(VENV)/ready-core  ## what there is to look at: build/browse, build/report, and the pages of the invented stories
	$(BIN)/allegata browse
	$(BIN)/allegata browse --corpus examples/stories/corpus --output build/stories
	$(BIN)/allegata report

site: $(VENV)/ready-docs  ## the documentation, searchable: build/site/index.html
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -b html docs build/site

pictures: $(VENV)/ready-dev  ## the pictures of the README, of the invented stories; needs Chromium
	$(BIN)/allegata browse --corpus examples/stories/corpus --output build/stories
	$(BIN)/python docs/pictures/take.py build/stories

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "allegata needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

# The pip of a venv may be years old: it reads hashes in a file of requirements only, and 23.2 fails on extras that are
# spelled in two ways. What it installs is the pip of the lock.
$(VENV)/ready-pip: requirements.lock | $(BIN)/python
	awk '/^pip==/,!/\\$$/' requirements.lock > $(VENV)/pip.lock
	$(PIP) --require-hashes --requirement $(VENV)/pip.lock
	$(INSTALL) hatchling setuptools
	touch $@

$(VENV)/ready-core: pyproject.toml $(VENV)/ready-pip
	$(INSTALL) --editable .
	touch $@

$(VENV)/ready-dev: pyproject.toml $(VENV)/ready-pip
	$(INSTALL) --editable '.[dev]'
	-$(INSTALL) --no-deps croissantminer  # a second reader of Croissant; its test is skipped without it
	touch $@

$(VENV)/ready-docs: pyproject.toml $(VENV)/ready-pip
	$(INSTALL) --editable '.[docs]'
	touch $@

$(VENV)/ready-coverage: $(VENV)/ready-dev
	$(INSTALL) pytest-cov
	touch $@

$(VENV)/ready-supply: pyproject.toml $(VENV)/ready-pip
	$(INSTALL) --editable '.[supply]'
	touch $@

LOCK := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header --no-emit-index-url
# Whoever changes a version writes it into constraints.txt, then runs this; croissantminer is installed without what it
# asks for, which is of other versions.
lock: $(VENV)/ready-supply  ## requirements.lock: the versions of constraints.txt with the sha256 of every published file
	mkdir -p build
	printf 'pip\nsetuptools\n' | $(LOCK) --all-extras --constraint constraints.txt --output-file build/all.lock pyproject.toml -
	grep '^croissantminer==' constraints.txt | $(LOCK) --no-deps --output-file build/alone.lock -
	cat build/all.lock build/alone.lock > requirements.lock

audit: $(VENV)/ready-supply  ## known weaknesses of what the lock names; asks the package index, so it needs the network
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock || { \
	echo "not audited, or something found: the lines above say which; where the index does not answer, nothing is known" >&2; \
	exit 1; }

SECONDS_A_READER := 60
fuzz: $(VENV)/ready-dev  ## damaged files into every reader: at random, then led by coverage, a minute a reader
	$(INSTALL) atheris==3.0.0
	mkdir -p build/fuzz
	$(BIN)/python tests/file_mutants.py --count 10000 --seed $$(date +%s)
	$(BIN)/python tests/fuzz_atheris.py | while read -r reader; do \
		$(BIN)/python tests/fuzz_atheris.py "$$reader" -max_total_time=$(SECONDS_A_READER) -artifact_prefix=build/fuzz/ || exit 1; \
	done

mutants: $(VENV)/ready-dev  ## small changes in the core rooms, one at a time: which of them no test of the room sees
	$(BIN)/python tests/code_mutants.py --count 200

clean:  ## take away what the two commands set up
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
