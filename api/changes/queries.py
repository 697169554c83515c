"""The named queries of the log of changes and its feeds."""

from pathlib import Path

from schemas.queries import load_queries

QUERIES = load_queries(Path(__file__).with_name("changes.sql"))
