# Two commands for a newcomer: `make demo` and `make test`. Both do all set-up first.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help setup demo test e2e bench lint format languages lock vsix wheel clean

help:  ## show this list
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup:  ## make .venv with everything that development needs, and install the embedded Lean
	@$(PYTHON) tools/setup.py

demo: setup  ## ghost text for three files and proofs for a Lean file, through the real language server
	@$(BIN)/python tools/demo.py

test: setup  ## unit and integration tests, with a real llama.cpp and a real Lean
	@$(PYTEST) tests/unit tests/integration

e2e: setup  ## end-to-end tests: VS Code, JupyterLab and Notebook in a browser, Neovim, a kernel, the docs, the wheel
	@$(PYTHON) tools/setup_end_to_end.py
	@$(PYTEST) tests/e2e

bench: setup  ## measure; writes build/bench.json (BENCH=--short for a quick run)
	@$(BIN)/python -m tests.bench $(BENCH)

lint: setup  ## ruff and mypy
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: setup  ## rewrite the sources in ruff's style
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

languages: setup  ## write agents/coder/languages.json anew from its sources
	@$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(BIN)/python -m tools.languages

lock: setup  ## resolve the requirements anew, with hashes
	@$(BIN)/python tools/lock.py

vsix: setup  ## build the VS Code extension, build/turnstile.vsix
	@$(PYTHON) tools/setup_end_to_end.py extension

wheel: setup  ## build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist

clean:  ## remove what can be made again (the cache folder stays)
	@rm -rf .venv build dist node_modules vscode-client/out
