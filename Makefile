# The only door. `make` prints what it opens.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

help:  ## print these doors
	@awk 'BEGIN { FS = ":.*##" } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*##/ { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ start
install: $(INSTALLED)  ## the virtual environment, from the hashed lock
$(INSTALLED): requirements.txt pyproject.toml contracts/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make install PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e ./contracts -e .
	@touch $@
demo: install  ## 24 months of a story, then its boards, complete and verified
	@$(BIN)/throughcare demo
up: install  ## the system left running with the story loaded; prints every door
	@$(BIN)/throughcare up
down: install  ## stop what `make up` left running
	@$(BIN)/throughcare down
run-%: install  ## one service by itself, from the settings in the environment: make run-referrals
	@$(BIN)/python -m services.$*.main all

##@ check
test-pure: install  ## deciders, policies, folds: no database, no broker, under 5 seconds
	@$(BIN)/pytest -q --pure tests/referrals tests/matching tests/reviews tests/reporting
test: install  ## everything, on a real PostgreSQL and the best broker that can be had
	@$(BIN)/pytest -q
test-apache-kafka: install  ## everything, on Apache Kafka's own jars (Java 17 and Maven)
	@THROUGHCARE_BROKER=jars $(BIN)/pytest -q
journeys: install  ## the golden journeys across the four services, with kill -9
	@$(BIN)/pytest -q tests/journeys
faults: install  ## kill -9 of everything, at named points and at random: make faults MINUTES=30
	@$(BIN)/python -m tests.faults $(if $(MINUTES),--minutes $(MINUTES),--faults 60) $(if $(SEED),--seed $(SEED))
attacks: install  ## every attack on a log at 1,000 random places (trust: what finds it, what cannot)
	@PLACEMENTS=1000 $(BIN)/pytest -q -s tests/attacks
mutate: install  ## change the verifier in one place at a time: what no test sees is named (hours)
	@$(BIN)/python -m bench.mutate
bench: install  ## beside the best peer and the machine's own limits; floors that are missed fail
	@$(BIN)/python -m bench
stress: install  ## every kind of writer at once for a minute, judged from the tables and by p99
	@$(BIN)/python -m tests.stress --seconds 60
controls: install  ## every promise broken on purpose: each must turn its check red
	@$(BIN)/pytest -q tests/controls
check: install  ## ruff, mypy, imports, frozen schemas, generated pages
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/architecture tests/contracts/test_schema.py tests/docs

##@ write
fmt: install  ## format and sort
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
schemas: install  ## write the JSON Schema of every event; refuses a forbidden change
	@$(BIN)/python -m contracts.schema
docs: install  ## write the generated pages: state tables, policies, service READMEs
	@$(BIN)/python -m throughcare.pages
lock: install  ## resolve the dependencies again, with hashes
	@$(BIN)/uv pip compile --generate-hashes --universal --no-header --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --extra dev --extra bench pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --generate-hashes --universal --no-header --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --constraint requirements.txt \
	  deploy/requirements.in -o deploy/requirements.txt

##@ operate
parked: install  ## what could not be handled, at every service
	@$(BIN)/throughcare parked list
verify: install  ## export the whole log and prove it, offline
	@$(BIN)/throughcare export .throughcare/export.jsonl
	@$(BIN)/throughcare verify .throughcare/export.jsonl --keys .throughcare/up/keys.json
verifier: install  ## the offline verifier as one file that needs Python and nothing else
	@$(BIN)/python -m throughcare.onefile build/throughcare-verify.pyz
	@ls -l build/throughcare-verify.pyz
story: install  ## one young person's story: make story PERSON=<id>
	@$(BIN)/throughcare story $(PERSON)

.PHONY: help install demo up down test-pure test test-apache-kafka journeys faults attacks mutate bench stress controls check fmt schemas docs lock parked verify verifier story
