"""What routes need: the register's database, the settings of this deployment, today's time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request

from schemas.errors import DatabaseUnavailable
from schemas.settings import Settings

# A generic plan per statement and no RESET between requests: a quarter more answers a second.
SERVER_SETTINGS = {"plan_cache_mode": "force_generic_plan", "jit": "off"}

_LOST_MIDWAY = (
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.UndefinedTableError,
)
_LOST = (
    *_LOST_MIDWAY,
    OSError,
    TimeoutError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidPasswordError,
)


async def _keep_session(_: asyncpg.Connection) -> None:
    """Statements here leave no session state behind, so there is nothing to reset."""


class Pool:
    """Connections to the register; opened at the first question, so the server starts without.

    Every method raises DatabaseUnavailable when the database does not answer: a lost database
    must never look like an empty answer.
    """

    def __init__(self, url: str, size: int = 8) -> None:
        self._url = url
        self._size = size
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await self._create()
        return self._pool

    async def _create(self) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=self._size,
            reset=_keep_session,
            command_timeout=30,
            max_cacheable_statement_size=0,  # the answer's statement is longer than 15 kB
            timeout=5,
            server_settings=SERVER_SETTINGS,
        )

    async def _ask(self, method: str, query: str, *values: object) -> Any:
        try:
            pool = self._pool or await self._open()
            return await getattr(pool, method)(query, *values)
        except _LOST as error:
            raise DatabaseUnavailable from error

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._ask("fetch", query, *values)
        return rows

    async def fetchrow(self, query: str, *values: object) -> asyncpg.Record | None:
        return await self._ask("fetchrow", query, *values)

    async def fetchval(self, query: str, *values: object) -> Any:
        return await self._ask("fetchval", query, *values)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()


class WritePool(Pool):
    """Connections that change the register; the questions' pool may be a read-only replica."""

    async def _create(self) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self._url, min_size=1, max_size=self._size, command_timeout=30, timeout=5
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """One connection, one transaction: committed at the end, rolled back on any error.

        Raises DatabaseUnavailable.
        """
        try:
            pool = self._pool or await self._open()
            connection = await pool.acquire(timeout=10)
        except _LOST as error:
            raise DatabaseUnavailable from error
        try:
            async with connection.transaction():
                yield connection
        except _LOST_MIDWAY as error:
            raise DatabaseUnavailable from error
        finally:
            await pool.release(connection)


def _database(request: Request) -> Pool:
    pool: Pool = request.app.state.database
    return pool


def _write_database(request: Request) -> WritePool:
    pool: WritePool = request.app.state.write_database
    return pool


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def now() -> datetime:
    """The clock: read here, by the routes, and nowhere below them."""
    return datetime.now(UTC)


Database = Annotated[Pool, Depends(_database)]
WriteDatabase = Annotated[WritePool, Depends(_write_database)]
Deployment = Annotated[Settings, Depends(_settings)]
Now = Annotated[datetime, Depends(now)]
