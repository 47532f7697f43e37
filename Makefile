# One command sets up everything and does the job: `make demo`, `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
ARMS   := chenxi_jielong chenxi_jielong_tool live_by_hand chenxi_live
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test browser lint format docs bench nightly lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## create .venv with everything pinned in requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "lianlu needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "this Python has no venv module; installing the package python3-venv"; \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q python3-venv; \
	  elif command -v sudo >/dev/null; then sudo apt-get update -q && sudo apt-get install -y -q python3-venv; \
	  else echo "please run as root: apt-get install python3-venv"; exit 2; fi; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/lianlu compare $(ARMS) --replications 1 --no-claims --progress none >/dev/null
	@touch $@

demo: setup  ## compare the four arms and check the article's 66 claims
	$(BIN)/lianlu compare $(ARMS)

test: setup lint browser  ## lint, types, import contracts, then every test
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

browser:  ## a browser for the tests of the workbench, unless there is one
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "no Chromium here; installing the package chromium"; \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q --no-install-recommends chromium; \
	  elif command -v sudo >/dev/null; then \
	    sudo apt-get update -q && sudo apt-get install -y -q --no-install-recommends chromium; \
	  else echo "please run as root: apt-get install chromium"; exit 2; fi; }

lint: setup  ## format check, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy sim reports app
	$(BIN)/lint-imports

format: setup  ## format the sources
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup  ## write the pages, the schema and base.yaml that are generated from the fields
	$(BIN)/python -m docs.generate

bench: setup  ## the figures of the README, each beside its competitor
	$(BIN)/lianlu bench

nightly: setup  ## the same properties at full size: 20,000 random scenarios, 1,000 experiments
	LIANLU_NIGHTLY=1 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests/equivalence tests/theory tests/properties

lock: setup  ## pin every dependency again
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --group dev pyproject.toml -o requirements.lock

clean:  ## remove what make made
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
