# What one does with this project; `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SERVERS := $(BIN)/python deploy/test-servers/servers.py run
# Two workers fill the two cores that the suite is made for.
PYTEST := $(BIN)/pytest -n 2 --dist worksteal
UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes

.DEFAULT_GOAL := help
.PHONY: help run test test-embedded proof test-oidc check format bench lock clean

help:  ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/ready-to-run  ## Install what is missing and serve everything on http://127.0.0.1:8000; Ctrl-C stops
	@$(BIN)/dwr up --demo

test: check  ## Lint, types, import contracts and the whole suite, with real PostgreSQL, Kafka and Node.js
	@$(SERVERS) -- $(PYTEST) -m "not oidc"

test-embedded: check  ## The same without the tests that need one of these
	@$(PYTEST) -m "not postgresql and not kafka and not node and not oidc"

proof: $(VENV)/ready-to-test  ## Write at full speed while everything fails, 10 minutes: PROOF="--seed 7 --seconds 60"
	@$(BIN)/python -m tests.proof $(PROOF)

test-oidc: $(VENV)/ready-to-test  ## Sign-in against a real Keycloak
	@$(SERVERS) keycloak -- $(BIN)/pytest -m oidc tests/oidc

check: $(VENV)/ready-to-test  ## Formatting, lint, types, import contracts
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/ready-to-test  ## Rewrite the code in the project's format, with the fixes that are safe
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(VENV)/ready-to-test  ## Measure; servers wait for the disk as they do in production
	@DWR_TEST_DURABLE=1 $(SERVERS) postgresql kafka -- $(BIN)/python -m benchmarks

lock:  ## Pin what pyproject.toml asks for; newer releases with UPGRADE=--upgrade
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install uv==0.13.9
	@$(UV) $(UPGRADE) pyproject.toml --extra registry --extra notifier --extra graphql --group build -o requirements.lock
	@$(UV) $(UPGRADE) --group test --constraints requirements.lock -o requirements-test.lock

clean:  ## Remove what make has made, but not data/
	rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache dist
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/ready-to-run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: PYTHON=...")'
	@echo "Installing the pinned dependencies into $(VENV); once, within a minute or so"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ready-to-test: requirements-test.lock $(VENV)/ready-to-run
	@echo "Installing the pinned test tools into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@
