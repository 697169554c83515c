"""The named queries of error reports."""

from pathlib import Path

from schemas.queries import load_queries

QUERIES = load_queries(Path(__file__).with_name("tickets.sql"))
