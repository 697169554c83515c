# make run    everything from a fresh clone: system packages, .venv, database, sample data, :8000
# make test   everything the tests need, then the tests (ARGS="-k parcel" picks some)
# make lint   style, types and the arrows between the rooms
# make bench  speed, as ratios measured in one run
# make docs   the pages that are made from the program
# make clean  what the tools left behind; the register in .sqh stays
.POSIX:
.SUFFIXES:

PORT = 8000
ARGS =

run:
	@tools/system_packages.sh run
	@tools/venv.sh run
	@.venv/bin/sqh up --demo --port $(PORT)

test:
	@tools/system_packages.sh test
	@tools/venv.sh dev
	@.venv/bin/pytest -n auto --dist loadfile $(ARGS)

lint:
	@tools/system_packages.sh lint
	@tools/venv.sh dev
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy --no-error-summary
	@found=$$(.venv/bin/lint-imports --no-logo) || { echo "$$found"; exit 1; }
	@echo "✓ Kiểu dáng, kiểu dữ liệu, mũi tên giữa các phòng / Style, types, arrows between rooms"

bench:
	@tools/system_packages.sh bench
	@tools/venv.sh dev
	@.venv/bin/python -m tests.bench $(ARGS)

docs:
	@tools/venv.sh dev
	@.venv/bin/python -m typer sqh.py utils docs --name sqh >docs/cli.md
	@.venv/bin/python -m ingest.report.codes_page >docs/ma-loi.md

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: run test lint bench docs clean
