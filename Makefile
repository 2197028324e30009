PYTHON ?= python3

demo:
	$(PYTHON) -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[train]'
	.venv/bin/cxtopics demo

test:
	$(PYTHON) -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[train,dev,spark]'
	.venv/bin/ruff check . && .venv/bin/mypy && .venv/bin/lint-imports && .venv/bin/pytest -n 2 --dist loadgroup

.PHONY: demo test
