# Two commands matter to most people: `make lab` opens the course, `make test` proves that all of it works.
# Each sets up its own environment first; they need Python 3.11 or newer and make, nothing else.
# (The browser journeys of `make test` also need Chromium.)

LAB = .env-lab/bin
DEV = .env-dev/bin
ARGS =
PARTS =

export PYTHON

.PHONY: help lab test build check lock red soak bench clean env-lab env-dev

help:
	@echo "make lab     open the course in JupyterLab (options: make lab ARGS=--no-browser)"
	@echo "make test    run every test (some parts only: make test PARTS='style unit')"
	@echo "make build   write the notebooks from source/ and data/"
	@echo "make check   is everything built, sourced and consistent?"
	@echo "make lock    compile pyproject.toml into the two lists of requirements"
	@echo "make red     plant faults in a copy and see each of them caught"
	@echo "make soak    the long versions of the sampled tests"
	@echo "make bench   measure what docs/performance.md reports"
	@echo "make clean   remove environments and caches; your answers and my-course/ stay"

lab: env-lab
	@$(LAB)/calcinosis lab $(ARGS)

test: env-dev
	@$(DEV)/python scripts/run_tests.py $(PARTS)

build: env-dev
	@$(DEV)/calcinosis build $(ARGS)

check: env-dev
	@$(DEV)/calcinosis check $(ARGS)

lock:
	@sh scripts/lock

red: env-dev
	@$(DEV)/python -m tests.red $(ARGS)

soak: env-dev
	@$(DEV)/python scripts/run_tests.py --soak $(PARTS)

bench: env-dev
	@$(DEV)/python -m benchmarks $(ARGS)

env-lab:
	@sh scripts/env lab

env-dev:
	@sh scripts/env dev

clean:
	rm -rf .env-lab .env-dev .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
