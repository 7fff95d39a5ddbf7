# `make help` lists the targets. Everything runs from .venv, which the first target that needs it creates.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# uv trusts the machine's CA certificates, as pip and curl do. Its cache creates the .venv of a second clone in seconds.
export UV_SYSTEM_CERTS := true
# Bytecode is cached, outside the source folders: without it TensorFlow takes twice as long to import, and the tests
# import it in several processes.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.build/pycache
unexport PYTHONDONTWRITEBYTECODE

# Test processes: one for each core by default; `make check WORKERS=4` sets another number.
WORKERS ?= logical
# Only the end-to-end tests need the plugin helm-charts, which takes half a second of each worker to import.
FAST_TESTS = $(PY) -m pytest tests -p no:helm-charts --ignore tests/istio_local --ignore tests/e2e --ignore tests/recovery --numprocesses $(WORKERS) --dist loadscope

NO_PACKAGES = { printf "error: cannot install the Python packages, see above.\nremedy: check the network, or set index-url of pip and uv to a mirror; then repeat the command\n" >&2; exit 1; }

.PHONY: help demo up down status check lint lint-code lint-charts test dashboards dashboards-preview bench news release-notes lock bump clean clean-cache

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## Create a cluster, deploy two models and a canary, and predict
	$(PY) -m examples.iris.demo

up: $(VENV)/.ready ## Create the cluster, or its missing parts
	$(PY) -m cluster up

down: $(VENV)/.ready ## Stop everything that `up` and `demo` started
	$(PY) -m cluster down

status: $(VENV)/.ready ## Print the state of the cluster and how to reach it
	$(PY) -m cluster status

check: $(VENV)/.ready lint ## Run everything that needs no cluster: linters, types, fast tests
	$(FAST_TESTS)

lint: $(VENV)/.ready ## Check style, types, charts and generated files
	@$(MAKE) --no-print-directory --jobs=2 lint-code lint-charts

lint-code:
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy cluster charttool dashboards devkit examples tests benchmarks app/src
	$(PY) -m charttool check
	$(PY) -m dashboards check
	$(PY) -m devkit reference --check
	$(PY) -m devkit prose
	$(PY) -m devkit commits

lint-charts:
	$(PY) -m cluster run ct lint --config ct.yaml

test: $(VENV)/.ready ## Run every test, those on the real cluster included
	$(PY) -m devkit test

dashboards: $(VENV)/.ready ## Generate the dashboards of charts/monitoring
	$(PY) -m dashboards generate

# Images from a running Prometheus: make dashboards-preview PROMETHEUS=http://127.0.0.1:9090 ARGUMENTS="--minutes 15"
PROMETHEUS ?= http://127.0.0.1:9090
dashboards-preview: $(VENV)/.ready ## Draw the dashboards from a running Prometheus, into .build/dashboards
	$(PY) -m dashboards preview --prometheus $(PROMETHEUS) --out .build/dashboards $(ARGUMENTS)

bench: $(VENV)/.ready ## Measure the figures in the README, and the cost of rendering
	$(PY) -m benchmarks.bootstrap
	$(PY) -m benchmarks.rendering
	$(PY) -m benchmarks.scrape
	$(PY) -m benchmarks.tracing
	$(PY) -m benchmarks.mesh

news: $(VENV)/.ready ## Print the changelog section that the news fragments make
	@$(VENV)/bin/towncrier build --draft --version next

# make release-notes VERSION=0.3.0
release-notes: $(VENV)/.ready ## Move the news fragments into the changelog, as VERSION
	$(VENV)/bin/towncrier build --yes --version $(or $(VERSION),$(error name the version: make release-notes VERSION=0.3.0))

# Each NAME=VERSION of the command line, as in `make bump kubernetes=1.2.3`: make takes them for variables.
ASSIGNMENTS = $(filter-out PYTHON=% WORKERS=% PROMETHEUS=% ARGUMENTS=%,$(MAKEOVERRIDES))
bump: $(VENV)/.ready ## Change pinned versions: make bump NAME=VERSION
	$(PY) -m devkit bump $(ASSIGNMENTS)

lock: $(VENV)/.ready ## Pin the newest versions that the requirements allow
	$(PY) requirements/lock.py

clean: ## Remove what runs made in this clone
	rm -rf .build .venv

clean-cache: $(VENV)/.ready ## Remove what is cached outside the clone
	$(PY) -m cluster clean

$(VENV)/.ready: requirements/bootstrap.txt requirements/dev.txt app/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "error: Python 3.11, 3.12 or 3.13 is needed: TensorFlow has no build for others.\nremedy: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { printf "error: Python's venv is missing.\nremedy: apt-get install python3-venv\n" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --require-hashes --requirement requirements/bootstrap.txt || $(NO_PACKAGES)
	@$(VENV)/bin/uv pip sync --quiet --python $(PY) --require-hashes requirements/bootstrap.txt requirements/dev.txt || $(NO_PACKAGES)
	$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --offline --editable app
	@touch $@
