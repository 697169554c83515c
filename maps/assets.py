"""Static files of the pages: where they lie, and the address under which each is served."""

import hashlib
import json
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
MOUNT = "/static"


@cache
def vendored() -> dict[str, str]:
    """Folder under `static` of every vendored package, by its short name."""
    packages = json.loads((STATIC / "vendor.json").read_text(encoding="utf-8"))
    return {each["name"]: f"vendor/{each['name']}@{each['version']}" for each in packages}


@cache
def static_url(path: str) -> str:
    """Address of one of our own files; it changes with the content, so browsers may keep it.

    Raises FileNotFoundError.
    """
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"{MOUNT}/{path}?v={digest[:10]}"


def vendor_path(package: str, file: str) -> Path:
    """A vendored file on disk. Raises KeyError, FileNotFoundError."""
    path = STATIC / vendored()[package] / file
    if not path.is_file():
        raise FileNotFoundError(path)
    return path


@cache
def vendor_url(package: str, file: str) -> str:
    """Address of a vendored file; its version is in the path. Raises as `vendor_path`."""
    return f"{MOUNT}/{vendor_path(package, file).relative_to(STATIC).as_posix()}"
