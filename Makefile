# Needs Python 3.11 or newer and make; everything else is installed into .venv, and the server's files into a user cache.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
HERE := $(CURDIR)
DEMO_HOME := $(HERE)/.demo
# Tests at a time, each with a server of its own: 1 GB of heap and a core.
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo down test lint format look queries docs bench lock jars clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(BIN)/.installed ## Install incahoots and what it needs into .venv

$(BIN)/.installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "incahoots needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv, 1.8 GB: one to three minutes on a quick line ..."
# pip tells how far it is where somebody sees it.
	@quiet=--quiet; ! test -t 1 || quiet=; $(BIN)/python -m pip install $$quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Simulate, load, derive six networks, find communities, write a page; leaves the server up
	@$(BIN)/python -m incahoots.demo --home $(DEMO_HOME)

down: ## Stop the demo's server
	@if [ -x $(BIN)/incahoots ]; then $(BIN)/incahoots down --home $(DEMO_HOME); else echo "The server was not running."; fi

# In their own order: the long ones, with a server, come before the many short ones, which fill up what is left.
test: setup lint ## Check the code and run all tests, on a real Neo4j that they start and stop
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder --durations 15

lint: setup ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy -p incahoots

format: setup ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

look: setup ## Write the style of Browser and the perspective of Bloom anew, after a change of looks or behaviours
	@written=$$(mktemp -d) && $(BIN)/incahoots browser --write "$$written/look" >/dev/null && \
	cp "$$written"/look/style.grass "$$written"/look/incahoots-perspective.json neo4j/ && rm -r "$$written"

queries: setup ## Generate the queries that are alike, after a change of the table of behaviours
	@$(BIN)/python -m incahoots.cypher.generate

docs: setup ## Build the documentation as a site into docs/_build/html, without a network; a warning is an error
	@$(BIN)/sphinx-build -q -W --keep-going -n -c docs -d docs/_build/doctrees . docs/_build/html
	@echo "Open docs/_build/html/index.html"

bench: setup ## Measure against the coordination-network-toolkit; see benchmarks/README.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.lock
	@$(BIN)/python -m benchmarks

COMPILE := uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml --extra server --extra py2neo --extra shap --extra dev

lock: setup ## Renew requirements.lock and benchmarks/requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/$(COMPILE) -o requirements.lock
	@$(BIN)/$(COMPILE) --extra bench -o benchmarks/requirements.lock

jars: setup ## Renew neo4j/jars.lock, the server's files, from neo4j/pom.xml; needs Maven
	@$(BIN)/python -m tests.lock_jars

clean: down ## Stop the demo's server and remove what the targets made
	rm -rf .venv .demo .pytest_cache .mypy_cache .ruff_cache docs/_build build dist *.egg-info
