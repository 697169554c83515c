"""Bulk loading: an empty table takes rows far faster without its indexes and foreign keys.

They are dropped and made again from PostgreSQL's own description of them, inside the caller's
transaction: a crash leaves them as they were. Until it ends nobody can read the tables, nor those
that the foreign keys name: this is for a register that publishes nothing yet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from ingest.register.record import Connection
from schemas.queries import load_queries

SQL = load_queries(Path(__file__).with_name("bulk.sql"))


def is_empty(connection: Connection, table: str) -> bool:
    """Whether a table holds no row."""
    query = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))
    return connection.execute(query).fetchone() is None


@contextmanager
def without_indexes(connection: Connection, *tables: str) -> Iterator[None]:
    """Run the body with bare tables (primary keys stay), then index and check them again."""
    rebuild = []
    for table in tables:
        for drop, create in connection.execute(SQL["ties"], {"table": table}).fetchall():
            connection.execute(drop)
            rebuild.append(create)
    yield
    for create in rebuild:
        connection.execute(create)
