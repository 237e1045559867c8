# Every command sets itself up: a fresh clone needs only Python >= 3.11, git, make and g++.
#
#   make demo    optimizes a function of a real package and shows the commit
#   make test    runs the tests            make test-slow  runs also those that take minutes
#   make lint types layers                 style, types, and who may import whom
#   make wheel   builds the wheel and tests it, installed, with the sources out of reach
#   make bench   the measurements behind the figures in docs/
#   make clean   removes what these made, but for .venv (make distclean: that too)

.DELETE_ON_ERROR:
.PHONY: demo test test-slow lint types layers wheel bench clean distclean

BIN := .venv/bin
INSTALLED := .venv/.installed
PYTEST_ARGS ?=
# At most 4 at once: each starts sandboxes, and some time what runs in them. Whichever is done takes
# tests from the other's end, so that the tests of a file mostly share its fixtures in one process.
PYTEST := $(BIN)/pytest -q -n logical --maxprocesses 4 --dist worksteal

# The first that runs, is new enough and can make a virtual environment. Override: make PYTHON=...
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)

$(INSTALLED): pyproject.toml constraints.txt
	@python='$(PYTHON)'; test -n "$$python" || { \
	  echo 'setup: found no Python >= 3.11 that can make a virtual environment.'; \
	  echo '  Debian, Ubuntu: sudo apt install python3 python3-venv'; \
	  echo '  or name one:    make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)'; exit 1; } >&2; \
	test -x $(BIN)/python || { rm -rf .venv && "$$python" -m venv .venv; }
	@echo 'setup: installing perfbot and what it needs into .venv (a minute or two, once) ...'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check \
	  -e '.[test]' -c constraints.txt
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/python tests/e2e/demo.py

test: $(INSTALLED)
	$(PYTEST) --durations=10 $(PYTEST_ARGS)

test-slow: $(INSTALLED)
	$(PYTEST) --durations=25 -m 'slow or not slow' $(PYTEST_ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy --strict

layers: $(INSTALLED)
	$(BIN)/lint-imports --no-logo

# Built through the sdist, as a package index would have it; installed where no source is near.
wheel: $(INSTALLED)
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	$(BIN)/python tests/e2e/check_wheel.py dist

bench: $(INSTALLED)
	@for script in $(sort $(wildcard tests/bench/[a-z]*.py)) $(wildcard tests/hacks/matrix.py); do \
	  echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf dist build .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
