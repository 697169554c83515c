"""Pieces of the standard against files and folders of the dossier."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from ingest.gate.standard.dossier import Dossier
from ingest.gate.standard.findings import cited, said
from schemas.issues import Issue, Level
from schemas.mistakes import Unfit
from schemas.standards.forms import example, form_words
from schemas.standards.model import Must, Piece, Standard
from schemas.standards.patterns import PatternTooSlow, compiled, fits_whole
from schemas.words import Words


@dataclass(frozen=True)
class Delivered:
    """Which delivered paths are which piece, by the piece's name; and those that are none."""

    dossier: Dossier
    standard: Standard
    paths: dict[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    slow: frozenset[str]

    @cached_property
    def piece_of(self) -> dict[str, str]:
        return {path: name for name, paths in self.paths.items() for path in paths}


def match_pieces(standard: Standard, dossier: Dossier) -> Delivered:
    """Every file and folder under the piece with the longest path that fits."""
    folders = [piece for piece in standard.pieces if piece.kind == "directory"]
    files = [piece for piece in standard.pieces if piece.kind != "directory"]
    paths: dict[str, list[str]] = {}
    unknown: list[str] = []
    slow: set[str] = set()
    for path, pieces in (
        *((folder, folders) for folder in sorted(dossier.folders)),
        *((file, files) for file in sorted(dossier.files)),
    ):
        fitting = [piece for piece in pieces if _fits(piece, path, slow)]
        if fitting:
            best = max(fitting, key=lambda piece: len(piece.path))
            paths.setdefault(best.name, []).append(path)
        else:
            unknown.append(path)
    found = {name: tuple(those) for name, those in paths.items()}
    return Delivered(dossier, standard, found, tuple(unknown), frozenset(slow))


def check_pieces(delivered: Delivered) -> Iterator[Issue]:
    """What is missing, what is not foreseen, and what lies in a folder where it may not."""
    yield from _slow_rules(delivered)
    yield from _missing(delivered)
    yield from _unforeseen(delivered)
    yield from _confined(delivered)


def _fits(piece: Piece, path: str, slow: set[str]) -> bool:
    stem = _without_extension(piece, path)
    begin = "(?:.*/)?" if piece.anywhere else ""
    try:
        return stem is not None and fits_whole(f"{begin}(?:{piece.path})", stem, ignore_case=True)
    except PatternTooSlow:
        slow.add(piece.path)
        return False


def _without_extension(piece: Piece, path: str) -> str | None:
    """The path as the piece's pattern describes it; None where the extension is another."""
    if not piece.extensions:
        return path
    stem, dot, extension = path.rpartition(".")
    return stem if dot and extension.casefold() in piece.extensions else None


def _slow_rules(delivered: Delivered) -> Iterator[Issue]:
    for pattern in sorted(delivered.slow):
        reason = {"why_vi": "chạy quá lâu", "why_en": "it runs too long"}
        yield Issue("STANDARD_RULE_UNUSABLE", value=pattern, detail=reason)


def _missing(delivered: Delivered) -> Iterator[Issue]:
    name = delivered.dossier.name
    for piece in delivered.standard.pieces:
        makes_up = any(other in delivered.paths for other in piece.alternatives)
        level = _level(piece.mandatory)
        if level is None or piece.name in delivered.paths or makes_up:
            continue
        code = "PIECE_FOLDER_MISSING" if piece.kind == "directory" else "PIECE_MISSING"
        detail = {"piece": piece.name, **_form(piece), **cited(piece)}
        yield Issue(code, file=name, value=example(piece.path), detail=detail, severity=level)
    for group in delivered.standard.groups:
        level = _level(group.mandatory)
        if level is not None and not any(piece in delivered.paths for piece in group.pieces):
            detail = {"group": group.name, "pieces": ", ".join(group.pieces), **cited(group)}
            yield Issue("PIECE_NONE_OF_GROUP", file=name, detail=detail, severity=level)


def _form(piece: Piece) -> dict[str, Any]:
    """How the path of a piece must be written, with its endings."""
    words = form_words(piece.path)
    if piece.extensions:
        endings = ", ".join(f".{extension}" for extension in piece.extensions)
        words = Words(f"{words.vi}, đuôi {endings}", f"{words.en}, ending in {endings}")
    return {"pattern": piece.path, **said("form", words)}


def _level(must: Must) -> Level | None:
    return None if must == "none" else must


def _unforeseen(delivered: Delivered) -> Iterator[Issue]:
    """Files of a listed extension, and folders, that are no piece; misnamed ones are told apart."""
    standard, dossier = delivered.standard, delivered.dossier
    for path in delivered.unknown:
        file = dossier.files.get(path)
        extension = PurePosixPath(path).suffix.casefold().removeprefix(".")
        other = bool(standard.listed) and extension not in standard.listed
        if file is not None and (file.is_junk or other):
            continue
        meant = None if file is None else _meant(standard, path)
        if meant is None:
            yield Issue("PIECE_UNEXPECTED", file=dossier.top + path)
        else:
            detail = {"piece": meant.name, **_form(meant)}
            yield Issue("PIECE_MISPLACED", file=dossier.top + path, detail=detail)


def _meant(standard: Standard, path: str) -> Piece | None:
    """The piece whose file name this one begins like, wherever it lies."""
    name = PurePosixPath(path).name
    pieces = (piece for piece in standard.pieces if piece.kind != "directory")
    fitting = [piece for piece in pieces if _begins_like(piece, name)]
    return max(fitting, key=lambda piece: len(piece.path), default=None)


def _begins_like(piece: Piece, name: str) -> bool:
    stem = _without_extension(piece, name)
    try:
        return stem is not None and fits_whole(f"{_last(piece)}.*", stem, ignore_case=True)
    except PatternTooSlow:
        return False


def _last(piece: Piece) -> str:
    """The pattern of the file name alone, or the piece's name where it cannot be told apart."""
    last = piece.path.rpartition("/")[2]
    try:
        compiled(f"{last}.*")
    except Unfit:
        return piece.name
    return last


def _confined(delivered: Delivered) -> Iterator[Issue]:
    for rule in delivered.standard.confinements:
        for path in sorted(delivered.dossier.files):
            inside = path.casefold().startswith(f"{rule.folder.casefold()}/")
            extension = PurePosixPath(path).suffix.casefold().removeprefix(".")
            allowed = extension in rule.extensions or delivered.piece_of.get(path) in rule.pieces
            if inside and not allowed:
                extensions = ", ".join(rule.extensions)
                detail = {"folder": rule.folder, "extensions": extensions, **cited(rule)}
                yield Issue("PIECE_TYPE", file=delivered.dossier.top + path, detail=detail)
