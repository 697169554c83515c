"""The files of French models, in a folder or a zip of one or several, read into memory.

Nothing is unpacked and nothing is fetched: a table that a model finds on the web is looked for
beside the model under the same name.
"""

import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, cast

from schemas.errors import ProfileInvalid
from schemas.mistakes import unreadable
from schemas.words import Words

DOCUMENTS = ("files.json", "document.json")
MOST_FILES = 20_000
MOST_BYTES = 8 << 20


@dataclass(frozen=True)
class ModelFiles:
    """One model: `texts` are all files of the source by path; `folder` is where the model lies."""

    source: Path
    path: str
    folder: str
    texts: "Texts"

    @property
    def place(self) -> Path:
        """Where mistakes of this model are said to be."""
        return self.source / self.path

    @cached_property
    def document(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.texts.json(self.path, dict))

    def pieces(self) -> list[dict[str, Any]]:
        """The pieces as written; where they are listed by name, the name is put in."""
        given = self.document.get("files") or self.document.get("fileModels") or []
        return _listed(given)

    def table(self, piece: dict[str, Any]) -> dict[str, Any]:
        """What a table's own file says; its columns under `columns`, whatever they are called."""
        path = self._table_path(piece)
        given = self.texts.json(path, (dict, list))
        table = {"columns": given} if isinstance(given, list) else given
        columns = next((table[k] for k in ("columns", "attributes", "fields") if table.get(k)), [])
        return table | {"columns": _listed(columns)}

    def code_lists(self) -> tuple[str, ...]:
        return tuple(str(one["name"]) for one in self._codes())

    def codes(self, name: str) -> str:
        """The text of a code list."""
        given = next(one for one in self._codes() if str(one["name"]) == name)
        told = str(given.get("path") or given.get("data") or f"codes/{name}.csv")
        return self.texts.text(self._beside(told, f"codes/{PurePosixPath(told).name}"))

    def _codes(self) -> list[dict[str, Any]]:
        return _listed(self.document.get("codes") or self.document.get("staticTables") or [])

    def _table_path(self, piece: dict[str, Any]) -> str:
        name = str(piece["name"])
        told = piece.get("tableModel")
        own = f"types/{name}.json"
        if isinstance(told, str) and told:
            return self._beside(told, f"types/{PurePosixPath(told).name}", own)
        return self._beside(own, f"{self.document.get('name')}/{own}", f"table-models/{name}.json")

    def _beside(self, *names: str) -> str:
        """The first of these files that is there, whatever its case."""
        paths = [(PurePosixPath(self.folder) / name).as_posix() for name in names]
        for path in paths:
            found = self.texts.find(path)
            if found is not None:
                return found
        told = Words(f"thiếu tệp “{paths[0]}”", f"there is no file “{paths[0]}”")
        raise unreadable(self.place, told)


class Texts:
    """The files of a source by their path in it; each is read when it is asked for."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.folder = source if source.is_dir() else None
        self.paths = sorted(self._paths())
        self._by_key = {path.casefold(): path for path in self.paths}
        self.with_types = {key.partition("/types/")[0] for key in self._by_key if "/types/" in key}

    def find(self, path: str) -> str | None:
        return self._by_key.get(path.casefold())

    def text(self, path: str) -> str:
        """A file's text: UTF-8, with or without a mark. Raises ProfileInvalid."""
        try:
            return self._bytes(path).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError, zipfile.BadZipFile, RuntimeError) as error:
            told = Words(f"không đọc được ({error})", f"cannot be read ({error})")
            raise unreadable(self.source / path, told) from error

    def json(self, path: str, kinds: type | tuple[type, ...]) -> Any:
        """A file's JSON, which is an object or list as wanted. Raises ProfileInvalid."""
        try:
            given = json.loads(self.text(path))
        except (ValueError, RecursionError) as error:
            told = Words(f"không phải là JSON ({error})", f"not JSON ({error})")
            raise unreadable(self.source / path, told) from error
        if not isinstance(given, kinds):
            told = Words("không phải là mô tả của chuẩn", "not a description of this standard")
            raise unreadable(self.source / path, told)
        return given

    def _paths(self) -> list[str]:
        if self.folder is not None:
            found = (place for place in self.folder.rglob("*") if place.is_file())
            paths = [place.relative_to(self.folder).as_posix() for place in found]
        else:
            try:
                with zipfile.ZipFile(self.source) as pack:
                    paths = [name for name in pack.namelist() if not name.endswith("/")]
            except (OSError, zipfile.BadZipFile) as error:
                told = Words(f"không mở được ({error})", f"cannot be opened ({error})")
                raise unreadable(self.source, told) from error
        if len(paths) > MOST_FILES:
            raise unreadable(self.source, Words("có quá nhiều tệp", "too many files"))
        return paths

    def _bytes(self, path: str) -> bytes:
        if self.folder is not None:
            with (self.folder / path).open("rb") as file:
                read = file.read(MOST_BYTES + 1)
        else:
            with zipfile.ZipFile(self.source) as pack, pack.open(path) as file:
                read = file.read(MOST_BYTES + 1)
        if len(read) > MOST_BYTES:
            raise unreadable(self.source / path, Words("tệp quá lớn", "the file is too large"))
        return read


def open_models(source: Path) -> tuple[ModelFiles, ...]:
    """The models of a folder or zip. Raises ProfileInvalid where there is none."""
    texts = Texts(source)
    found = tuple(
        ModelFiles(source, path, PurePosixPath(path).parent.as_posix(), texts)
        for path in texts.paths
        if _is_document(PurePosixPath(path), texts)
    )
    if not found:
        told = Words("không có tệp files.json nào", "there is no files.json in it")
        raise unreadable(source, told)
    return found


def has_models(source: Path) -> bool:
    """Whether a folder or zip looks like one of models."""
    try:
        texts = Texts(source)
    except ProfileInvalid:
        return False
    return any(_is_document(PurePosixPath(path), texts) for path in texts.paths)


def _is_document(path: PurePosixPath, texts: Texts) -> bool:
    """`files.json`, or a `NAME.json` with a folder `NAME/types` beside it."""
    if path.name.casefold() in DOCUMENTS:
        return True
    beside = path.with_suffix("").as_posix().casefold()
    return path.suffix.casefold() == ".json" and beside in texts.with_types


def _listed(given: Any) -> list[dict[str, Any]]:
    """A list of objects; an object of objects is one too, each under its name."""
    if isinstance(given, dict):
        return [{"name": name, **one} for name, one in given.items()]
    return [one for one in given if isinstance(one, dict)]
