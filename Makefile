# make run: the service with the phone simulator.  make test: everything that must hold.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes

.PHONY: run test lint bench train schema clean

run: $(VENV)/.app
	@$(BIN)/python app.py serve

test: lint
	@$(BIN)/python -m tests.needs
	@$(BIN)/python -m pytest -n auto --dist loadgroup

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(VENV)/.dev
	@$(BIN)/python -m bench

train: $(VENV)/.dev
	@$(BIN)/python -m training

schema: $(VENV)/.dev
	@$(BIN)/python -m bot.engine.schema flows/schema.json

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gatepost needs Python 3.11 or newer; set PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt | $(VENV)/bin/python
	@echo "Installing what Gatepost needs (once) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@echo "Installing the test tools (once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $(VENV)/.app $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
