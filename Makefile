PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHOP := tests/workspaces/shop
RULE ?=
N ?= 30
SEED ?= 1

.PHONY: demo test all-tests check lint types quick fix client test-all test-editors bench bench-project corpus sample planted soak clean

# What the tool says of a small Django and FastAPI shop: findings, an explanation, fixes as a diff.
demo: $(VENV)/.runtime
	$(BIN)/pybackend check --exit-zero $(SHOP)
	$(BIN)/pybackend explain blocking-in-async
	$(BIN)/pybackend check --exit-zero --diff --unsafe-fixes $(SHOP)/api

# Everything that has to pass: linters, type checkers and all tests, the client's too.
test: lint client
	@$(MAKE) --no-print-directory --jobs 2 types all-tests

all-tests: $(VENV)/.dev
	PYBACKEND_EXAMPLES=8 PYTHONDEVMODE=1 $(BIN)/python -m pytest -q -n 2

# Before each commit: a minute and a half on two cores.
check: lint types quick

lint: $(VENV)/.dev
	$(BIN)/ruff check server tests
	$(BIN)/ruff format --check server tests

types: $(VENV)/.dev
	$(BIN)/mypy

quick: $(VENV)/.dev
	PYBACKEND_EXAMPLES=2 $(BIN)/python -m pytest -q -n 2 -m 'not slow'

client: client-vscode/node_modules/.package-lock.json
	cd client-vscode && npm run lint && npm run types && npm test

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix server tests
	$(BIN)/ruff format server tests

# The suite on every Python from 3.11 to 3.13 that is present.
test-all:
	@for version in 3.11 3.12 3.13; do \
	  python=$$(command -v python$$version || ls -d $$HOME/.pyenv/versions/$$version.*/bin/python 2>/dev/null | tail -1); \
	  if [ -z "$$python" ]; then echo "Python $$version: not present"; continue; fi; \
	  echo "Python $$version: $$python"; \
	  $$python -m venv .venvs/$$version && \
	  .venvs/$$version/bin/python -m pip install --quiet --upgrade pip && \
	  .venvs/$$version/bin/python -m pip install --quiet --editable '.[dev]' && \
	  .venvs/$$version/bin/python -m pytest -q -n 2 || exit 1; \
	done

# Real VS Code and Neovim, headless; installs them into .editors and Debian packages where missing.
test-editors: $(VENV)/.dev
	$(BIN)/python -m tests.editors.run

bench: $(VENV)/.dev corpus-files
	$(BIN)/python -m tests.bench.run

# Large projects side by side: time, memory and size of what is remembered.
bench-project: $(VENV)/.dev corpus-files
	$(BIN)/python -m tests.bench.project

# Somebody types from the first moment on in large projects: how long is anything held up?
.PHONY: bench-waiting
bench-waiting: $(VENV)/.dev corpus-files
	$(BIN)/python -m tests.bench.waiting

corpus: $(VENV)/.dev corpus-files
	$(BIN)/python -m tests.corpus.counts

sample: $(VENV)/.dev corpus-files
	$(BIN)/python -m tests.corpus.sample $(RULE) --number $(N) --seed $(SEED)

planted: $(VENV)/.dev corpus-files
	$(BIN)/python -W ignore -m tests.corpus.planted $(RULE)

# Our verdict on models and migrations against Django's own, on projects from PyPI, unchanged and edited.
.PHONY: oracle-migrations
oracle-migrations: $(VENV)/.dev
	$(BIN)/python -m tests.oracle.migrations

.PHONY: corpus-files
corpus-files: $(VENV)/.dev
	$(BIN)/python -m tests.corpus.download

# Random edits for long enough to meet the odd ones.
soak: $(VENV)/.dev
	PYBACKEND_EXAMPLES=400 $(BIN)/python -m pytest -q tests/engine

clean:
	rm -rf $(VENV) .venvs .mypy_cache .ruff_cache .pytest_cache .hypothesis dist client-vscode/node_modules client-vscode/out

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.runtime

client-vscode/node_modules/.package-lock.json: client-vscode/package-lock.json
	cd client-vscode && npm ci --no-audit --no-fund
	@touch $@
