# Copydesk: `make run` for a newsroom on this machine, `make test` for the whole suite. Needs Python 3.11+ and make.

PYTHON := .venv/bin/python
ARGS :=
# An active virtual environment or another folder named by the caller is not ours to fill.
unexport VIRTUAL_ENV
export UV_PROJECT_ENVIRONMENT := .venv
.NOTPARALLEL:

# Fills .venv from uv.lock. A machine without uv gets it into .uv/, from the same registry as everything else.
define sync
@uv --version >/dev/null 2>&1 || test -x .uv/bin/uv || \
	{ python3 -m venv .uv && .uv/bin/pip install --quiet 'uv>=0.8,<1'; }
PATH=".uv/bin:$$PATH" uv sync --frozen $(1)
@touch $@
endef

.PHONY: help
help: ## Say what each command does
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 10

.PHONY: run
run: .venv/run.stamp ## Prepare what is missing, then serve the site and its worker (PORT, HOST, COPYDESK_DATA)
	@DEBUG=$${DEBUG:-1} $(PYTHON) manage.py setup
	@DEBUG=$${DEBUG:-1} exec $(PYTHON) manage.py serve

.PHONY: test
test: .venv/dev.stamp ## Run the suite on SQLite, then on PostgreSQL (ARGS="-k words" goes to pytest)
	@deploy/services.sh $(MAKE) --keep-going --no-print-directory test-sqlite test-postgresql

.PHONY: test-sqlite test-postgresql
test-sqlite: .venv/dev.stamp
	@echo "== SQLite"
	@env -u DATABASE_URL $(PYTHON) -m pytest -n auto --maxprocesses 8 $(ARGS)

test-postgresql: .venv/dev.stamp
	@echo "== PostgreSQL"
	@DATABASE_URL="$$TEST_DATABASE_URL" $(PYTHON) -m pytest -n auto --maxprocesses 8 $(ARGS)

.PHONY: lint
lint: lint-style lint-templates lint-types lint-project ## Check style, types, templates, migrations, live settings

.PHONY: lint-style lint-templates lint-types lint-project
lint-style: .venv/dev.stamp
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check

lint-templates: .venv/dev.stamp
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 --check {} +

lint-types: .venv/dev.stamp
	$(PYTHON) -m mypy .

lint-project: .venv/dev.stamp
	data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && \
	export COPYDESK_DATA="$$data" DEBUG=0 SITE_URL=https://news.example && unset DATABASE_URL && \
	$(PYTHON) manage.py makemigrations --check --dry-run && \
	$(PYTHON) manage.py check --deploy --fail-level WARNING

.PHONY: fmt
fmt: .venv/dev.stamp ## Put code and templates into their one format
	$(PYTHON) -m ruff check --fix --exit-zero
	$(PYTHON) -m ruff format
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

.PHONY: clean
clean: ## Remove everything that is made again: environments and caches, never the data in var/
	rm -rf .venv .uv .pytest_cache .hypothesis .ruff_cache .mypy_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/run.stamp: pyproject.toml uv.lock
	$(call sync,--no-dev --inexact)

.venv/dev.stamp: pyproject.toml uv.lock
	$(call sync)
