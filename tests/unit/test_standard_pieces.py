"""Files and folders of a dossier against the pieces of its standard; which standard it follows."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ingest.files.source import receive
from ingest.gate.standard.choice import Choice, choose
from ingest.gate.standard.dossier import Dossier, open_dossier
from ingest.gate.standard.metadata import Metadata, read_metadata
from ingest.gate.standard.pieces import check_pieces, match_pieces
from schemas.issues import Issue
from schemas.standards.model import Standard
from tests.standard_dossier import METADATA

PIECES: list[dict[str, Any]] = [
    {"name": "Plans", "kind": "directory", "path": "Plans", "mandatory": "ERROR"},
    {"name": "Annexes", "kind": "directory", "path": "Plans/Annexes", "mandatory": "WARNING"},
    {
        "name": "ZONE",
        "kind": "table",
        "path": "Plans/ZONE(_[0-9]{3})?",
        "extensions": ["csv", "dbf"],
        "mandatory": "ERROR",
    },
    {"name": "ANY", "kind": "document", "path": "Plans/[^/]*", "extensions": ["pdf"]},
    {
        "name": "RULES",
        "kind": "document",
        "path": "Plans/[0-9]{5}_rules",
        "extensions": ["pdf"],
        "mandatory": "ERROR",
    },
]


def standard(*pieces: dict[str, Any], **more: Any) -> Standard:
    known = {"name": "S", "pieces": pieces or PIECES, "listed": ["csv", "dbf", "pdf"]}
    return Standard.model_validate(known | more)


def dossier(tmp_path: Path, *paths: str, name: str = "d") -> Dossier:
    for path in paths:
        place = tmp_path / "in" / name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"%PDF-1.4\n" if path.endswith(".pdf") else b"x")
    return open_dossier(receive(tmp_path / "in" / name, tmp_path / "work"), [standard()])


def found(issues: Iterable[Issue]) -> list[tuple[str, str | None, str]]:
    return [(issue.code, issue.file, issue.level) for issue in issues]


def check(tmp_path: Path, *paths: str, rules: Standard | None = None) -> list[tuple[str, Any, str]]:
    return found(check_pieces(match_pieces(rules or standard(), dossier(tmp_path, *paths))))


WHOLE = ("Plans/ZONE.csv", "Plans/12345_rules.pdf", "Plans/Annexes/x.doc")


def test_a_whole_dossier_has_no_findings(tmp_path: Path) -> None:
    assert check(tmp_path, *WHOLE) == []


def test_a_missing_piece_has_the_level_of_its_rule(tmp_path: Path) -> None:
    assert check(tmp_path, "Plans/ZONE.csv") == [
        ("PIECE_FOLDER_MISSING", "d", "WARNING"),
        ("PIECE_MISSING", "d", "ERROR"),
    ]


def test_an_alternative_makes_up_for_a_missing_piece(tmp_path: Path) -> None:
    pieces = [*PIECES[:-1], PIECES[-1] | {"alternatives": ["ANY"]}]
    paths = ("Plans/ZONE.csv", "Plans/other.pdf", "Plans/Annexes/x.doc")
    assert check(tmp_path, *paths, rules=standard(*pieces)) == []


def test_the_longest_fitting_path_is_meant_whatever_its_case(tmp_path: Path) -> None:
    there = dossier(tmp_path, "plans/zone_028.CSV", "Plans/12345_RULES.PDF", "Plans/a.pdf")
    assert match_pieces(standard(), there).piece_of == {
        "plans": "Plans",
        "Plans": "Plans",
        "plans/zone_028.CSV": "ZONE",
        "Plans/12345_RULES.PDF": "RULES",
        "Plans/a.pdf": "ANY",
    }


def test_a_path_may_begin_anywhere_only_where_the_piece_says_so(tmp_path: Path) -> None:
    paths = ("more/Plans/ZONE.csv", "Plans/x.pdf")
    strict = match_pieces(standard(*PIECES[2:3]), dossier(tmp_path, *paths))
    loose = match_pieces(standard(PIECES[2] | {"anywhere": True}), dossier(tmp_path, *paths))
    assert (strict.paths, loose.paths) == ({}, {"ZONE": ("more/Plans/ZONE.csv",)})


def test_what_is_not_foreseen_or_misplaced_is_told(tmp_path: Path) -> None:
    more = ("Plans/strange.csv", "Else/y.txt", "ZONE_old.csv", "Plans/Thumbs.db")
    assert check(tmp_path, *WHOLE, *more) == [
        ("PIECE_UNEXPECTED", "Else", "WARNING"),
        ("PIECE_UNEXPECTED", "Plans/strange.csv", "WARNING"),
        ("PIECE_MISPLACED", "ZONE_old.csv", "WARNING"),
    ]
    every = check(tmp_path, *WHOLE, *more, rules=standard(listed=[]))
    assert ("PIECE_UNEXPECTED", "Else/y.txt", "WARNING") in every


def test_a_folder_may_hold_certain_types_only(tmp_path: Path) -> None:
    rule = {"folder": "Plans", "extensions": ["pdf"], "pieces": ["ZONE"]}
    rules = standard(confinements=[rule])
    assert check(tmp_path, *WHOLE, "Plans/Annexes/Thumbs.db", "a.doc", rules=rules) == [
        ("PIECE_TYPE", "Plans/Annexes/Thumbs.db", "ERROR"),
        ("PIECE_TYPE", "Plans/Annexes/x.doc", "ERROR"),
    ]


def test_one_piece_of_a_group_is_enough(tmp_path: Path) -> None:
    group = {"name": "papers", "pieces": ["RULES", "ANY"]}
    optional = [piece | {"mandatory": "none"} for piece in PIECES]
    rules = standard(*optional, groups=[group])
    assert check(tmp_path / "1", "Plans/a.pdf", rules=rules) == []
    assert check(tmp_path / "2", "Plans/ZONE.csv", rules=rules) == [
        ("PIECE_NONE_OF_GROUP", "d", "ERROR")
    ]


def test_a_path_pattern_that_runs_away_is_a_rule_that_cannot_be_applied(tmp_path: Path) -> None:
    slow = {"name": "X", "kind": "other", "path": "(a+)+b|(a|aa)+c"}
    issues = check(tmp_path, "a" * 100 + "!", rules=standard(slow))
    assert ("STANDARD_RULE_UNUSABLE", None, "WARNING") in issues


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("name", ["30014_PLU_20171013", "Livraison"])
def test_the_root_is_the_dossiers_folder_with_or_without_one_above(
    tmp_path: Path, nested: bool, name: str
) -> None:
    wanted = [standard(folder="[0-9]{5}_PLU_[0-9]{8}")]
    root = tmp_path / (f"x/{name}" if nested else name)
    (root / "Plans").mkdir(parents=True)
    (root / "Plans" / "a.csv").write_text("x")
    given = tmp_path / "x" if nested else root
    opened = open_dossier(receive(given, tmp_path / "work"), wanted)
    assert opened.name == name
    assert set(opened.files) == {"Plans/a.csv"}


def by_name(*names: str) -> list[Standard]:
    return [
        Standard(name=one, folder="[0-9]{5}_PLU_[0-9]{8}", stated=rf".*PLU v{one[-4:]}")
        for one in names
    ]


def chosen(names: tuple[str, ...], folder: str, *stated: str) -> Choice:
    return choose(by_name(*names), Dossier(folder, "", {}), Metadata(stated))


def test_the_standard_follows_the_name_and_then_the_metadata() -> None:
    both = ("PLU_2013", "PLU_2017")
    told = chosen(both, "30014_PLU_20171013", "INSPIRE", "CNIG PLU v2017").standard
    assert told is not None
    assert told.name == "PLU_2017"


@pytest.mark.parametrize("stated", [(), ("CNIG PLU v2019",), ("CNIG PLU v2013", "CNIG PLU v2017")])
def test_of_several_that_fit_none_is_guessed(stated: tuple[str, ...]) -> None:
    choice = chosen(("PLU_2013", "PLU_2017"), "30014_PLU_20171013", *stated)
    assert choice.standard is None
    (issue,) = choice.issues
    assert (issue.code, issue.level) == ("STANDARD_SEVERAL_FIT", "ERROR")
    assert "PLU_2013, PLU_2017" in issue.message.en


def test_where_none_fits_the_candidates_are_named() -> None:
    choice = chosen(("PLU_2013", "PLU_2017"), "Nowhere", "CNIG PLU v2017")
    assert choice.standard is None
    (issue,) = choice.issues
    assert issue.code == "STANDARD_NONE_FITS"
    assert "PLU_2013, PLU_2017" in issue.message.vi


def test_a_single_standard_is_taken_and_a_wrong_name_told() -> None:
    assert chosen(("PLU_2013",), "30014_plu_20171013").issues == ()
    choice = chosen(("PLU_2013",), "Nowhere")
    assert choice.standard is not None
    assert [issue.code for issue in choice.issues] == ["STANDARD_FOLDER_NAME"]


def test_metadata_tell_the_standard_and_the_encoding_of_the_data(tmp_path: Path) -> None:
    record, other = tmp_path / "a.xml", tmp_path / "b.xml"
    record.write_text(METADATA.format(charset="utf8", standard="CNIG PLU\n v2017"))
    other.write_text("<other/>")
    assert read_metadata((other, record)) == Metadata(("CNIG PLU v2017",), "UTF-8")
    assert read_metadata((other,)) == Metadata()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<a>",
        '<!DOCTYPE x [<!ENTITY e "CNIG PLU v2017">]><MD_Metadata>&e;</MD_Metadata>',
        '<!DOCTYPE x SYSTEM "http://example.fr/x.dtd"><MD_Metadata/>',
        "<a>" * 200_000,
    ],
)
def test_a_hostile_or_broken_record_says_nothing(tmp_path: Path, content: str) -> None:
    place = tmp_path / "a.xml"
    place.write_text(content)
    assert read_metadata((place,)) == Metadata()
