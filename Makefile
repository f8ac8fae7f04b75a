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

COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

.PHONY: help setup demo test test-sqlite test-postgresql check bench lock dev clean

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 24

setup: $(DONE)/run $(DONE)/launcher $(DONE)/assets $(DONE)/translations  ## environment, dependencies, front-end assets

dev: setup $(DONE)/dev  ## the same, and what tests and checks need

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

$(DONE)/npm: package.json package-lock.json .npmrc requirements-node.txt scripts/npm_install.sh $(DONE)/boot
	@scripts/npm_install.sh
	@touch $@

$(DONE)/assets: scripts/assets.py $(DONE)/npm
	@$(BIN)/python scripts/assets.py
	@touch $@

$(DONE)/translations: $(shell find translations eventsys/translations -name '*.po' 2>/dev/null) $(DONE)/run
	@$(BIN)/python scripts/translations.py
	@touch $@
