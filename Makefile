# Every target works from a bare checkout. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
TRANSLATIONS := $(wildcard tnid/translations/*/LC_MESSAGES/*.po)
DOCUMENTS := $(shell find docs -type f ! -path '*/__pycache__/*')
SOURCES := $(shell find keys oidc tnid examples -name '*.py')

.PHONY: help setup run test lint bench docs

help: ## one line a target
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.runtime $(VENV)/.bytecode $(VENV)/.translations build/docs/.built ## make .venv with the locked dependencies, the tnid command and the documentation

$(VENV)/bin/python:
	@bin/make-venv $(PYTHON) $(VENV)

$(VENV)/.runtime: requirements/runtime.txt setup.cfg | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/runtime.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt $(VENV)/.runtime
	$(PIP) --require-hashes -r requirements/docs.txt
	@touch $@

build/docs/.built: $(DOCUMENTS) bin/build-docs tnid/settings.py tnid/static/css/tnid.css $(wildcard tnid/static/sign-in/*) $(VENV)/.docs
	@bin/build-docs
	@touch $@

$(VENV)/.translations: $(TRANSLATIONS) $(VENV)/.runtime
	@test ! -d tnid/translations || $(BIN)/pybabel --quiet compile -d tnid/translations
	@touch $@

# Each process would compile all of it at its start where it may not, or is told not to, write what it compiled
$(VENV)/.bytecode: $(SOURCES) $(VENV)/.runtime
	@$(BIN)/python -m compileall -q keys oidc tnid examples
	@touch $@

run: setup ## start the provider and the demonstration applications
	@$(BIN)/python bin/run

test: setup $(VENV)/.dev ## install what the tests need, then run the whole suite
	@bin/test-services install
	$(BIN)/python -m pytest

docs: build/docs/.built ## build the documentation alone, into build/docs (the provider serves it at /docs)

lint: $(VENV)/.dev ## style, types and the directions of dependency
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup $(VENV)/.dev ## benchmarks, side by side with npm oidc-provider
	$(BIN)/python benchmarks/run.py
