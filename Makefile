# make site    builds site/ from content/; the first time it sets up .venv with what requirements/ pins
# make test    the same set-up, then the tests, with the linter and the type checker beside them
# make quick   the same without what needs a browser, the whole network or much time: while writing
# make setup   only the set-up
# make audit   what is installed against its pins, all licences, and known vulnerabilities (needs the network)
# make lock    pins anew whatever the lists of requirements/ ask for
# make screenshot  the picture in README.md, taken of the site (needs Chromium)
# make clean   removes everything that make has made: .venv, the site, stored results, caches

PYTHON ?= $(shell command -v python3.11 2>/dev/null || echo python3)
VENV := .venv
RUN := $(VENV)/bin/python
# Only what is pinned, with its digest: nothing that a package asks for on its own, also not in order to be built.
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --no-build-isolation --use-pep517
# Files in the order of conftest.py, which is not xdist's own: those first that take longest.
PYTEST := $(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
PIN := $(RUN) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--overrides requirements/overrides.in --generate-hashes --annotation-style line --no-header

# Tests start dozens of programs, and are rewritten before they run: with what Python has compiled kept, once for all.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: site test quick all-tests quick-tests lint setup audit lock screenshot clean

site: $(VENV)/site.stamp $(VENV)/npm.stamp
	$(RUN) build.py

# The linter and the type checker run beside the tests: neither waits for the other, and both are told of.
test: $(VENV)/test.stamp $(VENV)/npm.stamp
	@$(MAKE) --no-print-directory --jobs=2 lint all-tests

quick: $(VENV)/test.stamp $(VENV)/npm.stamp
	@$(MAKE) --no-print-directory --jobs=2 lint quick-tests

all-tests: $(VENV)/test.stamp $(VENV)/npm.stamp
	$(PYTEST)

quick-tests: $(VENV)/test.stamp $(VENV)/npm.stamp
	$(PYTEST) -m "not browser and not vgg16 and not slow and not course"

lint: $(VENV)/test.stamp $(VENV)/npm.stamp
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

setup: $(VENV)/site.stamp $(VENV)/npm.stamp

# pip-audit is run in an environment of its own; --strict: what could not be looked up is a fault, too.
audit: $(VENV)/test.stamp
	$(RUN) tests/audit.py
	$(RUN) -m uv tool run pip-audit==2.10.1 --strict --disable-pip --require-hashes \
		$(foreach file,build site carried cluster test,-r requirements/$(file).txt)

lock: $(VENV)/test.stamp
	$(PIN) requirements/build.in -o requirements/build.txt
	$(PIN) requirements/site.in -c requirements/build.txt -o requirements/site.txt
	$(PIN) requirements/cluster.in -c requirements/site.txt -o requirements/cluster.txt
	$(PIN) requirements/test.in -c requirements/site.txt -c requirements/cluster.txt -o requirements/test.txt
	$(VENV)/bin/npm install --prefix requirements --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts

screenshot: site $(VENV)/test.stamp
	$(RUN) tests/browser.py "site/regions.html\#region-dog" screenshot.png

clean:
	rm -rf $(VENV) site .netviz .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# A stamp says what the environment holds; it is older than the lists when these have changed.
$(VENV)/site.stamp: requirements/build.txt requirements/site.txt requirements/carried.txt | $(VENV)/venv.stamp
	$(INSTALL) -r requirements/build.txt
	$(INSTALL) -r requirements/site.txt -r requirements/carried.txt
	@touch $@

# What runs the network in readers' browsers, the versions and digests of package-lock.json; without it the site has one
# page less. It is tried again as long as it can't be had.
$(VENV)/npm.stamp: requirements/package.json requirements/package-lock.json | $(VENV)/site.stamp
	@cp $^ $(VENV)
	@$(VENV)/bin/npm ci --prefix $(VENV) --silent --ignore-scripts --no-audit --no-fund --fetch-retries=1 && touch $@ || \
		echo "npm's registry can't be reached: the site is built without the page Your photo" >&2

$(VENV)/test.stamp: requirements/test.txt requirements/cluster.txt $(VENV)/site.stamp
	$(INSTALL) -r requirements/cluster.txt
	$(INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)/venv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo 'netviz needs Python 3.11, 3.12 or 3.13, and "$(PYTHON)" is none of them; try: make PYTHON=/path/to/python3.11'; exit 1; } >&2
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
