"""The form of a package: its folders and their names, its one workbook, its four geodatabases."""

import difflib
from collections.abc import Iterator
from pathlib import PurePosixPath

from ingest.gate.facts import Fact, PlanRows, facts
from ingest.gate.inspection import Inspection
from ingest.gate.match import plain_key
from schemas.issues import Issue
from schemas.profiles.package import Folder, Package
from schemas.profiles.sources import Source
from schemas.words import Words

ALIKE = 0.75


def check_structure(inspection: Inspection, package: Package) -> Iterator[Issue]:
    """Findings about folders, workbook and geodatabases."""
    tree = _Tree(inspection)
    for folder in package.folders:
        yield from _folder(tree, folder)
        yield from _flag(inspection, tree, folder, package)
    yield from _top(inspection, tree, package)
    yield from _workbooks(inspection, package)
    yield from _geodatabases(inspection, package)


class _Tree:
    """The folders of the delivery, and which files lie in them."""

    def __init__(self, inspection: Inspection) -> None:
        roles = inspection.roles
        self.roles = {path: role for path, role in roles.items() if role != "junk"}
        self.folders = {
            parent.as_posix()
            for path in self.roles
            for parent in PurePosixPath(path).parents
            if parent.name
        }

    def named(self, folder: Folder) -> list[str]:
        """Paths of the folder under its own name, whatever its case."""
        wanted = folder.name.casefold()
        found = [path for path in self.folders if PurePosixPath(path).name.casefold() == wanted]
        return [path for path in found if self._is_under(path, folder)]

    def alike(self, folder: Folder) -> str | None:
        """A folder that has the look of a misspelt one."""
        taken = {"hosobasic", "hososcan", "hosogis"} - {plain_key(folder.name)}
        keys = {
            plain_key(PurePosixPath(path).name): path
            for path in sorted(self.folders)
            if self._is_under(path, folder) and not path.lower().endswith(".gdb")
        }
        near = difflib.get_close_matches(
            plain_key(folder.name), [key for key in keys if key not in taken], 1, ALIKE
        )
        return keys[near[0]] if near else None

    def _is_under(self, path: str, folder: Folder) -> bool:
        above = PurePosixPath(path).parent.name.casefold()
        return folder.under is None or above == folder.under.casefold()

    def holds(self, folders: list[str]) -> bool:
        return any(path.startswith(f"{top}/") for top in folders for path in self.roles)

    def top(self) -> str | None:
        """The one folder above everything, where there is one."""
        tops = {PurePosixPath(path).parts[0] for path in self.roles if "/" in path}
        loose = any("/" not in path and role != "package" for path, role in self.roles.items())
        return tops.pop() if len(tops) == 1 and not loose else None


def _folder(tree: _Tree, folder: Folder) -> Iterator[Issue]:
    if tree.named(folder):
        return
    near = tree.alike(folder)
    if near is not None:
        name = f"{folder.under}/{folder.name}" if folder.under else folder.name
        yield Issue("FOLDER_NAME", file=near, value=near, detail={"name": name})
    elif folder.missing is not None:
        elsewhere = any(role in folder.roles for role in tree.roles.values())
        level = "WARNING" if elsewhere else folder.missing
        detail = {"name": folder.name, "article": folder.article}
        yield Issue("FOLDER_MISSING", detail=detail, severity=level)


def _flag(inspection: Inspection, tree: _Tree, folder: Folder, package: Package) -> Iterator[Issue]:
    """The workbook's word on whether a folder is delivered, against the folder."""
    if folder.flag is None or package.flags is None:
        return
    fact = _cell(inspection, package, folder.flag)
    if fact is None:
        return
    word = inspection.rules.codes[package.flags].translate(fact.text)
    there = tree.holds(tree.named(folder))
    if word is None:
        yield _at(fact, "CODE_UNKNOWN")
    elif (word == "yes") != there:
        state = ("có tệp", "has files") if there else ("không có tệp nào", "has no files")
        why = Words(f"thư mục {folder.name} {state[0]}", f"folder {folder.name} {state[1]}")
        yield _at(fact, "FLAG_DIFFERS", why_vi=why.vi, why_en=why.en)


def _top(inspection: Inspection, tree: _Tree, package: Package) -> Iterator[Issue]:
    """The package's own folder against the workbook's word on it."""
    main = [folder for folder in package.folders if folder.under is None]
    if not any(tree.named(folder) for folder in main):
        return
    outer, known = tree.top(), {folder.name.casefold() for folder in main}
    received = PurePosixPath(inspection.received.name)
    if outer is None or outer.casefold() in known:
        outer = received.name if not received.suffix else received.stem
    stated = _cell(inspection, package, package.folder_column) if package.folder_column else None
    wanted = PurePosixPath(stated.text.replace("\\", "/")).name if stated else None
    if wanted and plain_key(wanted) != plain_key(outer):
        yield Issue("PACKAGE_NAME", value=outer, detail={"name": wanted})
    elif not outer.casefold().startswith("csdl_"):
        yield Issue("PACKAGE_NAME", value=outer, detail={"name": "CSDL_<TenDoAn>"})


def _workbooks(inspection: Inspection, package: Package) -> Iterator[Issue]:
    book = inspection.workbook
    if book is None:
        return
    others = [p for p, role in inspection.roles.items() if role == "workbook" and p != book.path]
    if others:
        yield Issue("WORKBOOK_SEVERAL", file=book.path, value=", ".join(sorted(others)))
    code = next(facts(inspection, PlanRows(None, ()), inspection.rules.plan.code), None)
    stem = PurePosixPath(book.path).stem
    if code is not None and plain_key(code.text) != plain_key(stem):
        yield Issue("WORKBOOK_NAME", file=book.path, value=code.text)


def _geodatabases(inspection: Inspection, package: Package) -> Iterator[Issue]:
    there = {layer.container for layer in inspection.layers}
    unread = {issue.file for issue in inspection.issues if issue.code == "LAYER_UNREADABLE"}
    stems = {plain_key(PurePosixPath(path).stem) for path in unread if path}
    for geodatabase in package.geodatabases:
        name = geodatabase.name
        if geodatabase.missing and name not in there and plain_key(name) not in stems:
            detail = {"name": name, "article": geodatabase.article}
            yield Issue("CONTAINER_ABSENT", detail=detail, severity=geodatabase.missing)


def _cell(inspection: Inspection, package: Package, column: str) -> Fact | None:
    """A cell of the plan's one row in the workbook."""
    source = Source(sheet=package.sheet, column=column)
    return next(facts(inspection, PlanRows(None, ()), (source,)), None)


def _at(fact: Fact, code: str, **detail: str) -> Issue:
    return Issue(code, fact.file, fact.layer, fact.row, fact.column, fact.text, detail=detail)
