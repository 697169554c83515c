"""What a question needs of a database, whether it comes from a route or the command line."""

from typing import Any, Protocol


class Asks(Protocol):
    """Runs SQL with `$1` parameters. Raises DatabaseUnavailable."""

    async def fetchval(self, query: str, *values: object) -> Any: ...
    async def fetch(self, query: str, *values: object) -> list[Any]: ...
