"""Values that occur once, references, ids of dossiers, files that cells name."""

from collections.abc import Iterable

import pytest
from pydantic import ValidationError

from ingest.gate.standard.dossier import Dossier
from ingest.gate.standard.identities import check_identities, id_pattern, own_rows
from ingest.gate.standard.links import check_links
from ingest.gate.standard.references import Tables, check_references
from schemas.issues import Issue
from schemas.standards.model import (
    CodeList,
    Column,
    Identity,
    Reference,
    Standard,
    Table,
    Union,
)
from tests.standard_dossier import rows_of, standard_of, table_of

DOSSIER = Dossier("30014_PLU_20171013", "", {})


def told(issues: Iterable[Issue]) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(issue.code, issue.file, issue.row, issue.value) for issue in issues]


def test_a_value_found_twice_is_told_once_at_its_second_place_over_all_files() -> None:
    table = table_of(Column(name="ID", unique=True))
    one = rows_of(table, {"ID": ["a", "b", None]}, file="1.csv")
    two = rows_of(table, {"ID": ["c", "a", None, "a"]}, file="2.csv")
    issues = list(check_references(Tables(standard_of(table), [one, two])))
    assert told(issues) == [("CELL_TWICE", "2.csv", 2, "a")]
    assert issues[0].detail["times"] == 3
    assert not list(check_references(Tables(standard_of(table), [one])))


def coded(required: bool = True) -> tuple[Table, Standard]:
    key = Reference(columns=("TYPE", "SUB"), table="Codes", targets=("T", "S"))
    columns = (Column(name="TYPE", required=required), Column(name="SUB", required=required))
    table = table_of(*columns, references=(key,))
    codes = CodeList(name="Codes", columns=("T", "S", "LABEL"), rows=(("04", "00", "x"),))
    return table, standard_of(table, code_lists=(codes,))


def test_a_pair_of_codes_must_be_in_the_list_together() -> None:
    table, standard = coded()
    rows = rows_of(table, {"TYPE": ["04", "04", "00"], "SUB": ["00", "99", "04"]})
    assert told(check_references(Tables(standard, [rows]))) == [
        ("CODE_NOT_LISTED", "T.csv", 2, "04,99"),
        ("CODE_NOT_LISTED", "T.csv", 3, "00,04"),
    ]


def test_an_empty_code_is_asked_for_only_where_there_must_be_one() -> None:
    table, standard = coded(required=False)
    cells: dict[str, list[str | None]] = {"TYPE": ["04"], "SUB": [None]}
    assert not list(check_references(Tables(standard, [rows_of(table, cells)])))
    table, standard = coded(required=True)
    assert len(list(check_references(Tables(standard, [rows_of(table, cells)])))) == 1


def test_a_row_must_be_referred_to_in_the_other_table() -> None:
    acts = Table(name="ACTE", piece="ACTE", columns=(Column(name="IDACTE"),))
    key = Reference(columns=("IDACTE",), table="ACTE", targets=("IDACTE",))
    links = Table(name="L", piece="L", columns=(Column(name="IDACTE"),), references=(key,))
    there = rows_of(acts, {"IDACTE": ["A1", "A2"]})
    rows = rows_of(links, {"IDACTE": ["a1", "A3", None]}, file="L.csv")
    found = told(check_references(Tables(standard_of(acts, links), [there, rows])))
    assert found == [("REFERENCE_NOT_FOUND", "L.csv", 2, "A3")]


def test_tables_that_refer_to_each_other_in_a_circle_are_checked_like_any() -> None:
    def one(name: str, other: str) -> Table:
        key = Reference(columns=("ID",), table=other, targets=("ID",))
        return Table(name=name, piece=name, columns=(Column(name="ID"),), references=(key,))

    a, b = one("A", "B"), one("B", "A")
    rows = [rows_of(a, {"ID": ["1"]}, file="A.csv"), rows_of(b, {"ID": ["1", "2"]}, file="B.csv")]
    assert told(check_references(Tables(standard_of(a, b), rows))) == [
        ("REFERENCE_NOT_FOUND", "B.csv", 2, "2")
    ]


def test_a_union_of_tables_shares_its_ids_and_its_references() -> None:
    def table(name: str) -> Table:
        return Table(name=name, piece=name, columns=(Column(name="IDGEN"), Column(name="IDASS")))

    p, s, zones = table("P"), table("S"), table("Z")
    key = Reference(columns=("IDGEN",), table="GEN", targets=("IDGEN",))
    unions = (
        Union(name="GEN", tables=("P", "S"), unique=("IDGEN",)),
        Union(name="ASS", tables=("Z",), references=(key,)),
    )
    rows = [
        rows_of(p, {"IDGEN": ["1"]}, file="P.csv"),
        rows_of(s, {"IDGEN": ["1", "2"]}, file="S.csv"),
        rows_of(zones, {"IDGEN": ["2", "3"]}, file="Z.csv"),
    ]
    assert told(check_references(Tables(standard_of(p, s, zones, unions=unions), rows))) == [
        ("CELL_TWICE_IN_UNION", "S.csv", 1, "1"),
        ("REFERENCE_NOT_FOUND", "Z.csv", 2, "3"),
    ]


def test_a_standard_that_refers_to_what_it_does_not_have_is_refused() -> None:
    key = Reference(columns=("A",), table="NOWHERE", targets=("A",))
    with pytest.raises(ValidationError, match="NOWHERE"):
        standard_of(table_of(Column(name="A"), references=(key,)))
    other = Reference(columns=("A",), table="T", targets=("B",))
    with pytest.raises(ValidationError, match="no column “b”"):
        standard_of(table_of(Column(name="A"), references=(other,)))
    with pytest.raises(ValidationError, match="one to one"):
        Reference(columns=("A", "B"), table="T", targets=("A",))


ID = Column(name="IDURBA")
REGISTER = Table(name="DOC_URBA", piece="DOC_URBA", columns=(ID,))
ZONES = Table(name="ZONE", piece="ZONE", columns=(ID,))


def identified(pattern: str = "{owner}.*{date}.*", form: str | None = None) -> Standard:
    identity = Identity(
        column="IDURBA",
        register_table="DOC_URBA",
        dossier="(?P<owner>[^_]+)_[^_]+_(?P<date>[0-9]{8})",
        pattern=pattern,
        form=form,
    )
    return standard_of(REGISTER, ZONES, identities=(identity,))


def ids(standard: Standard, listed: list[str | None], used: list[str | None]) -> list[str]:
    rows = [rows_of(REGISTER, {"IDURBA": listed}), rows_of(ZONES, {"IDURBA": used})]
    return [issue.code for issue in check_identities(Tables(standard, rows), DOSSIER)]


def test_the_dossiers_id_is_listed_once_and_used_everywhere() -> None:
    standard = identified()
    mine = "30014_20171013"
    assert ids(standard, ["50001_20060117", mine], [mine, "3001420171013"]) == []
    assert ids(standard, ["50001_20060117"], [mine]) == ["IDENTITY_NOT_FOUND"]
    assert ids(standard, [mine, mine], [mine]) == ["IDENTITY_TWICE"]
    assert ids(standard, [mine], [mine, "30014_20141013", None]) == ["IDENTITY_OTHER"] * 2


def test_an_id_of_no_known_form_is_told_in_the_register() -> None:
    standard = identified(form="[0-9]{5}_?[0-9]{8}")
    assert ids(standard, ["3001420171013", "nonsense", None], []) == ["IDENTITY_FORM"]


def test_a_register_that_is_not_delivered_does_not_list_the_dossier() -> None:
    rows = [rows_of(ZONES, {"IDURBA": ["30014_20171013"]})]
    (issue,) = check_identities(Tables(identified(), rows), DOSSIER)
    assert (issue.code, issue.level) == ("IDENTITY_NOT_FOUND", "ERROR")


def test_only_the_rows_of_the_dossier_are_its_own() -> None:
    standard = identified()
    (identity,) = standard.identities
    rows = rows_of(REGISTER, {"IDURBA": ["50001_20060117", "3001420171013"]})
    assert own_rows(identity, rows, id_pattern(identity, DOSSIER)).tolist() == [1]


def test_a_dossiers_name_is_text_and_never_a_pattern() -> None:
    (identity,) = identified("{owner}").identities
    odd = identity.model_copy(update={"dossier": "(?P<owner>.*)"})
    assert id_pattern(odd, Dossier("a.b(", "", {})) == r"a\.b\("


def test_an_id_pattern_that_names_no_part_of_the_dossiers_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="nowhere"):
        identified("{nowhere}")


@pytest.mark.parametrize(("kind", "lost"), [("file", ["absent.pdf", "R.pdf"]), ("path", ["r.pdf"])])
def test_a_file_that_a_cell_names_must_be_delivered(kind: str, lost: list[str]) -> None:
    table = table_of(Column.model_validate({"name": "F", "type": kind}))
    cells = ["r.pdf", "r.pdf#page=51", "absent.pdf", "R.pdf", "D/r.pdf", None]
    dossier = Dossier("d", "", dict.fromkeys(["D/r.pdf"]))  # type: ignore[arg-type]
    found = [issue.value for issue in check_links(rows_of(table, {"F": cells}), dossier)]
    if kind == "file":
        assert found == ["absent.pdf", "R.pdf", "D/r.pdf"]
    else:
        assert found == ["r.pdf", "r.pdf#page=51", "absent.pdf", "R.pdf"]
    assert set(lost) <= set(found)
