"""The keys that prove an extract's QR: Ed25519, a private file under the home, public ones beside.

A new private key may take the old one's place at any time; the public keys stay, so old papers
still prove themselves.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from schemas.errors import BadQuestion, RegisterError
from schemas.words import Words

PRIVATE = "extract-facts.pem"
PUBLIC = "extract-facts-*.pub.pem"


class KeyUnusable(RegisterError):
    says = Words("Khóa ký phiếu không dùng được.", "The key that signs extracts is unusable.")


def key_id(key: Ed25519PublicKey) -> str:
    """Short name of a public key: the first 4 bytes of its sha256, in hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:8]


def facts_key(folder: Path) -> Ed25519PrivateKey:
    """The private key of this home; made at the first use. Raises KeyUnusable."""
    path = folder / PRIVATE
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        write_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(private_bytes(path), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(
            Words(f"{path} không phải là khóa Ed25519.", f"{path} is no Ed25519 key.")
        )
    public = key.public_key()
    beside = folder / PUBLIC.replace("*", key_id(public))
    if not beside.exists():
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        write_once(beside, pem, mode=0o644)
    return key


def public_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Every public key that papers of this home were ever signed with, by its short name."""
    found = [read_public_key(path.read_bytes()) for path in sorted(folder.glob(PUBLIC))]
    return {key_id(key): key for key in found}


def read_public_key(pem: bytes) -> Ed25519PublicKey:
    """A public key as the register publishes it (PEM). Raises BadQuestion."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise BadQuestion(NOT_A_KEY) from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadQuestion(NOT_A_KEY)
    return key


NOT_A_KEY = Words(
    "Tệp này không phải là khóa công khai Ed25519 (PEM).",
    "This file is no Ed25519 public key (PEM).",
)


def private_bytes(path: Path) -> bytes:
    """A private file of this home. Raises KeyUnusable where others can read it."""
    if path.stat().st_mode & 0o077:
        raise KeyUnusable(
            Words(f"Người khác đọc được {path}.", f"Others can read {path}."),
            remedy=Words(f"chmod 600 {path}", f"chmod 600 {path}"),
        )
    return path.read_bytes()


def write_once(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file whole, durably and never over another; who comes second keeps the first's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        os.link(name, path)
    except FileExistsError:
        return
    finally:
        Path(name).unlink(missing_ok=True)
