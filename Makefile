# The two commands: `make demo` shows what Meterlake does, `make test` proves it. Both set everything up first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGE := dist/lambda.zip
PACKAGED := meterlake/__init__.py $(shell find api forecasting lake outage etl/plan_ingest.py etl/landing -name "*.py" -o -name "*.sql" -o -name "*.npz")
LAMBDA_PYTHON := $(shell sed -n 's/^PYTHON = "\(.*\)"/\1/p' cloudformation/build_lambda.py)
EMULATOR := build/emulator/.ready
TOOLKIT := build/sagemaker/.ready
GRAMMAR := $(if $(shell command -v npm),build/trino_grammar/.ready)
JAVA_25 ?= $(firstword $(wildcard /usr/lib/jvm/*25*/bin/java))
ENGINES := $(if $(and $(shell command -v mvn),$(shell command -v go),$(JAVA_25)),build/engines/.ready)
WHEEL := dist/meterlake-$(shell sed -n 's/^version = //p' setup.cfg)-py3-none-any.whl
INSTALLED := $(shell find -L meterlake -name "*.py" -o -name "*.sql" -o -name "*.txt" -o -name "*.yaml" -o -name "*.npz")

.PHONY: setup demo test check prepared lint types imports dist pythons bench lambda deploy teardown smoke templates emulator toolkit grammar engines docs notebooks serve clean

INSTALL = $(PYTHON) -m venv $(VENV) && $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e

setup: $(READY)

$(READY): setup.cfg pyproject.toml constraints.txt
	$(INSTALL) '.[dev]'
	touch $@

# The demo needs less than everything, and takes everything where it is there.
$(VENV)/.ready-for-demo: setup.cfg pyproject.toml constraints.txt
	$(INSTALL) '.[plot]'
	touch $@

demo: $(if $(wildcard $(READY)),$(READY),$(VENV)/.ready-for-demo)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m meterlake.cli.demo

test: $(READY) $(PACKAGE) $(EMULATOR) $(TOOLKIT) $(GRAMMAR) $(ENGINES)
	$(BIN)/python -m pytest -n auto --dist worksteal

check: lint types imports prepared templates docs test

# What the tests and the templates' checks need beside the project's own room, two at a time.
prepared: $(READY)
	$(MAKE) --jobs 2 $(PACKAGE) $(EMULATOR) $(TOOLKIT) $(GRAMMAR) $(ENGINES) $(CHECKS)/.ready $(SITE)/.ready

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

# The source archive, and the wheel that is built from it.
dist: $(WHEEL)

$(WHEEL): $(READY) setup.cfg pyproject.toml README.md LICENSE $(INSTALLED)
	rm -f dist/meterlake-*
	$(BIN)/python -m build --no-isolation --outdir dist

# The wheel in a fresh environment of each other Python that is here: 3.12, 3.13, 3.14.
pythons: $(WHEEL)
	$(BIN)/python -m tests.installed_wheel $(WHEEL)

bench: $(READY)
	$(BIN)/python -m benchmarks.etl
	$(BIN)/python -m benchmarks.lookup
	$(BIN)/python -m benchmarks.http
	$(BIN)/python -m benchmarks.sample_realism --meters 400
	$(BIN)/python -m benchmarks.anomaly_quality --seeds 2
	$(BIN)/python -m benchmarks.anomaly_speed
	$(BIN)/python -m benchmarks.outage_quality
	$(BIN)/python -m benchmarks.forecast --quick

# The API's Lambda package, dist/lambda.zip.
lambda: $(PACKAGE)

$(PACKAGE): $(READY) $(PACKAGED) cloudformation/build_lambda.py cloudformation/lambda_requirements.txt
	$(BIN)/python -m cloudformation.build_lambda

# Lambda's runtime and its emulator, for the test of the package.
emulator: $(EMULATOR)

$(EMULATOR): $(READY) cloudformation/emulator_requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --upgrade --target build/emulator \
		--python-version $(LAMBDA_PYTHON) --platform manylinux2014_x86_64 --only-binary :all: -r cloudformation/emulator_requirements.txt
	touch $@

# SageMaker's training toolkit, for the test of the training shell.
toolkit: $(TOOLKIT)

$(TOOLKIT): $(READY) cloudformation/sagemaker_toolkit_requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --upgrade --target build/sagemaker -r cloudformation/sagemaker_toolkit_requirements.txt
	touch $@

# A strict grammar of Athena's SQL, where Node is there.
grammar: $(GRAMMAR)

build/trino_grammar/.ready: tests/trino_grammar/package.json
	mkdir -p build/trino_grammar
	cp tests/trino_grammar/package.json build/trino_grammar/
	cd build/trino_grammar && npm install --silent --no-audit --no-fund
	touch $@

# Real engines behind the emulator (Trino, Spark's way to S3, an S3 server), where Maven, Go and a Java 25 are.
engines: $(ENGINES)
	$(if $(ENGINES),,$(error Maven, Go and a Java 25 are needed; a Java elsewhere: make engines JAVA_25=/its/bin/java))

build/engines/.ready: $(READY) tests/engines/pom.xml tests/engines/bring_engines.py
	$(BIN)/python -m tests.engines.bring_engines $(patsubst %/bin/java,%,$(JAVA_25))
	touch $@

# The platform in an AWS account: make deploy STACK=name PARAMETERS="NAME=VALUE …" ARGS=--dry-run
deploy: $(READY)
	$(BIN)/python -m cloudformation.deploy $(STACK) $(PARAMETERS) $(ARGS)

teardown: $(READY)
	$(BIN)/python -m cloudformation.teardown $(STACK) $(ARGS)

# Every published route of a deployed API: make smoke URL=https://… KEY=…
smoke: $(READY)
	@METERLAKE_KEY="$(KEY)" $(BIN)/python -m cloudformation.smoke $(URL) $(ARGS)

# checkov wants older versions of what the project uses, hence a room of its own.
CHECKS := $(VENV)/checks
$(CHECKS)/.ready: cloudformation/checks_requirements.txt | $(READY)
	$(PYTHON) -m venv $(CHECKS)
	$(CHECKS)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

templates: $(CHECKS)/.ready
	$(BIN)/cfn-lint cloudformation/*.yaml
	$(BIN)/statelint cloudformation/state_machines/*.json
	$(CHECKS)/bin/checkov --directory cloudformation --framework cloudformation --compact --quiet --skip-download

# The documentation as a site, build/site, in a room of its own.
SITE := $(VENV)/site
$(SITE)/.ready: docs/site_requirements.txt | $(READY)
	$(PYTHON) -m venv $(SITE)
	$(SITE)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

docs: $(SITE)/.ready
	NO_MKDOCS_2_WARNING=1 $(SITE)/bin/mkdocs build --quiet --clean

notebooks: $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[notebooks]'
	test -d .demo/lake || $(MAKE) demo
	$(BIN)/jupyter lab notebooks

serve: $(READY)
	$(BIN)/meterlake serve

clean:
	rm -rf $(VENV) .demo build dist *.egg-info
