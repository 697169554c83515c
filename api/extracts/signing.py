"""Who signs extracts (PAdES): the office's certificate, or a self-made one that says so."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from schemas.extracts_keys import KeyUnusable, private_bytes, write_once
from schemas.settings import Settings
from schemas.words import Words

TEST_FILE = "test-signer.pem"
TEST_NAME = "Sổ Quy Hoạch – chữ ký thử nghiệm / test signature"
FIELD = "SoQuyHoach"
TEN_YEARS = dt.timedelta(days=3650)

NEEDS_ADDRESS = Words(
    "Ký bằng chứng thư của cơ quan thì phải đặt SQH_PUBLIC_URL: mã QR in địa chỉ ấy.",
    "Signing with the office's certificate needs SQH_PUBLIC_URL: the QR prints that address.",
)


class QuickSigner(signers.SimpleSigner):
    """A signer that keeps its RSA key open: opening one checks its primes, 40 ms each time."""

    opened: RSAPrivateKey | None = None

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if self.opened is None or self.prefer_pss or digest_algorithm != "sha256":
            slow: bytes = await super().async_sign_raw(data, digest_algorithm, dry_run)
            return slow
        return self.opened.sign(data, PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class Signer:
    """A certificate with its key. `test`: self-made here, of no legal value.

    `room`: hexadecimal digits kept free in the file for the signature and its certificates.
    """

    name: str
    test: bool
    pades: QuickSigner
    room: int


def load_signer(settings: Settings, moment: dt.datetime) -> Signer:
    """The signer of this deployment. `moment`: birth of a self-made certificate, if one is made.

    Raises KeyUnusable.
    """
    if settings.signing_key is None:
        path = settings.key_dir / TEST_FILE
        if not path.exists():
            write_once(path, _self_made(moment))
        private_bytes(path)
        return _opened(path, path.stat().st_mtime_ns, None, test=True)
    if settings.public_url is None:
        raise KeyUnusable(NEEDS_ADDRESS)
    secret = settings.signing_password.get_secret_value() if settings.signing_password else None
    try:
        path = settings.signing_key
        return _opened(path, path.stat().st_mtime_ns, secret, test=False)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnusable(
            Words(
                f"Không mở được khóa ký {settings.signing_key}: {error}",
                f"The signing key {settings.signing_key} cannot be opened: {error}",
            )
        ) from error


def sign(pdf: bytes, signer: Signer, reason: str) -> bytes:
    """The PDF with a PAdES signature over all of it, after which nothing may change (DocMDP)."""
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signer.name,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    done = signers.PdfSigner(about, signer.pades).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=signer.room
    )
    data: bytes = done.getvalue()
    return data


@lru_cache(maxsize=4)
def _opened(path: Path, _changed: int, secret: str | None, *, test: bool) -> Signer:
    """A signer's file, opened once for each of its states."""
    return _signer(*_read(path.read_bytes(), secret.encode() if secret else None), test=test)


Material = tuple[PrivateKeyTypes, list[x509.Certificate]]


def _read(data: bytes, password: bytes | None) -> Material:
    """Key and certificates (the key's own first) of PEM or PKCS#12 bytes. Raises ValueError."""
    if b"-----BEGIN" in data:
        return load_pem_private_key(data, password), x509.load_pem_x509_certificates(data)
    key, own, others = load_key_and_certificates(data, password)
    if key is None or own is None:
        raise ValueError("no key or no certificate in the PKCS#12 file")
    return key, [own, *others]


def _signer(key: PrivateKeyTypes, certificates: list[x509.Certificate], *, test: bool) -> Signer:
    own = next((c for c in certificates if c.public_key() == key.public_key()), None)
    if own is None:
        raise ValueError("no certificate belongs to the key")
    moved = [asn1_x509.Certificate.load(c.public_bytes(Encoding.DER)) for c in certificates]
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    names = own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(moved)
    pades = QuickSigner(
        signing_cert=asn1_x509.Certificate.load(own.public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=store,
    )
    pades.opened = key if isinstance(key, RSAPrivateKey) else None
    name = str(names[0].value) if names else own.subject.rfc4514_string()
    room = 2 * (4096 + sum(len(c.public_bytes(Encoding.DER)) for c in certificates))
    return Signer(name, test, pades, room)


def _self_made(moment: dt.datetime) -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TEST_NAME)])
    use = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - dt.timedelta(days=1))
        .not_valid_after(moment + TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(use, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + made.public_bytes(Encoding.PEM)
