"""Passwords: hashed and compared with Argon2id, two at a time, at the same cost for anybody."""

import asyncio
import base64
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
# Each hash takes 64 MB: a crowd at the door waits instead of filling the memory.
_TWO = ThreadPoolExecutor(2, thread_name_prefix="argon2")


def _of_nobody() -> str:
    """A hash of today's parameters that no password fits."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (HASHER.salt_len, HASHER.hash_len)
    )
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


NOBODY = _of_nobody()


async def hashed(password: str) -> str:
    """What is stored of a password, with its salt and parameters."""
    return await asyncio.get_running_loop().run_in_executor(_TWO, HASHER.hash, _typed(password))


async def fits(secret: str | None, password: str) -> bool:
    """Whether it is the password; without a secret it costs the same and never fits."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_TWO, _verified, secret, _typed(password))


def _typed(password: str) -> str:
    """The same whichever keyboard composed the letters."""
    return unicodedata.normalize("NFC", password)


def _verified(secret: str | None, password: str) -> bool:
    try:
        return HASHER.verify(secret or NOBODY, password) and secret is not None
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def outdated(secret: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(secret)


def generated() -> str:
    """A password to be read out and typed once: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))
