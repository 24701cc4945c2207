# Everything a developer or a curious newcomer needs; `make` alone lists it.
# PORT, OT_DATA_DIR and DATABASE_URL are read from the environment or the command line: make demo PORT=8001

VENV := .venv
PYTHON := $(VENV)/bin/python
PORT ?= 8000
export PORT
OUT ?= var/sbom.json

# For commands that read the settings but never connect.
NO_DATABASE := DATABASE_URL=postgres://nobody@localhost/nothing
PRODUCTION := DEBUG=0 HTTPS=1 ALLOWED_HOSTS=tracker.example.org \
	SECRET_KEY=for-the-deployment-check-only-0123456789-abcdefghijklmnopqrstuvwxyz
# PRODUCTION keeps the demo and the embedded server out of the check.
# worksteal keeps the tests of a file together, so that what they share is made once, and evens out the end.
PYTEST := $(PYTHON) -m pytest -n logical --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup demo db run migrate seed test e2e bench fmt lint types imports check lock sbom clean chromium

help: ## List these targets
	@grep -hE '^[a-z0-9]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /|/' | \
		while IFS='|' read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done

setup: $(VENV)/dev.stamp ## Create .venv with everything for development

# One simple command: make then runs Python without a shell in between, which would not pass SIGTERM on.
demo: $(VENV)/app.stamp ## Serve the site with a demo clinic (PORT=8000)
	@$(PYTHON) -m config.demo

run: $(VENV)/dev.stamp ## Serve the working copy with Django's development server
	@$(PYTHON) manage.py runserver $(PORT)

db: $(VENV)/app.stamp ## Open psql on the database
	@$(PYTHON) -m config.database psql

migrate: $(VENV)/app.stamp ## Apply migrations
	@$(PYTHON) manage.py migrate

seed: migrate ## Load the demo clinic into the development database
	@$(PYTHON) manage.py load_demo

test: $(VENV)/dev.stamp chromium ## Run every test, in parallel, browser tests included
	@$(PYTEST)

e2e: $(VENV)/dev.stamp chromium ## Run the browser tests only
	@$(PYTEST) tests/e2e

bench: $(VENV)/app.stamp ## Measure the site on a clinic of 20,000 patients (ARGS="--json FILE")
	@$(PYTHON) manage.py bench $(ARGS)

fmt: $(VENV)/dev.stamp ## Format code and templates
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .
	git ls-files -z -- '*.html' | xargs -0 -r $(VENV)/bin/djade --target-version 5.2

lint: $(VENV)/dev.stamp ## Check style of code and templates
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	git ls-files -z -- '*.html' | xargs -0 -r $(VENV)/bin/djade --target-version 5.2 --check
	$(VENV)/bin/djlint --lint --quiet templates
	$(VENV)/bin/djlint --lint --quiet --profile=jinja --extension=jinja templates

types: $(VENV)/dev.stamp ## Check types
	DEBUG=1 $(NO_DATABASE) $(VENV)/bin/mypy .

imports: $(VENV)/dev.stamp ## Check who imports whom
	$(VENV)/bin/lint-imports

check: lint types imports ## Everything that CI runs
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(NO_DATABASE) $(PYTHON) manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory test

lock: $(VENV)/bin/uv ## Compile the lock files again; make lock UPGRADE=1 takes newer versions
	@for target in app dev; do \
		group=; [ $$target = app ] || group="--group dev --constraints requirements/app.txt"; \
		$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-annotate --no-header $(if $(UPGRADE),--upgrade) \
			$$group pyproject.toml --output-file requirements/$$target.txt || exit 1; \
	done
	@for tool in uv:uv sbom:cyclonedx-bom; do \
		echo $${tool#*:} | $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-annotate --no-header $(if $(UPGRADE),--upgrade) \
			- --output-file requirements/$${tool%:*}.txt || exit 1; \
	done

# The tool and all that it needs stay out of the environment that they would list.
sbom: $(VENV)/sbom/bin/cyclonedx-py ## List what the site is made of, as CycloneDX JSON (OUT=var/sbom.json)
	@mkdir -p $(dir $(OUT))
	@$< requirements --pyproject pyproject.toml --output-reproducible --output-format JSON --output-file $(OUT) \
		requirements/app.txt
	@echo "$(OUT): $$(grep -c '"purl"' $(OUT)) packages"

clean: ## Remove the environment and caches; data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The environment ---

# The system's Python first: it is built with profile-guided optimisation, where one that a version manager compiled often
# is not, and the same pages then take 1.3 times as long. `make setup BASE_PYTHON=python3.13` takes another.
BASE_PYTHON ?= /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11

$(VENV)/bin/python:
	@for python in $(BASE_PYTHON); do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv $(VENV) && exit; rm -rf $(VENV); exit 1; \
		fi; \
	done; \
	echo "OT Tracker needs Python 3.11 or newer with its venv module, and found none among: $(BASE_PYTHON)." >&2; \
	echo "On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1

$(VENV)/bin/uv: requirements/uv.txt | $(VENV)/bin/python
	@echo "Installing uv"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# uv takes seconds where pip takes a minute, but does not read pip.conf: with an index named there pip does the work.
# Compiled now, because in many containers PYTHONDONTWRITEBYTECODE has each start compile everything anew, which takes longer
# than the rest of it.
# Nothing is removed: the development packages survive `make demo`.
$(VENV)/app.stamp $(VENV)/dev.stamp: $(VENV)/%.stamp: requirements/%.txt $(VENV)/bin/uv
	@echo "Installing requirements/$*.txt"
	@UV_HTTP_RETRIES=1 $(VENV)/bin/uv pip install --quiet --compile-bytecode --system-certs --python $(PYTHON) --require-hashes -r $< || { \
		echo "uv could not install them; trying pip, which takes longer"; \
		$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; }
	@touch $@ $(if $(filter dev,$*),$(VENV)/app.stamp)

$(VENV)/sbom/bin/cyclonedx-py: requirements/sbom.txt $(VENV)/bin/uv
	@$(VENV)/bin/uv venv --quiet --clear --python $(PYTHON) $(VENV)/sbom
	@$(VENV)/bin/uv pip install --quiet --system-certs --python $(VENV)/sbom/bin/python --require-hashes -r $<
	@touch $@

chromium:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing chromium for the browser tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-noto-core fonts-noto-cjk >/dev/null; \
	else \
		echo "The browser tests need chromium. On Debian: apt-get install chromium fonts-noto-core fonts-noto-cjk" >&2; \
		exit 1; \
	fi
