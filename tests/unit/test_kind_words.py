"""Kinds of content in words: none that can be recognised is left to its short English name."""

from pathlib import Path

import pytest

from ingest.files.kind_words import kind_words
from ingest.files.received import received_file
from ingest.files.sniff import KINDS_OF_NAME, PACKAGE_KINDS, SEALED_KINDS
from ingest.gate.checks.files import check_files

KINDS = sorted(frozenset().union(*KINDS_OF_NAME.values()) | PACKAGE_KINDS | SEALED_KINDS)
SAID_AS_IT_IS = {"7z", "bzip2", "gzip", "tar", "xz", "zip"}


@pytest.mark.parametrize("kind", [*KINDS, "empty", "binary", "program", "json", "xml"])
def test_every_kind_has_words(kind: str) -> None:
    words = kind_words(kind)
    assert words.vi != kind or kind in SAID_AS_IT_IS
    assert "." not in words.vi.removesuffix("(.dbf)")


def test_an_empty_file_is_told_in_each_language(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"")
    (issue,) = check_files([received_file("a.pdf", path)])
    assert issue.message.vi.endswith("nội dung là trống, không có gì.")
    assert issue.message.en.endswith("its content is nothing at all.")
    assert issue.detail["kind"] == "empty"
