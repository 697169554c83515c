"""The named queries of accounts, sessions, tokens and the audit trail."""

from pathlib import Path

from schemas.queries import load_queries

QUERIES = load_queries(Path(__file__).with_name("accounts.sql"))
