"""The same questions as the routes ask, once, for the command line."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.deps import Pool

Answer = TypeVar("Answer")


async def ask_once(url: str, question: Callable[[Pool], Awaitable[Answer]]) -> Answer:
    """Open the register, ask, close. Raises DatabaseUnavailable."""
    pool = Pool(url, size=1)
    try:
        return await question(pool)
    finally:
        await pool.close()
