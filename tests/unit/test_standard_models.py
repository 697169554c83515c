"""French model files are read unchanged, whatever their age; what cannot be used is told."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import ProfileInvalid, Refused
from schemas.profiles import find_profile, refuse_checks_only
from schemas.profiles.models import has_models
from schemas.standards import model_files
from schemas.standards.cnig import read_standards
from schemas.standards.model import Column, Standard, Table
from tests.standard_dossier import model_files as model
from tests.standard_dossier import write_model


def read(folder: Path, files: dict[str, Any] | None = None, **changed: Any) -> Standard:
    (standard,) = read_standards(write_model(folder, (files or model()) | changed))
    return standard


def table(standard: Standard, name: str = "ZONE_URBA") -> Table:
    return next(one for one in standard.tables if one.name == name)


def column(folder: Path, **given: Any) -> Column:
    """The column that a model reads out of this description."""
    files = model() | {"types/ZONE_URBA.json": {"columns": [{"name": "A", **given}]}}
    return table(read(folder, files)).columns[0]


def told(standard: Standard) -> list[str]:
    return [one.rule for one in standard.unusable]


def test_a_model_becomes_pieces_and_tables(tmp_path: Path) -> None:
    standard = read(tmp_path)
    assert (standard.name, standard.folder) == ("cnig_PLU_2013", "[0-9]{5}_PLU_[0-9]{8}")
    assert [(p.name, p.kind, p.mandatory) for p in standard.pieces] == [
        ("Donnees", "directory", "ERROR"),
        ("DOC_URBA", "table", "ERROR"),
        ("ZONE_URBA", "table", "ERROR"),
        ("METADONNEES", "metadata", "none"),
        ("REGLEMENT", "document", "INFO"),
    ]
    label, kind, _, shape = table(standard).columns
    assert (label.max_length, label.required, label.column) == (4, True, "ERROR")
    assert kind.values == ("U", "A", "N")
    assert (shape.type, shape.geometry) == ("geometry", "area")
    assert (shape.article, standard.pieces[0].article) == ("types/ZONE_URBA.json", "files.json")
    assert standard.unusable == ()


def test_a_zip_of_several_models_is_read_like_their_folders(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    write_model(folder / "b", model("cnig_PLU_2017"))
    write_model(folder / "a", model())
    packed = tmp_path / "models.zip"
    with zipfile.ZipFile(packed, "w") as pack:
        for place in sorted(folder.rglob("*.json")):
            pack.write(place, place.relative_to(folder))
    assert read_standards(packed) == read_standards(folder)
    assert [s.name for s in read_standards(packed)] == ["cnig_PLU_2013", "cnig_PLU_2017"]
    assert [s.name for s in find_profile(f"{packed}#cnig_PLU_2017").models] == ["cnig_PLU_2017"]
    assert [s.name for s in find_profile(folder / "a").models] == ["cnig_PLU_2013"]


def test_constraints_of_older_models_stand_beside_the_name(tmp_path: Path) -> None:
    old = column(
        tmp_path, type="string", nullable=True, regexp="[0-9]+", size=5, listOfValues=["1"]
    )
    assert (old.required, old.column) == (False, "INFO")
    assert (old.pattern, old.max_length, old.values) == ("[0-9]+", 5, ("1",))


@pytest.mark.parametrize(
    ("given", "kind", "shape"),
    [
        ("String", "text", None),
        ("BOOLEAN", "boolean", None),
        ("Integer", "integer", None),
        ("Double", "number", None),
        ("Decimal", "number", None),
        ("Date", "date", None),
        ("URL", "url", None),
        ("Filename", "file", None),
        ("Path", "path", None),
        ("Point", "geometry", "point"),
        ("LineString", "geometry", "line"),
        ("MultiPoint", "geometry", "multipoint"),
        ("MultiLineString", "geometry", "multiline"),
        ("multipolygon", "geometry", "multiarea"),
        ("GeometryCollection", "geometry", "mixed"),
        ("Geometry", "geometry", "any"),
    ],
)
def test_every_type_of_that_standard_is_known(
    tmp_path: Path, given: str, kind: str, shape: str | None
) -> None:
    read_column = column(tmp_path, type=given, constraints={})
    assert (read_column.type, read_column.geometry) == (kind, shape)


def test_what_is_not_said_to_be_optional_is_required(tmp_path: Path) -> None:
    assert column(tmp_path / "1", type="String", constraints=None).required
    assert column(tmp_path / "2", type="String").column == "ERROR"
    present = column(
        tmp_path / "3", type="String", constraints={"required": True, "presenceRequired": False}
    )
    assert (present.required, present.column) == (True, "INFO")


def test_only_texts_have_lengths_patterns_and_lists(tmp_path: Path) -> None:
    rules = {"maxLength": 3, "pattern": "x", "enum": ["y"]}
    named = column(tmp_path, type="Filename", constraints=rules)
    assert (named.max_length, named.pattern, named.values) == (None, None, None)


@pytest.mark.parametrize("key", ["attributes", "fields"])
def test_columns_may_be_called_otherwise(tmp_path: Path, key: str) -> None:
    renamed = {key: [{"name": "A", "type": "String"}]}
    assert table(read(tmp_path, model() | {"types/ZONE_URBA.json": renamed})).columns[0].name == "A"


def test_columns_may_be_a_plain_list_or_an_object_by_name(tmp_path: Path) -> None:
    plain = read(tmp_path / "1", model() | {"types/ZONE_URBA.json": [{"name": "A"}]})
    named = {"columns": {"A": {"type": "Integer"}}}
    keyed = read(tmp_path / "2", model() | {"types/ZONE_URBA.json": named})
    assert [c.name for s in (plain, keyed) for c in table(s).columns] == ["A", "A"]


def test_a_table_may_name_its_own_file_even_one_on_the_web(tmp_path: Path) -> None:
    files = model()
    zones = next(one for one in files["files.json"]["files"] if one["name"] == "ZONE_URBA")
    files["table-models/zone.json"] = files.pop("types/ZONE_URBA.json")
    zones["tableModel"] = "./table-models/zone.json"
    assert table(read(tmp_path / "1", files)).columns
    files["types/zone.json"] = files.pop("table-models/zone.json")
    zones["tableModel"] = "https://example.fr/standard/types/zone.json"
    assert table(read(tmp_path / "2", files)).columns


def test_a_document_file_and_a_file_beside_its_folder_are_models_too(tmp_path: Path) -> None:
    files = model()
    document = files.pop("files.json")
    assert read(tmp_path / "1", files | {"document.json": document}).tables
    beside = {f"cnig_PLU_2013/{path}": content for path, content in files.items()}
    assert read(tmp_path / "2", beside | {"cnig_PLU_2013.json": document}).tables


def test_code_lists_are_read_with_their_references(tmp_path: Path) -> None:
    files = model()
    files["files.json"]["codes"] = [{"name": "Codes", "path": "./codes/Codes.csv"}]
    files["codes/Codes.csv"] = '\ufeffA,B,LABEL\r\n01,00,"Zone, dite"\r\n02\r\n'
    rule = "(TYPEZONE,LIBELLE) REFERENCES Codes(A,B)"
    files["types/ZONE_URBA.json"]["constraints"] = {"foreignKeys": [rule]}
    standard = read(tmp_path, files)
    (codes,) = standard.code_lists
    assert codes.columns == ("A", "B", "LABEL")
    assert codes.rows == (("01", "00", "Zone, dite"), ("02", "", ""))
    (reference,) = table(standard).references
    assert (reference.columns, reference.targets) == (("TYPEZONE", "LIBELLE"), ("A", "B"))


@pytest.mark.parametrize("written", ["DOC_URBA.IDURBA", "DOC_URBA(IDURBA)"])
def test_a_column_may_refer_to_another_table(tmp_path: Path, written: str) -> None:
    files = model()
    files["types/ZONE_URBA.json"]["columns"][2]["constraints"]["reference"] = written
    (reference,) = table(read(tmp_path, files)).references
    assert (reference.table, reference.targets) == ("DOC_URBA", ("IDURBA",))


def test_rules_that_cannot_be_used_are_told_and_the_others_kept(tmp_path: Path) -> None:
    files = model()
    zones = files["types/ZONE_URBA.json"]
    zones["columns"][0]["constraints"]["pattern"] = "[0-9"
    zones["columns"][1] |= {"type": "Holographic"}
    zones["columns"][2]["constraints"]["reference"] = "NOWHERE.ID"
    zones["constraints"] = {
        "conditions": ["LIBELLE IS NOT NULL", "NOSUCH IS NULL", "DROP TABLE x"],
        "foreignKeys": [
            "LIBELLE -> X",
            "(LIBELLE) REFERENCES DOC_URBA(IDURBA,X)",
            "(LIBELLE,NOSUCH) REFERENCES DOC_URBA(IDURBA,TYPE)",
        ],
    }
    standard = read(tmp_path, files)
    assert told(standard) == [
        "ZONE_URBA.LIBELLE: [0-9",
        "ZONE_URBA.TYPEZONE: Holographic",
        "ZONE_URBA: NOSUCH IS NULL",
        "ZONE_URBA: DROP TABLE x",
        "ZONE_URBA: LIBELLE -> X",
        "ZONE_URBA: (LIBELLE) REFERENCES DOC_URBA(IDURBA,X)",
        "ZONE_URBA: LIBELLE, NOSUCH → DOC_URBA",
        "ZONE_URBA: IDURBA → NOWHERE",
    ]
    assert standard.unusable[-2].reason.en == "there is no ZONE_URBA.NOSUCH, DOC_URBA.TYPE"
    assert all(one.reason.vi != one.reason.en for one in standard.unusable)
    kept = table(standard)
    assert [condition.test for condition in kept.conditions] == ["LIBELLE IS NOT NULL"]
    assert (kept.columns[0].pattern, kept.columns[0].max_length) == (None, 4)
    assert kept.references == ()


@pytest.mark.parametrize(
    ("path", "content", "named"),
    [
        ("files.json", "{", "files.json"),
        ("files.json", "[]", "files.json"),
        ("files.json", '{"files": []}', "files.json"),
        ("files.json", '{"name": "x", "files": [{"type": "table"}]}', "files.json"),
        ("files.json", '{"name":"x","files":[{"name":"a","type":"pdf","path":"("}]}', "files.json"),
        ("files.json", '{"name":"x","constraints":{"folderName":"*"},"files":[]}', "files.json"),
        ("types/ZONE_URBA.json", "[" * 100_000, "ZONE_URBA.json"),
        ("types/ZONE_URBA.json", "7", "ZONE_URBA.json"),
        ("types/ZONE_URBA.json", '{"columns": [{"type": "String"}]}', "files.json"),
    ],
)
def test_a_broken_model_is_refused_with_its_place(
    tmp_path: Path, path: str, content: str, named: str
) -> None:
    with pytest.raises(ProfileInvalid) as refused:
        read(tmp_path, model() | {path: content})
    assert named in refused.value.detail.vi
    assert named in refused.value.detail.en


def test_a_model_without_a_tables_file_is_refused(tmp_path: Path) -> None:
    files = model()
    del files["types/DOC_URBA.json"]
    with pytest.raises(ProfileInvalid, match=r"types/DOC_URBA\.json"):
        read(tmp_path, files)


def test_a_file_of_a_model_has_a_largest_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "MOST_BYTES", 100)
    with pytest.raises(ProfileInvalid, match="too large"):
        read(tmp_path)


def test_what_holds_no_model_is_no_profile(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    (tmp_path / "a.json").write_text("{}")
    assert not has_models(tmp_path)
    assert not has_models(tmp_path / "x.zip")
    assert not has_models(tmp_path / "absent")
    with pytest.raises(ProfileInvalid, match="cnig"):
        find_profile(str(tmp_path / "x.zip"))


def test_an_unknown_model_is_told_with_those_there_are(tmp_path: Path) -> None:
    write_model(tmp_path, model())
    with pytest.raises(ProfileInvalid, match="cnig_PLU_2013"):
        find_profile(f"{tmp_path}#cnig_PLU_2099")


def test_models_in_the_state_folder_are_found_by_the_profiles_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQH_HOME", str(tmp_path))
    with pytest.raises(ProfileInvalid) as missing:
        find_profile("cnig")
    told = f"{missing.value} {missing.value.remedy}"
    assert str(tmp_path) not in told
    assert "standards/cnig.zip" in told
    write_model(tmp_path / "standards" / "cnig" / "one", model())
    assert [one.name for one in find_profile("cnig").models] == ["cnig_PLU_2013"]
    assert find_profile("cnig#cnig_PLU_2013").checks_only


def test_a_profile_that_only_checks_is_never_loaded(tmp_path: Path) -> None:
    write_model(tmp_path, model())
    with pytest.raises(Refused, match="never loaded"):
        refuse_checks_only(tmp_path)
    refuse_checks_only("vn_circular16")
    refuse_checks_only(None)


def test_ids_follow_the_year_of_the_model(tmp_path: Path) -> None:
    (early,) = read(tmp_path / "1", model("cnig_PLU_2014")).identities
    (late,) = read(tmp_path / "2", model("cnig_PLUi_2017", "PLUi")).identities
    assert (early.pattern, late.pattern) == ("{owner}.*{date}.*", "{name}")
    assert read(tmp_path / "3", model("cnig_SCoT_2013", "SCOT")).identities == ()
    assert read(tmp_path / "4", model("another_standard")).identities == ()


def test_national_rules_come_with_the_kind_of_plan(tmp_path: Path) -> None:
    files = model("cnig_PLUi_2017", "PLUi")
    files["files.json"]["files"] += [
        {"name": "DOC_URBA_COM", "type": "table", "path": "COM"},
        {"name": "PRESCRIPTION_SURF", "type": "table", "path": "PSC"},
    ]
    insee = {"columns": [{"name": "INSEE", "type": "String"}, {"name": "TXT", "type": "String"}]}
    files |= {"types/DOC_URBA_COM.json": insee, "types/PRESCRIPTION_SURF.json": insee}
    standard = read(tmp_path, files)
    assert table(standard, "DOC_URBA_COM").counts[0].least == 2
    assert table(standard, "DOC_URBA_COM").columns[0].pattern == "(2[AB][0-9]{3}|[0-9]{5})"
    assert table(standard, "DOC_URBA_COM").columns[1].pattern is None
    assert "SECT" in (table(standard, "PRESCRIPTION_SURF").columns[1].pattern or "")
    assert [rule.folder for rule in standard.confinements] == ["Pieces_ecrites"]
    assert [group.name for group in standard.groups] == ["PDF"]


def test_servitudes_share_ids_over_points_lines_and_areas(tmp_path: Path) -> None:
    names = ("AC1_GENERATEUR_SUP_P", "AC1_GENERATEUR_SUP_S", "AC1_ASSIETTE_SUP_S")
    files: dict[str, Any] = {
        "files.json": {
            "name": "cnig_SUP_AC1_2016",
            "files": [{"name": name, "type": "table", "path": name} for name in names],
        }
    }
    columns = {
        "columns": [{"name": "IDGEN", "type": "String"}, {"name": "IDASS", "type": "String"}]
    }
    files |= {f"types/{name}.json": columns for name in names}
    standard = read(tmp_path, files)
    assert [(u.name, u.tables, u.unique) for u in standard.unions] == [
        ("GENERATEUR_SUP", names[:2], ("IDGEN",)),
        ("ASSIETTE_SUP", names[2:], ("IDASS",)),
    ]
    assert [group.pieces for group in standard.groups] == [names[:2], names[2:]]
    assert standard.confinements == ()


def test_the_shipped_profile_carries_no_model_files() -> None:
    root = Path(__file__).parents[2]
    shipped = [p for p in (root / "schemas").rglob("*.json") if "ZONE_URBA" in p.read_text("utf-8")]
    assert shipped == []
