# One entry each: make setup run check test bench lock. `make help` says what they do.
#
#   TORCH=default   whatever `pip install torch` brings on this machine (Linux x86-64: the CUDA build)
#   TORCH=cpu       the CPU build from PyTorch's own index, where that can be reached: about 200 MB
#   TORCH=cuda      the same as default, but refuses a CPU build that is already there
#   PYTHON=...      the interpreter to build .venv with; 3.11 or 3.12

TORCH ?= default
VENV  ?= .venv
RUN_FOLDER ?= runs/demo-nli

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

BIN := $(VENV)/bin
TORCH_VERSION := $(shell sed -n 's/^torch==//p' requirements.txt 2>/dev/null)
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu
PYTHON ?= $(shell for name in python3.11 python3.12 python3; do \
	if command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'; \
	then echo $$name; break; fi; done)

# Tests run in several processes: one thread each keeps them from fighting over the cores.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false
PIP := $(BIN)/python -m pip install --disable-pip-version-check

.PHONY: help setup setup-dev run demo check lint test bench lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@sed -n '3,6s/^#//p' $(MAKEFILE_LIST)

# The default takes whatever build is there: who chose one need not name it again.
RUNTIME := $(VENV)/.runtime-$(TORCH)
DEV := $(VENV)/.dev-$(TORCH)
ifeq ($(TORCH),default)
RUNTIME := $(firstword $(wildcard $(VENV)/.runtime-*) $(RUNTIME))
DEV := $(firstword $(wildcard $(VENV)/.dev-*) $(DEV))
endif

setup: $(RUNTIME) ## Create .venv with what TrustEq needs to run

setup-dev: $(DEV) ## The same, with the tools for checks and tests

run: setup ## Start the app with its worker on http://127.0.0.1:8501 (APP_ARGS="--port 8600")
	$(BIN)/python -m trust_core app $(APP_ARGS)

demo: setup ## Run the bundled demo without the app and write its report into runs/demo-nli
	$(BIN)/python -m trust_core demo --out $(RUN_FOLDER)

check: lint ## Format, lint, types, import rules and the fast tests (under 4 minutes on 2 cores)
	$(ONE_THREAD) $(BIN)/python -m pytest -m "not slow" -n auto --dist worksteal -q

lint: setup-dev ## Format, lint, types and import rules alone
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

test: setup-dev ## Every test, with branch coverage of trust_core (threshold: fail_under in pyproject.toml)
	@.ci/chromium || true
	$(ONE_THREAD) $(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term $(PYTEST_ARGS)

bench: setup-dev ## Measure speed (DEVICE=cuda for a GPU); results go to benchmarks/results
	$(BIN)/python -m benchmarks $(if $(DEVICE),--device $(DEVICE)) $(BENCH_ARGS)

lock: $(BIN)/python ## Work out requirements*.txt again from pyproject.toml (LOCK_ARGS=--keep moves only what is new)
	$(BIN)/python .ci/lock.py $(LOCK_ARGS)

clean: ## Delete caches; .venv and runs stay
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "TrustEq needs Python 3.11 or 3.12, and none was found."; \
		echo "On Debian or Ubuntu: sudo apt-get install python3 python3-venv (or python3.12 python3.12-venv)."; \
		echo "An interpreter elsewhere is named with: make setup PYTHON=/path/to/python3.12"; \
		exit 1; fi
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info[:2] <= (3, 12) or sys.exit( \
		"TrustEq needs Python 3.11 or 3.12; $(PYTHON) is " + sys.version.split()[0] + ".")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments."; \
		echo "On Debian or Ubuntu: sudo apt-get install python3-venv."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp is renewed when the list it was made from changes, or the choice of TORCH does.
$(RUNTIME): requirements.txt | $(BIN)/python
	@PYTHON=$(BIN)/python TORCH=$(patsubst $(VENV)/.runtime-%,%,$@) VERSION=$(TORCH_VERSION) INDEX=$(TORCH_CPU_INDEX) bash .ci/torch
	$(PIP) -r requirements.txt
	@rm -f $(VENV)/.runtime-* && touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	$(PIP) -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* && touch $@
