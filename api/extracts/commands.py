"""`sqh verify`: whether a paper's QR is ours, without network and without database."""

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maps.numbers import date_vi, m2, moment_text
from schemas.errors import BadQuestion, NotFound
from schemas.extracts import Facts, proved, read_text, results_of, spoken_code
from schemas.extracts_keys import key_id, public_keys, read_public_key
from schemas.plan_levels import PLAN_LEVELS
from schemas.settings import Settings
from schemas.terminal import emit, out, say
from schemas.themes import THEMES
from schemas.words import Words

RESULTS = {
    "applies": Words("có áp dụng", "applies"),
    "does_not_apply": Words("không áp dụng", "does not apply"),
    "no_data": Words("chưa có dữ liệu", "no data"),
}
FORGED = Words(
    "Mã QR không mang chữ ký của sổ: nội dung là giả hoặc đã bị sửa.",
    "The QR does not bear the register's signature: it is forged or altered.",
)
NO_KEY = Words(
    "Không có khóa công khai {key} để kiểm tra.", "There is no public key {key} to verify with."
)
GET_KEY = Words(
    "Lấy khóa tại /v1/extracts/keys của sổ, rồi dùng --key TỆP.",
    "Fetch the keys at /v1/extracts/keys of the register, then use --key FILE.",
)


def register(app: typer.Typer) -> None:
    """Hang the command on the command line."""
    app.command()(verify)


def verify(
    text: Annotated[str, typer.Argument(help="Nội dung mã QR, hoặc - / the QR's text, or -")] = "-",
    key: Annotated[
        Path | None, typer.Option(help="Khóa công khai: PEM hoặc /v1/extracts/keys / public keys")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")] = False,
) -> None:
    """Kiểm tra mã QR của một phiếu, không cần mạng / verify a sheet's QR without a network."""
    facts, packed, signature = read_text(sys.stdin.read(8192) if text == "-" else text)
    known = public_keys(Settings().key_dir) if key is None else keys_of(key)
    if facts.key not in known:
        raise NotFound(NO_KEY.filled(key=facts.key), remedy=GET_KEY)
    genuine = proved(packed, signature, known[facts.key])
    if as_json:
        emit({"schema": "qr-check/1", "genuine": genuine, "facts": facts.model_dump(mode="json")})
    elif genuine:
        _tell(facts)
    else:
        say(FORGED)
    if not genuine:
        raise typer.Exit(1)


def keys_of(file: Path) -> dict[str, Ed25519PublicKey]:
    """Public keys of a file: PEM, or the document `extract-keys/1`. Raises BadQuestion."""
    try:
        data = file.read_bytes()
        if not data.lstrip().startswith(b"{"):
            found = [read_public_key(data)]
        else:
            listed: list[dict[str, Any]] = orjson.loads(data)["keys"]
            found = [read_public_key(each["pem"].encode()) for each in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadQuestion(
            Words(f"Không đọc được khóa {file}: {error}", f"Cannot read the key {file}: {error}")
        ) from error
    return {key_id(each): each for each in found}


def _tell(facts: Facts) -> None:
    say(Words("✓ Mã QR thật, nội dung nguyên vẹn.", "The QR is genuine and unaltered."))
    if facts.sample:
        say(Words("DỮ LIỆU MINH HỌA (bịa).", "Invented sample data."))
    lines = [
        f"  Mã / code: {spoken_code(facts.code)}",
        f"  Thửa / parcel: {facts.parcel} · {m2(facts.area_m2, 'vi')}",
        f"  Nói về ngày / about: {date_vi(facts.valid_at)} · cấp / issued: "
        f"{moment_text(facts.issued_at, 'vi')} · revision {facts.revision}",
    ]
    for use in facts.uses:
        level = PLAN_LEVELS.get(use.level, Words(use.level, use.level))
        area = "" if use.area_m2 is None else f": {m2(use.area_m2, 'vi')}"
        lines.append(f"  - {use.words or '?'}{area} ({level})")
    if facts.more_uses:
        lines.append(f"  … +{facts.more_uses}")
    lines += [f"  {THEMES[t]}: {RESULTS[r]}" for t, r in results_of(facts).items()]
    lines.append("  Còn đúng hôm nay không: mở /verify / whether it still holds: open /verify")
    out.print("\n".join(lines), markup=False)
