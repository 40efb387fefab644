# Every target works from a bare checkout. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
TRANSLATIONS := $(wildcard tnid/translations/*/LC_MESSAGES/*.po)

.PHONY: help setup run test lint bench

help: ## one line a target
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.runtime $(VENV)/.translations ## make .venv with the locked dependencies and the tnid command

$(VENV)/bin/python:
	@bin/make-venv $(PYTHON) $(VENV)

$(VENV)/.runtime: requirements/runtime.txt setup.cfg | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/runtime.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.translations: $(TRANSLATIONS) $(VENV)/.runtime
	@test ! -d tnid/translations || $(BIN)/pybabel --quiet compile -d tnid/translations
	@touch $@

run: setup ## start the provider and the demonstration applications
	@$(BIN)/python bin/run

test: setup $(VENV)/.dev ## install what the tests need, then run the whole suite
	@bin/test-services install
	$(BIN)/python -m pytest

lint: $(VENV)/.dev ## style, types and the directions of dependency
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup $(VENV)/.dev ## benchmarks, side by side with npm oidc-provider
	$(BIN)/python benchmarks/run.py
