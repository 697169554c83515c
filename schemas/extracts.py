"""What an extract is: its code, the least it says, and the text of its QR that proves itself.

The QR holds an address, `…/verify/CODE?f=SQH1.…`. What follows `SQH1.` is base64url of an Ed25519
signature (64 bytes) and the facts it signs: compact JSON, deflated. Who has the public key needs
no network to know that the facts are ours.
"""

import base64
import binascii
import datetime as dt
import re
import secrets
import zlib
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import BadQuestion
from schemas.plan_levels import fineness
from schemas.themes import THEMES
from schemas.words import Words

PREFIX = "SQH1."
SIGNED_AS = b"soquyhoach extract facts 1\n"
SIGNATURE_BYTES = 64
LONGEST_TEXT, LONGEST_FACTS = 4000, 8000
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U, which people misread
CODE_LENGTH = 12
USES = 5
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_RESULTS = {"applies": "a", "does_not_apply": "n", "no_data": "?"}
_CERTAINTY: dict[str, Literal["c", "l", "t"]] = {
    "certain": "c",
    "likely": "l",
    "too_close_to_call": "t",
}

NOT_A_CODE = Words(
    "Mã phiếu gồm 12 chữ số và chữ cái, ví dụ 7K3Q-9M2X-4TRB.",
    "A sheet's code has 12 digits and letters, such as 7K3Q-9M2X-4TRB.",
)
NOT_OUR_QR = Words(
    "Đây không phải là mã QR của một phiếu do sổ cấp, hoặc mã bị đọc thiếu, bị sửa.",
    "This is not the QR of an issued sheet, or it was read in part or altered.",
)


def new_code() -> str:
    """A code nobody can guess: 60 random bits in twelve letters."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def code_of(text: str) -> str | None:
    """The code in what a person typed (`7k3q-9m2x-4trb`); None where it is none."""
    letters = re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)
    whole = len(letters) == CODE_LENGTH and set(letters) <= set(LETTERS)
    return letters if whole else None


def spoken_code(code: str) -> str:
    """The code as it is printed: in groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


class Use(BaseModel):
    """One use of the ground: plan level, symbol and function, m², certainty (c, l or t)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: str
    words: str
    area_m2: float | None
    certainty: Literal["c", "l", "t"]


class Facts(BaseModel):
    """The least a paper says. `themes`: one letter a theme (a applies, n not, ? no data).

    `answer`: the first 16 bytes of the sha256 of the attached answer, base64url. `key`: which
    public key proves them. `sample`: about invented data.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=f"^[{LETTERS}]{{{CODE_LENGTH}}}$")]
    parcel: str
    valid_at: dt.date
    issued_at: dt.datetime
    revision: int
    area_m2: float
    themes: Annotated[str, Field(pattern=r"^[an?]{1,40}$")]
    uses: tuple[Use, ...]
    more_uses: int
    answer: str
    key: str
    sample: bool


def parcel_key(parcel: dict[str, Any]) -> str:
    """COMMUNE/SHEET/NUMBER, or the register's own number where the key is not whole."""
    parts = (parcel["commune"]["code"], parcel["sheet"], parcel["number"])
    return "/".join(parts) if all(parts) else f"#{parcel['id']}"


def facts_of(
    answer: dict[str, Any], *, code: str, issued_at: dt.datetime, answer_sha256: str, key: str
) -> Facts:
    """The least facts of an answer about one parcel."""
    items = [
        item
        for item in answer["themes"][0]["items"]
        if item["zone"] and item["zone"]["level"] == "lot"
    ] or [item for item in answer["themes"][0]["items"] if item["zone"]]
    items = sorted(
        items, key=lambda item: (-fineness(item["plan"]["level"]), -(item["area_m2"] or 0))
    )
    digest = bytes.fromhex(answer_sha256)[:16]
    return Facts(
        code=code,
        parcel=parcel_key(answer["parcel"]),
        valid_at=dt.date.fromisoformat(answer["valid_at"]),
        issued_at=issued_at.replace(microsecond=0),
        revision=answer["revision"],
        area_m2=round(answer["parcel"]["area_m2"], 1),
        themes="".join(_RESULTS[theme["result"]] for theme in answer["themes"]),
        uses=tuple(_use(item) for item in items[:USES]),
        more_uses=max(0, len(items) - USES),
        answer=_text(digest),
        key=key,
        sample=answer["invented"],
    )


def _use(item: dict[str, Any]) -> Use:
    zone, area = item["zone"], item["area_m2"]
    named = [part for part in (zone["symbol"], zone["function"]) if part]
    return Use(
        level=item["plan"]["level"],
        words=" ".join(named)[:60],
        area_m2=None if area is None else round(area, 1),
        certainty=_CERTAINTY[item["certainty"]],
    )


def pack(facts: Facts) -> bytes:
    """The bytes that are signed and carried: compact JSON, deflated."""
    row = [
        facts.code, facts.parcel, facts.valid_at, int(facts.issued_at.timestamp()), facts.revision,
        facts.area_m2, facts.themes, [list(use.model_dump().values()) for use in facts.uses],
        facts.more_uses, facts.answer, facts.key, int(facts.sample),
    ]  # fmt: skip
    deflate = zlib.compressobj(9, wbits=-15)
    return deflate.compress(orjson.dumps(row)) + deflate.flush()


def unpack(packed: bytes) -> Facts:
    """The facts in such bytes. Raises BadQuestion."""
    try:
        inflate = zlib.decompressobj(wbits=-15)
        text = inflate.decompress(packed, LONGEST_FACTS)
        if inflate.unconsumed_tail or not inflate.eof:
            raise BadQuestion(NOT_OUR_QR)
        (code, parcel, day, moment, revision, area, themes, uses, more, answer, key, sample) = (
            orjson.loads(text)
        )
        names = tuple(Use.model_fields)
        return Facts(
            code=code, parcel=parcel, valid_at=day,
            issued_at=dt.datetime.fromtimestamp(moment, dt.UTC), revision=revision, area_m2=area,
            themes=themes,
            uses=tuple(Use(**dict(zip(names, use, strict=True))) for use in uses),
            more_uses=more, answer=answer, key=key, sample=bool(sample),
        )  # fmt: skip
    except (zlib.error, ValueError, TypeError, OverflowError, OSError, ValidationError) as error:
        raise BadQuestion(NOT_OUR_QR) from error


def signed_text(packed: bytes, signature: bytes) -> str:
    """What the QR carries after `f=`: facts with their signature."""
    return PREFIX + _text(signature + packed)


def read_text(text: str) -> tuple[Facts, bytes, bytes]:
    """Facts, their bytes and the signature, from the QR's whole text or what follows `f=`.

    Nothing is proved yet. Raises BadQuestion.
    """
    carried = _carried(text.strip())
    try:
        whole = base64.urlsafe_b64decode(carried + "=" * (-len(carried) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadQuestion(NOT_OUR_QR) from error
    signature, packed = whole[:SIGNATURE_BYTES], whole[SIGNATURE_BYTES:]
    return unpack(packed), packed, signature


def _carried(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BadQuestion(NOT_OUR_QR)
    if "?" in text:
        try:
            text = parse_qs(urlsplit(text).query).get("f", [""])[0]
        except ValueError as error:
            raise BadQuestion(NOT_OUR_QR) from error
    if not text.startswith(PREFIX) or not re.fullmatch(r"[A-Za-z0-9_-]+", text[len(PREFIX) :]):
        raise BadQuestion(NOT_OUR_QR)
    return text[len(PREFIX) :]


def proved(packed: bytes, signature: bytes, public_key: Ed25519PublicKey) -> bool:
    """Whether these facts are signed by the holder of the key."""
    try:
        public_key.verify(signature, SIGNED_AS + packed)
    except InvalidSignature:
        return False
    return True


def results_of(facts: Facts) -> dict[str, str]:
    """Each theme's result by its id. Themes are only ever added at the end of the list."""
    by_letter = {letter: result for result, letter in _RESULTS.items()}
    return {theme: by_letter[letter] for theme, letter in zip(THEMES, facts.themes, strict=False)}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
