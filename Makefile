# Every target sets up what it needs first; see tools/set_up.py. Python: make PYTHON=python3.12 …
PYTHON ?= python3
# Arguments for the viewer (make run ARGS="photo.png --quality 10") or pytest (make test ARGS="-k jpeg").
ARGS ?=
BIN := .venv/bin
.DEFAULT_GOAL := help

.PHONY: help run test lint format bench bundle clean distclean set-up

help:
	@echo 'make run     open the viewer (without a display: render it to a picture); ARGS="photo.png"'
	@echo 'make test    linters, types, import contracts and every test; ARGS="-k jpeg" for pytest'
	@echo 'make lint    only the linters, types and import contracts'
	@echo 'make format  format the code'
	@echo 'make bench   what can be measured, and how'
	@echo 'make bundle  one folder, dist/nrc-viewer, that runs without Python'
	@echo 'make clean   remove what building and testing leave behind (distclean: .venv too)'

set-up:
	@$(PYTHON) tools/set_up.py

run: set-up
	@$(BIN)/python tools/open_viewer.py $(ARGS)

# One thread each: the arrays of tests are small, and several threads on busy cores wait for each other. Two
# processes, a file of tests at a time each, in their order: by number of tests, as is usual, long single ones
# come last, and one process waits for them. ARGS="-n 0" for one. A process that crashes ends the run: in its
# place another can wait for ever (pytest-xdist issue 1378). Tests that measure memory over minutes come last,
# in new processes.
DIVIDED := -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0
PYTEST := OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(DIVIDED)
# ARGS may choose tests of one kind only: having found none is status 5.
OR_NONE := || [ $$? -eq 5 ]
test: lint
	$(PYTEST) -m "not alone" $(ARGS) $(OR_NONE)
	$(PYTEST) -m alone $(ARGS) $(OR_NONE)

lint: set-up
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tools
	$(BIN)/lint-imports

format: set-up
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: set-up
	@$(BIN)/nrc bench --help
	@echo
	@echo 'Measuring scripts (each has --help):'
	@ls tests/bench/*.py

bundle: set-up
	$(BIN)/python -m PyInstaller --version >/dev/null 2>&1 || $(BIN)/pip install -c constraints.txt 'pyinstaller>=6.10'
	$(BIN)/python -m PyInstaller packaging/nrc-viewer.spec --noconfirm --distpath dist --workpath build/bundle
	@du -sh dist/nrc-viewer

clean:
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache .benchmarks .hypothesis .pytest_cache
	find engine viewer assets tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
