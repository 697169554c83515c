"""A paper's code and the text of its QR: what is signed comes back whole, what is altered does not."""

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import BadQuestion
from schemas.extracts import (
    CODE_LENGTH,
    LETTERS,
    LONGEST_TEXT,
    SIGNED_AS,
    Facts,
    Use,
    code_of,
    new_code,
    pack,
    proved,
    read_text,
    results_of,
    signed_text,
    spoken_code,
    unpack,
)
from schemas.extracts_keys import PRIVATE, KeyUnusable, facts_key, key_id, public_keys

KEY = Ed25519PrivateKey.generate()
USE = Use(level="detailed", words="LK-03 Nhóm nhà ở", area_m2=264.8, certainty="c")
FACTS = Facts(
    code="7K3Q9M2X4TRB", parcel="99001/5/12", valid_at=dt.date(2026, 11, 24),
    issued_at=dt.datetime(2026, 11, 24, 1, 2, 3, tzinfo=dt.UTC), revision=5, area_m2=382.4,
    themes="aaana?a", uses=(USE,), more_uses=0, answer="LgGEBAlYDNBJpfbtJ8Rs3Q",
    key=key_id(KEY.public_key()), sample=False,
)  # fmt: skip


def text_of(facts: Facts) -> str:
    packed = pack(facts)
    return signed_text(packed, KEY.sign(SIGNED_AS + packed))


uses = st.builds(
    Use, level=st.sampled_from(["detailed", "zoning"]), words=st.text(max_size=60),
    area_m2=st.none() | st.floats(0, 1e6), certainty=st.sampled_from(["c", "l", "t"]),
)  # fmt: skip


@given(st.lists(uses, max_size=5), st.text(min_size=1, max_size=80), st.booleans())
def test_what_is_signed_comes_back_whole(many: list[Use], parcel: str, sample: bool) -> None:
    facts = FACTS.model_copy(update={"uses": tuple(many), "parcel": parcel, "sample": sample})
    for text in (text_of(facts), f"https://example.vn/verify/{facts.code}?f={text_of(facts)}"):
        found, packed, signature = read_text(text)
        assert found == facts
        assert proved(packed, signature, KEY.public_key())
        assert not proved(packed, signature, Ed25519PrivateKey.generate().public_key())


@given(st.data())
def test_no_altered_text_proves_itself(data: st.DataObject) -> None:
    text = text_of(FACTS)
    at = data.draw(st.integers(5, len(text) - 2))
    other = data.draw(st.sampled_from("ABCDEFGHabcdefgh01234_-").filter(lambda c: c != text[at]))
    try:
        facts, packed, signature = read_text(text[:at] + other + text[at + 1 :])
    except BadQuestion:
        return
    assert not proved(packed, signature, KEY.public_key())
    assert facts.key


@pytest.mark.parametrize(
    "text",
    ["", "x", "SQH1.", "SQH1.AAAA", "SQH1.***", "https://a.vn/verify/X", "https://a.vn/?f=",
     "http://[x/?f=SQH1.A", "SQH1." + "A" * LONGEST_TEXT, "SQH1.\x00"],
)  # fmt: skip
def test_a_text_that_is_no_qr_of_ours_is_refused_with_words(text: str) -> None:
    with pytest.raises(BadQuestion, match="QR"):
        read_text(text)


def test_a_packed_bomb_is_refused() -> None:
    import zlib

    deflate = zlib.compressobj(9, wbits=-15)
    bomb = deflate.compress(b"[" + b" " * 1_000_000 + b"]") + deflate.flush()
    with pytest.raises(BadQuestion):
        unpack(bomb)


def test_every_theme_has_its_letter() -> None:
    assert results_of(FACTS)["heritage"] == "no_data"
    assert results_of(FACTS)["corridor"] == "does_not_apply"


def test_codes_are_read_as_people_type_them() -> None:
    assert code_of("7k3q-9m2x-4trb") == code_of(" 7K3Q 9M2X 4TRB ") == "7K3Q9M2X4TRB"
    assert code_of("OIL3-9M2X-4TRB") == "01139M2X4TRB"
    for wrong in ("", "7K3Q", "7K3Q9M2X4TR\x00", "7K3Q9M2X4TRBB", "7K3Q9M2X4TRU", "Ấ" * 12):
        assert code_of(wrong) is None
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == CODE_LENGTH and set(code) <= set(LETTERS) for code in codes)
    assert all(code_of(spoken_code(code)) == code for code in codes)


def test_the_private_key_is_for_its_owner_alone_and_public_keys_stay(tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "keys"
    first = facts_key(folder)
    assert (folder / PRIVATE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert key_id(facts_key(folder).public_key()) == key_id(first.public_key())
    (folder / PRIVATE).rename(tmp_path / "old.pem")
    second = facts_key(folder)
    assert set(public_keys(folder)) == {key_id(k.public_key()) for k in (first, second)}
    (folder / PRIVATE).chmod(0o640)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        facts_key(folder)
