# Everything a newcomer needs: `make corpus` and `make test` set themselves up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The pip of a venv may be years old; pip 23.2 fails on extras that are spelled in two ways.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: corpus test lint pages pictures clean
.DELETE_ON_ERROR:

corpus: $(VENV)/ready-core  ## build, validate and publish the corpus, or prove the published version equal
	$(BIN)/allegata build

test: $(VENV)/ready-dev  ## all tests
	$(BIN)/pytest

lint: $(VENV)/ready-dev  ## style and types
	$(BIN)/ruff check scripts bench examples tests
	$(BIN)/ruff format --check scripts bench examples tests
	$(BIN)/mypy

pages: $(VENV)/ready-core  ## what there is to look at: build/browse, build/report, and the pages of the invented stories
	$(BIN)/allegata browse
	$(BIN)/allegata browse --corpus examples/stories/corpus --output build/stories
	$(BIN)/allegata report

pictures: $(VENV)/ready-core  ## the pictures of the README, of the invented stories; needs Chromium
	$(BIN)/allegata browse --corpus examples/stories/corpus --output build/stories
	docs/pictures/take.sh build/stories

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "allegata needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --upgrade pip

$(VENV)/ready-core: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable .
	touch $@

$(VENV)/ready-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[dev]'
	-$(INSTALL) --no-deps croissantminer==0.2.0  # a second reader of Croissant; its test is skipped without it
	touch $@

clean:  ## take away what the two commands set up
	rm -rf $(VENV) build scripts/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
