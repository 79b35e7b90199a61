PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RULE ?=
N ?= 30
SEED ?= 1

.PHONY: demo test check lint types quick fix test-all test-editors bench corpus sample planted client clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

client-vscode/node_modules/.package-lock.json: client-vscode/package-lock.json
	cd client-vscode && npm ci --no-audit --no-fund

lint: $(VENV)/.installed
	$(BIN)/ruff check server tests
	$(BIN)/ruff format --check server tests

types: $(VENV)/.installed
	$(BIN)/mypy

quick: $(VENV)/.installed
	$(BIN)/python -X dev -m pytest -q -m 'not slow'

# Before each commit: under a minute.
check: lint types quick

client: client-vscode/node_modules/.package-lock.json
	cd client-vscode && npm run lint && npm run types && npm test

# Everything that has to pass: linters, type checkers, all tests, the client's too.
test: lint types client
	$(BIN)/python -X dev -m pytest -q

fix: $(VENV)/.installed
	$(BIN)/ruff check --fix server tests
	$(BIN)/ruff format server tests
