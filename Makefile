# Everything runs from .venv, installed from hashed locks. `make up`, `make test` and `make lint`
# set up what they need first; nothing is done again while the locks stay the same.
#
#   make up ARGS="--port 8001"      make test ARGS="tests/core -k fila"      make PYTHON=python3.13 up

ARGS ?=
# The first Python that is new enough; PYTHON=... on the command line wins.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
LOCKS := requirements
INSTALL := $(UV) pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all:
# One package of the tests has no wheel; it is built with the locked tools, not with fetched ones.
INSTALL_DEV := $(INSTALL) --no-binary odfpy --no-build-isolation-package odfpy
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes

# uv must use the interpreter of .venv and fetch nothing but the locked packages.
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
unexport VIRTUAL_ENV
# Some machines ask for no bytecode to be kept: each of our processes would compile it all again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup dev up test slow chaos bench-queue check-n8n lint audit sbom lock clean

help:
	@echo "make up      inicia tudo (banco, API, página, trabalhador); ARGS=\"--port 8001\""
	@echo "make test    roda os testes; ARGS=\"tests/core -k nome\""
	@echo "make setup   prepara .venv a partir dos locks"
	@echo "make slow    roda os testes demorados e uma rodada de falhas"
	@echo "make chaos   derruba partes em momentos ao acaso; ROUNDS=300"
	@echo "make screenshots   fotografa as páginas em screenshots/ (pede o Chromium)"
	@echo "make check-n8n   roda os fluxos de integrations/n8n/ em um n8n de verdade"
	@echo "make lint    ruff, mypy e as fronteiras entre as salas"
	@echo "make audit   procura falhas conhecidas nas dependências"
	@echo "make sbom    escreve sbom.json (CycloneDX)"
	@echo "make lock    recalcula os locks"
	@echo "make bench-NOME   roda bench/NOME.py; ARGS=\"...\""

setup: $(VENV)/.stamp-runtime

dev: $(VENV)/.stamp-dev

up: setup
	@$(BIN)/cogep up $(ARGS)

# One worker process per core; a file stays in one process, so that its fixtures are made once. Long
# files go first, as tests/conftest.py says: those of most tests are not those that take longest.
test: dev
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

# What takes too long for every run: long sets of cases, and a round of each fault.
slow: dev
	$(BIN)/pytest -m "chaos or slow" -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

# Breaks an installation at random moments. ROUNDS=300: a worker is killed 300 times, and each
# other fault strikes a third as often; that takes about an hour and a half.
ROUNDS ?= 1
chaos: dev
	$(BIN)/pytest tests/chaos -m chaos -n 0 -s --rounds $(ROUNDS) $(ARGS)

# Every page at 360, 768 and 1440 pixels, light and dark. ARGS="--only perguntar --width 360"
screenshots: dev
	$(BIN)/python scripts/screenshots.py $(ARGS)

# Installs a real n8n (2.4 GB, from npm) in a temporary folder; ARGS="--dir FOLDER" keeps it.
check-n8n: dev
	$(BIN)/python scripts/check_n8n $(ARGS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: dev
	@$(BIN)/pip-audit --requirement $(LOCKS)/runtime.lock --require-hashes --disable-pip --strict \
		--progress-spinner off $(ARGS) || { echo; \
		echo "A auditoria falhou ou o serviço de avisos não foi alcançado (veja acima)." >&2; exit 1; }

sbom: dev
	PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file sbom.json $(LOCKS)/runtime.lock

lock: $(UV)
	$(COMPILE) $(LOCKS)/bootstrap.in -o $(LOCKS)/bootstrap.lock
	$(COMPILE) pyproject.toml -o $(LOCKS)/runtime.lock
	$(COMPILE) --extra dev -c $(LOCKS)/runtime.lock pyproject.toml -o $(LOCKS)/dev.lock
	$(COMPILE) -c $(LOCKS)/dev.lock $(LOCKS)/build.in -o $(LOCKS)/build.lock
	$(COMPILE) --extra dev --extra bench -c $(LOCKS)/dev.lock pyproject.toml -o $(LOCKS)/bench.lock

# A folder and not a queue.py, which would stand for the standard library's module.
bench-queue: $(VENV)/.stamp-bench
	$(BIN)/python bench/queue_bench $(ARGS)

# The tests' own servers stand at the other end.
bench-channels: $(VENV)/.stamp-bench
	PYTHONPATH=tests/support $(BIN)/python bench/channels.py $(ARGS)

bench-%: $(VENV)/.stamp-bench
	$(BIN)/python bench/$*.py $(ARGS)

clean:
	rm -rf $(VENV)

$(VENV)/.stamp-runtime: $(UV) $(LOCKS)/runtime.lock $(LOCKS)/build.lock pyproject.toml
	@echo "Instalando o programa e suas dependências."
	@$(INSTALL) -r $(LOCKS)/runtime.lock
	@$(INSTALL) -r $(LOCKS)/build.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-runtime $(LOCKS)/dev.lock
	@echo "Instalando o que as verificações e os testes pedem."
	@$(INSTALL_DEV) -r $(LOCKS)/dev.lock
	@touch $@

$(VENV)/.stamp-bench: $(VENV)/.stamp-dev $(LOCKS)/bench.lock
	@$(INSTALL_DEV) -r $(LOCKS)/bench.lock
	@touch $@

$(UV): $(LOCKS)/bootstrap.lock
	@if [ -z "$(PYTHON)" ]; then \
		echo "É preciso Python 3.11 ou mais novo (Python 3.11 or newer is needed)." >&2; \
		echo "Instale-o ou aponte-o: make PYTHON=/caminho/python3.11 $(MAKECMDGOALS)" >&2; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) é antigo demais; é preciso 3.11 ou mais novo (3.11 or newer is needed)." >&2; \
		exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Falta o módulo venv ou ensurepip do Python (the venv module is missing)." >&2; \
		echo "No Debian e no Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Preparando .venv (só na primeira vez)."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--only-binary :all: -r $(LOCKS)/bootstrap.lock
	@touch $@
