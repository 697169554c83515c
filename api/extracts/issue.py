"""Making sheets: the unsigned preview, and the signed paper that the register remembers."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.deps import WritePool
from api.extracts.gather import QUERIES, Gathered
from api.extracts.queue import Press
from api.extracts.signing import Signer, load_signer, sign
from maps.extract.press import print_pdf
from maps.extract.sheet import Stamp, extract_sheet
from maps.numbers import Lang
from schemas.blobs import BlobStore
from schemas.day import legal_day
from schemas.extracts import SIGNED_AS, facts_of, new_code, pack, parcel_key, signed_text
from schemas.extracts_keys import facts_key, key_id
from schemas.settings import Settings

REASON = "Phiếu thông tin quy hoạch / planning extract {key}"


@dataclass(frozen=True)
class Wish:
    """One sheet asked for: in which language, under which address of the register, when."""

    lang: Lang
    public_url: str
    moment: datetime


async def preview(press: Press, found: Gathered, wish: Wish, settings: Settings) -> bytes:
    """The unsigned sheet. Raises Busy."""
    key = _key("preview", found, wish)
    return await press.sheet(key, lambda: _print(found, wish, _no_stamp(found, wish), settings))


async def issue(
    press: Press, database: WritePool, found: Gathered, wish: Wish, settings: Settings, address: str
) -> str:
    """Code of the signed paper: the one registered today for this very answer, or a new one.

    Raises Busy, TooManySheets, KeyUnusable, DatabaseUnavailable.
    """
    key = _key("paper", found, wish)
    code: str | None = await database.fetchval(QUERIES["issued"], key)
    if code is not None:
        return code
    press.count_issue(address, wish.moment)
    made: list[dict[str, Any]] = []

    def make() -> bytes:
        made.append(_paper(found, wish, settings))
        return b""

    await press.run(make)
    new: str | None = await database.fetchval(
        QUERIES["issue"], *_row(key, found, wish, made[0]).values()
    )
    return new or str(await database.fetchval(QUERIES["issued"], key))


def _key(kind: str, found: Gathered, wish: Wish) -> str:
    """What makes two sheets one: kind, answer, language, address, day of issue."""
    parts = (kind, found.identity, wish.lang, wish.public_url, legal_day(wish.moment).isoformat())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _no_stamp(found: Gathered, wish: Wish) -> Stamp:
    parcel = found.answer["parcel"]
    page = f"{parcel['url'] or '/parcels/-/-/-'}?parcel_id={parcel['id']}"
    url = f"{wish.public_url}{page}&valid_at={found.answer['valid_at']}"
    return Stamp(issued_at=wish.moment, qr_text=url, verify_url="")


def _paper(found: Gathered, wish: Wish, settings: Settings) -> dict[str, Any]:
    """Print, sign and keep one paper; what is to be registered of it. Runs at the press."""
    signer = load_signer(settings, wish.moment)
    secret = facts_key(settings.key_dir)
    code = new_code()
    answer_json = orjson.dumps(found.answer)
    answer_sha256 = hashlib.sha256(answer_json).hexdigest()
    packed = pack(
        facts_of(
            found.answer,
            code=code,
            issued_at=wish.moment,
            answer_sha256=answer_sha256,
            key=key_id(secret.public_key()),
        )
    )
    stamp, signature = _stamp(code, packed, signer, secret, wish)
    pdf = sign(_print(found, wish, stamp, settings), signer, _reason(found))
    return {
        "code": code,
        "sha256": _keep(pdf, BlobStore(settings.blob_dir)),
        "size_bytes": len(pdf),
        "answer": answer_json.decode(),
        "answer_sha256": answer_sha256,
        "facts": packed,
        "signature": signature,
        "signer": signer.name,
        "test_signer": signer.test,
    }


def _stamp(
    code: str, packed: bytes, signer: Signer, secret: Ed25519PrivateKey, wish: Wish
) -> tuple[Stamp, bytes]:
    signature = secret.sign(SIGNED_AS + packed)
    verify_url = f"{wish.public_url}/verify/{code}"
    stamp = Stamp(
        issued_at=wish.moment,
        qr_text=f"{verify_url}?f={signed_text(packed, signature)}",
        verify_url=verify_url,
        code=code,
        signer=signer.name,
        test=signer.test,
    )
    return stamp, signature


def _print(found: Gathered, wish: Wish, stamp: Stamp, settings: Settings) -> bytes:
    sheet = extract_sheet(
        found.answer,
        orjson.dumps(found.answer),
        found.parcel,
        found.sheet,
        found.shapes,
        stamp,
        lang=wish.lang,
        srid=settings.storage_srid,
        public_url=wish.public_url,
    )
    identifier = hashlib.sha256(stamp.qr_text.encode()).digest()[:16]
    return print_pdf(sheet.html, sheet.enclosures, identifier)


def _reason(found: Gathered) -> str:
    return REASON.format(key=parcel_key(found.answer["parcel"]))


def _keep(pdf: bytes, store: BlobStore) -> str:
    """The file in the blob store, durable before it is registered; its sha256."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=store.folder, prefix="new-") as file:
        file.write(pdf)
        file.flush()
        store.put(Path(file.name), sha256)
    return sha256


def _row(key: str, found: Gathered, wish: Wish, made: dict[str, Any]) -> dict[str, Any]:
    """The values of the query `issue`, in its order."""
    answer = found.answer
    day, known_at = datetime.fromisoformat(answer["valid_at"]).date(), answer["known_at"]
    return {
        "id": made["code"],
        "issue_key": key,
        "parcel_id": answer["parcel"]["id"],
        "issued_at": wish.moment,
        "revision": answer["revision"],
        "valid_at": day,
        "known_at": datetime.fromisoformat(known_at),
        "lang": wish.lang,
        "sha256": made["sha256"],
        "size_bytes": made["size_bytes"],
        "answer": made["answer"],
        "answer_sha256": made["answer_sha256"],
        "facts": made["facts"],
        "signature": made["signature"],
        "signer": made["signer"],
        "test_signer": made["test_signer"],
    }
