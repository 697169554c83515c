"""Opening the register: its database found or started, and its tables up to date."""

import psycopg

from schemas.cluster import database_url
from schemas.db import check_storage, connect, head_revision, migrate
from schemas.settings import Settings


def open_register(settings: Settings) -> str:
    """Address of the register's database, migrated to head.

    Raises NoPostgis, ClusterFailed, DatabaseUnavailable, StorageMismatch, UnknownCrs.
    """
    url = database_url(settings)
    if _revision(url) == head_revision():
        check_storage(url, settings.storage_srid)
    else:
        migrate(url, settings.storage_srid)
    return url


def _revision(url: str) -> str | None:
    try:
        with connect(url) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return row[0] if row else None
