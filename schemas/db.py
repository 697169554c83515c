"""The register's database: migrating it, connecting to it, checking that it is the right one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from schemas.crs import VN2000
from schemas.errors import DatabaseUnavailable, StorageMismatch
from schemas.words import Words

MIGRATIONS = Path(__file__).parent / "migrations"

WRITE_CRS = text(
    """
    INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
    VALUES (:srid, 'VN-2000', :srid, '', :proj4)
    ON CONFLICT (srid) DO UPDATE
       SET auth_name = excluded.auth_name, srtext = excluded.srtext, proj4text = excluded.proj4text
    """
)


ONE_AT_A_TIME = text("SELECT pg_advisory_lock(hashtext('sqh migrate'))")


def write_vn2000(connection: Connection) -> None:
    """Write the VN-2000 rows of `spatial_ref_sys` with the official seven parameters.

    PostGIS asks the authority first, then srtext, then proj4text: an authority unknown to PROJ and
    an empty srtext leave our parameters as the only reading. A dump does not carry these rows, so
    a restore writes them again.
    """
    for system in VN2000.values():
        connection.execute(WRITE_CRS, {"srid": system.srid, "proj4": system.proj4})


def engine(url: str) -> Engine:
    """SQLAlchemy engine for any libpq address (psycopg 3, no pool: short-lived use)."""
    return create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool
    )


def _config(**attributes: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes.update(attributes)
    return config


def migrate(url: str, storage_srid: int, revision: str = "head") -> None:
    """Bring a database to `revision`; the first migration fixes the storage CRS for good.

    Of two programs that migrate one database, the second waits and finds the work done.
    """
    with engine(url).connect() as connection:
        connection.execute(ONE_AT_A_TIME)  # held until the connection ends
        connection.commit()
        command.upgrade(_config(connection=connection, storage_srid=storage_srid), revision)
        write_vn2000(connection)
        connection.commit()
    check_storage(url, storage_srid)


@cache
def head_revision() -> str:
    """The newest migration this code knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


@contextmanager
def connect(url: str, **options: Any) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """One connection, one transaction: committed at the end, rolled back on any error.

    Raises DatabaseUnavailable.
    """
    try:
        connection = psycopg.connect(url, **options)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            remedy=Words(
                "Chạy `sqh db status` hoặc xem SQH_DATABASE_URL.",
                "Run `sqh db status` or look at SQH_DATABASE_URL.",
            )
        ) from error
    with connection:
        yield connection


def check_storage(url: str, storage_srid: int) -> None:
    """Raises StorageMismatch when the register was made for another storage CRS."""
    with connect(url) as connection:
        row = connection.execute("SELECT storage_srid FROM register_state").fetchone()
    if row and row[0] != storage_srid:
        raise StorageMismatch(
            remedy=Words(
                f"Đặt SQH_STORAGE_SRID={row[0]} hoặc dùng SQH_HOME khác.",
                f"Set SQH_STORAGE_SRID={row[0]} or use another SQH_HOME.",
            )
        )
