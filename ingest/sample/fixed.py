"""Zip files that come out the same on every run: fixed times, fixed order."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

FIXED_TIME = (2026, 4, 1, 0, 0, 0)


def write_zip(path: Path, entries: Mapping[str, bytes]) -> Path:
    """Write entries in their order; a name that ends in `/` is an empty folder."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.create_system = 3
            folder = name.endswith("/")
            info.external_attr = (0o40755 << 16 | 0x10) if folder else 0o100644 << 16
            packed = zipfile.ZIP_STORED if folder else zipfile.ZIP_DEFLATED
            archive.writestr(info, content, packed, 6)
    return path
