# `make demo` shows the catalog at work; `make test` runs every check. Both make their own environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
WORKERS ?= 2
EXAMPLES ?= 500
NETWORKS ?= 2000
# 0 is every mutant.
SAMPLE ?= 0
SEED ?= 1
# plain_thumbnailer is a part of synthesis, make_test is the suite, measured by processor_time, and fan_out redraws its pages' pictures: by name only.
NAME ?= $(filter-out plain_thumbnailer make_test processor_time fan_out,$(basename $(notdir $(sort $(wildcard bench/*.py)))))
SOURCE ?= .
BUILD ?= build
# The patterns whose pages on the site list their templates, for which each is synthesized: names, or all.
LISTINGS ?= all
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Compiled once, the CDK above all, and never beside the code: what lies in a handler's folder is deployed.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/bytecode

.DEFAULT_GOAL := help
.PHONY: help env demo test format lint types check snapshots templates-unchanged pages bench fuzz mutants compat lock lock-check site site-serve browser clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

env: $(VENV)/.installed node_modules/.package-lock.json ## make the environment: packages and the CDK CLI, as locked

# uv alone, of the version and with the hashes that are locked. Without pip of its own the environment is made in a
# moment; a Python that has none either brings the one within it.
$(VENV)/.uv: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; $(PYTHON) is " + sys.version.split()[0] + ". Say make PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@awk '/^uv==/ { on = 1 } on { print } on && !/\\$$/ { exit }' requirements.txt > $(VENV)/uv.txt
	@unset PYTHONPYCACHEPREFIX; \
	base=$$($(BIN)/python -c 'import sys; print(sys._base_executable)'); \
	if "$$base" -c 'import pip' 2>/dev/null; then installer="$$base -m pip --python $(BIN)/python"; \
	else $(BIN)/python -m ensurepip >/dev/null && installer="$(BIN)/python -m pip"; fi; \
	$$installer install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/uv.txt
	@touch $@

$(VENV)/.installed: requirements.txt requirements-dev.txt pyproject.toml $(VENV)/.uv
	$(UV) pip sync --quiet --require-hashes requirements-dev.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.local

# What the local cloud needs and no more: a demonstration does not wait for the tools of tests.
$(VENV)/.local: requirements.txt requirements-dev.txt pyproject.toml $(VENV)/.uv
	$(UV) pip install --quiet --requirement pyproject.toml --extra node --extra local \
	  --constraint requirements.txt --constraint requirements-dev.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json $(VENV)/.installed
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

demo: $(VENV)/.local ## see a photograph become a thumbnail on this machine
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

# What CI sets is set here too: the suite is the same wherever it runs.
check: export CI := true
check: env browser ## every test, or the share of one pattern: make check ONLY=thumbnailer
	$(BIN)/pytest --numprocesses=$(WORKERS) --dist=loadgroup --no-loadscope-reorder $(if $(ONLY),-k "$(ONLY) or $(subst -,_,$(ONLY)) or $(subst -,,$(ONLY))")

fuzz: env ## draw many arguments of every construct and many networks: make fuzz EXAMPLES=1000 NETWORKS=5000
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/pytest --numprocesses=$(WORKERS) tests/fuzz
	PATTERNKIT_FUZZ=$(NETWORKS) $(BIN)/pytest --numprocesses=0 --capture=no --timeout=0 tests/patternkit/routes/test_oracles.py

mutants: env ## change the code in one place at a time and see whether its tests notice: make mutants ROOM=upgrade SAMPLE=200 SEED=1
	$(BIN)/python -m tests.mutation $(ROOM) --sample=$(SAMPLE) --seed=$(SEED) $(if $(FRESH),--fresh)

compat: env ## the suite's fast part on the lowest and newest aws-cdk-lib, and on each Python that is here
	.ci/compat

bench: env ## print the ratios that the benchmarks measure: make bench NAME=routes_scale
	@for name in $(NAME); do printf '\n== %s\n' "$$name"; $(BIN)/python -m bench.$$name || exit 1; done

snapshots: env ## rewrite the snapshots of templates, or one pattern's (ONLY=); read what changed
	$(BIN)/pytest --quiet --numprocesses=$(WORKERS) --dist=loadgroup --no-loadscope-reorder --snapshot-update tests/test_every_pattern.py -k "(as_it_was or logical_ids)$(if $(ONLY), and $(ONLY))"

templates-unchanged: env ## name what differs between all templates here and those of a commit: make templates-unchanged FROM=main [ONLY=]
	$(BIN)/python -m tests.templates_unchanged $(if $(ONLY),--only $(ONLY)) $(FROM)

four-ways: env ## try each resource that a pattern takes from everywhere, and write down what comes of it (ONLY=)
	$(BIN)/python -m tests.four_ways_page $(ONLY)

pages: env ## rewrite the generated parts of the pages, or of one pattern's (ONLY=)
	$(BIN)/patternkit pages $(ONLY)

site: env ## build the site; a dead link, or a page that no other leads to, is an error
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -c docs/site -D "listings=$(LISTINGS)" -d $(BUILD)/doctrees $(SOURCE) $(BUILD)/site || { echo "the site has faults: mend the files that are named above, then run make site" >&2; exit 1; }
	@echo $(BUILD)/site/index.html

site-serve: site ## show the site on this machine
	@echo "http://127.0.0.1:8000/ until Ctrl-C"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory $(BUILD)/site 8000

# The site's tests look at it in a browser and with fonts that npm locks, whatever browser the machine has.
browser: tests/site/node_modules/.package-lock.json

tests/site/node_modules/.package-lock.json: tests/site/package.json tests/site/package-lock.json $(VENV)/.installed
	npm ci --prefix tests/site --no-fund --no-audit --loglevel=error
	@touch $@

lock: env ## resolve the dependencies anew, to the newest of each
	.ci/lock --upgrade

lock-check: env ## fail when what is locked is not what pyproject.toml asks for
	@.ci/lock --check

clean: ## remove what was made here
	rm -rf $(VENV) node_modules tests/site/node_modules build cdk.out .mypy_cache .ruff_cache .pytest_cache dist
