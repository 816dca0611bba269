# `make demo` shows the catalog at work; `make test` runs every check. Both make their own environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
EXAMPLES ?= 500
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help env demo test format lint types check snapshots pages bench fuzz compat lock lock-check clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

env: $(VENV)/.installed node_modules/.package-lock.json ## make the environment: packages and the CDK CLI, as locked

$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; $(PYTHON) is " + sys.version.split()[0] + ". Say make PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[0-9.]+' requirements.txt)"
	$(UV) pip sync --quiet --require-hashes requirements.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json $(VENV)/.installed
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

demo: $(VENV)/.installed ## see a photograph become a thumbnail on this machine
	$(BIN)/python -m examples.thumbnail_a_photograph

test: lint types check ## every check: format, lint, types, tests

format: env ## rewrite the code in the house format
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

lint: env
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

types: env
	$(BIN)/mypy

check: env
	$(BIN)/pytest --numprocesses=2 --dist=loadgroup

fuzz: env ## draw many arguments of every construct: make fuzz EXAMPLES=1000
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/pytest --numprocesses=2 tests/fuzz

compat: env ## the suite's fast part on the lowest and newest aws-cdk-lib, and on each Python that is here
	.ci/compat

snapshots: env ## rewrite the snapshots of templates; read what changed
	$(BIN)/pytest --quiet --numprocesses=2 --dist=loadgroup --snapshot-update tests/test_every_pattern.py -k "as_it_was or logical_ids"

pages: env ## rewrite the generated parts of the pages
	$(BIN)/patternkit pages

lock: env ## resolve the dependencies anew
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group dev --no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade pyproject.toml --output-file requirements.txt

lock-check: env ## fail when requirements.txt is not what pyproject.toml asks for
	@cp requirements.txt $(VENV)/requirements.check
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group dev --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml --output-file $(VENV)/requirements.check
	@cmp --silent requirements.txt $(VENV)/requirements.check || { echo "requirements.txt is not what pyproject.toml asks for: run make lock" >&2; exit 1; }

clean: ## remove what was made here
	rm -rf $(VENV) node_modules cdk.out .mypy_cache .ruff_cache .pytest_cache dist
