"""Parcel files become parcels: keys, shapes, old keys; a further file is compared."""

import gzip
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import psycopg
import pytest
from shapely import LineString, Point, Polygon, affinity, box

from ingest.parcels.load import load_parcels
from ingest.parcels.outcome import ParcelOutcome
from ingest.register.load import load_delivery
from schemas.blobs import BlobStore, sha256_of
from schemas.crs import project_one
from schemas.db import connect
from schemas.errors import DeliveryUnreadable, ProfileInvalid, Refused, UnknownCrs
from schemas.parcel_keys import key_part
from schemas.profiles.parcels import ParcelProfile

T1 = datetime(2026, 11, 24, 8, tzinfo=UTC)
T2, T3 = T1 + timedelta(hours=1), T1 + timedelta(hours=2)
KEYS = "sheet=TO,number=THUA,commune=XA"
BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10), (0, 0)])


@pytest.fixture
def register(fresh_register: Any) -> Any:
    return fresh_register(9210)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of parcels in EPSG:9210, 10 m squares unless `geometry` says otherwise."""

    def write(
        name: str = "thua.gpkg", *, crs: Any = 9210, driver: Any = None, **columns: Any
    ) -> Path:
        count = len(next(iter(columns.values())))
        shapes = columns.pop("geometry", [box(10 * n, 0, 10 * n + 10, 10) for n in range(count)])
        columns = {"XA": ["99001"] * count, **columns}
        placed = [None if s is None else affinity.translate(s, 5e5, 1.1e6)
                  for s in shapes]  # fmt: skip
        frame = gpd.GeoDataFrame(columns, geometry=placed, crs=9210).to_crs(crs or 9210)
        path = tmp_path / name
        if path.suffix == ".parquet":
            frame.to_parquet(path)
        else:
            frame.set_crs(None, allow_override=True) if crs is None else frame
            frame.to_file(path, driver=driver, engine="pyogrio")
        return path

    return write


def load(register: Any, path: Path, fields: str = KEYS, **options: Any) -> ParcelOutcome:
    profile = options.pop("profile", None) or ParcelProfile.from_fields(fields)
    return load_parcels(
        path, profile=profile, url=register.url, settings=register.settings,
        now=options.pop("now", T1), actor="bat", **options,
    )  # fmt: skip


def ask(register: Any, query: str) -> list[tuple[Any, ...]]:
    with connect(register.url) as connection:
        return connection.execute(query).fetchall()


def keys(register: Any) -> list[tuple[Any, ...]]:
    return ask(register, "SELECT commune_code, sheet, number FROM parcel"
               " WHERE upper_inf(recorded) ORDER BY source_row, id")  # fmt: skip


def indexes(register: Any) -> list[tuple[Any, ...]]:
    return ask(register, "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'parcel%'"
               " UNION SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint"
               " WHERE conrelid IN ('parcel'::regclass, 'parcel_alias'::regclass)"
               " ORDER BY 1")  # fmt: skip


def codes(outcome: ParcelOutcome) -> dict[str, int]:
    return {issue.code: issue.count for issue in outcome.issues}


def test_parcels_come_in_with_key_area_use_and_source(register: Any, write: Any) -> None:
    path = write(
        TO=["5", "12"], THUA=["1", "2-A"], DT=[100.0, 0.0], LOAI=[" ODT ", ""], DC=["Ngõ 1", None]
    )
    before = indexes(register)
    outcome = load(register, path, KEYS + ",area=DT,land_use=LOAI,address=DC")
    assert outcome.counts == {
        "loaded": 2, "unchanged_rows": 0, "replaced": 0, "held_back": 0, "not_in_file": 0
    }  # fmt: skip
    assert ask(register, "SELECT p.sheet, p.number, land_code, address, area_legal_m2, f.path,"
               " source_layer, round(ST_Area(geom)), attributes FROM parcel p JOIN dossier_file f"
               " ON f.id = source_file_id ORDER BY p.id") == [
        ("5", "1", "ODT", "Ngõ 1", 100.0, "thua.gpkg", "thua", 100.0, {}),
        ("12", "2-A", None, None, None, "thua.gpkg", "thua", 100.0, {}),
    ]  # fmt: skip
    assert indexes(register) == before
    assert ask(register, "SELECT revision FROM register_state") == [(1,)]
    assert BlobStore(register.settings.blob_dir).read(sha256_of(path))


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("a.gpkg", None), ("a.fgb", None), ("a.shp", None), ("a.geojson", None),
        ("a.geojsonl", "GeoJSONSeq"), ("a.gdb", "OpenFileGDB"), ("a.parquet", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", ["", "gz", "zip"])
def test_every_vector_format_is_read_and_nothing_is_left_beside_it(
    register: Any, write: Any, tmp_path: Path, name: str, driver: Any, packed: str
) -> None:
    if packed == "gz" and name in ("a.shp", "a.gdb"):
        pytest.skip("several files")
    if packed == "zip" and name == "a.shp":
        pytest.skip("see the shapefile in a folder")
    folder = tmp_path / "in"
    folder.mkdir()
    path = write(f"in/{name}", crs=4326, driver=driver, TO=["5", "6"], THUA=["1", "2"])
    if packed == "gz":
        path = tmp_path / "packed" / f"{name}.gz"
        path.parent.mkdir()
        path.write_bytes(gzip.compress((folder / name).read_bytes()))
    if packed == "zip":
        path = Path(shutil.make_archive(str(tmp_path / "packed" / "a"), "zip", folder))
    before = sorted(p for p in path.parent.rglob("*"))
    outcome = load(register, path)
    assert outcome.loaded == 2
    assert sorted(keys(register)) == [("99001", "5", "1"), ("99001", "6", "2")]
    areas = [area for (area,) in ask(register, "SELECT ST_Area(geom) FROM parcel")]
    assert areas == [pytest.approx(100, abs=0.1)] * 2
    assert sorted(p for p in path.parent.rglob("*")) == before
    assert not list(register.settings.state_dir.glob("parcels-*"))


def test_a_shapefile_in_a_folder_is_put_together(register: Any, write: Any, tmp_path: Path) -> None:
    write("thua.shp", TO=["5"], THUA=["1"], TEN=["Đường số 1"])
    assert load(register, tmp_path, KEYS + ",address=TEN").loaded == 1
    assert ask(register, "SELECT address FROM parcel") == [("Đường số 1",)]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (["005", "0"], ["5", "0"]), ([5, 0], ["5", "0"]), ([12.0, 7.5], ["12", "7.5"]),
        ([" 12-A ", "0012b"], ["12-A", "0012b"]), (["", None], [None, None]),
        ([12.0, float("nan")], ["12", None]),
    ],
)  # fmt: skip
def test_keys_are_stored_as_printed_without_leading_zeros(
    register: Any, write: Any, written: list[Any], stored: list[Any]
) -> None:
    load(register, write(TO=written, THUA=["1", "2"]))
    assert [sheet for _, sheet, _ in keys(register)] == stored
    for raw, kept in zip(written, stored, strict=True):
        if isinstance(raw, str) and kept is not None:
            assert key_part(raw) == kept


def test_a_numeric_commune_column_gets_its_zeros_back(register: Any, write: Any) -> None:
    load(register, write(TO=["1"], THUA=["1"], XA=[4]))
    assert keys(register) == [("00004", "1", "1")]


def test_old_keys_lead_to_the_parcel(register: Any, write: Any) -> None:
    path = write(
        TO=["5", "6", "7"], THUA=["1", "2", "3"], XACU=["27001", None, "99001"],
        TOCU=["12", "06", "7"], XA=["99001"] * 3,
    )  # fmt: skip
    load(register, path, KEYS + ",old_commune=XACU,old_sheet=TOCU")
    assert ask(register, "SELECT a.commune_code, a.sheet, a.number, p.sheet FROM parcel_alias a"
               " JOIN parcel p ON p.id = a.parcel_id") == [("27001", "12", "1", "5")]  # fmt: skip


def test_only_named_columns_enter_the_register(register: Any, write: Any) -> None:
    path = write(TO=["5"], THUA=["1"], CHU=["Nguyễn Văn A"], CCCD=["0123"], MDSD=["x"])
    profile = ParcelProfile(
        fields={"sheet": "TO", "number": "THUA", "commune": "XA"}, keep=("MDSD",)
    )
    outcome = load(register, path, profile=profile)
    (issue,) = outcome.issues
    assert (issue.code, issue.level, issue.column) == ("COLUMN_NOT_TAKEN", "INFO", "CHU, CCCD")
    stored = ask(register, "SELECT p::text, attributes FROM parcel p")[0]
    assert "Nguyễn" not in stored[0]
    assert stored[1] == {"MDSD": "x"}


def test_faulty_shapes_are_held_back_and_located(register: Any, write: Any) -> None:
    path = write(
        "a.geojson", crs=4326, TO=list("12345"), THUA=list("11111"),
        geometry=[BOWTIE, None, Polygon(), LineString([(1, 1), (2, 2)]), box(0, 0, 1, 1)],
    )  # fmt: skip
    outcome = load(register, path)
    held = [issue for issue in outcome.issues if issue.code == "PARCEL_HELD_BACK"]
    assert (outcome.loaded, outcome.held_back, len(held)) == (1, 4, 4)
    assert held[0].row == 0
    said = [issue.message.vi.partition("không được nạp: ")[2] for issue in held]
    assert said == [
        "hình không hợp lệ (Self-intersection).", "không có hình.", "không có hình.",
        "hình sai loại (LineString), thửa phải là vùng (Polygon).",
    ]  # fmt: skip
    place = held[0].geom
    assert place is not None
    middle = project_one(Point(5e5 + 5, 1.1e6 + 5), 9210, 4326)
    assert place.distance(middle) < 1e-5  # the writer's PROJ shifts by 0.8 m
    assert ask(register, "SELECT count(*), count(geom) FROM issue"
               " WHERE code = 'PARCEL_HELD_BACK'") == [(4, 2)]  # fmt: skip


def test_a_shape_that_crosses_itself_only_once_projected_is_held_back(
    register: Any, write: Any
) -> None:
    # Holes that touch an edge at its middle: projection bends the edge to one side of them.
    def touching(shell: list[tuple[float, float]]) -> Polygon:
        (x1, y1), (x2, y2), (x3, y3) = shell
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        hole = [
            (x, y),
            (x + (x3 - x) / 4 + 1, y + (y3 - y) / 4),
            (x + (x3 - x) / 4, y + (y3 - y) / 4),
        ]
        return Polygon(shell, [hole])

    shells = [[(0, 0), (512, 0), (256, 256)], [(0, 0), (512, 0), (256, -256)]]
    frame = gpd.GeoDataFrame(
        {"TO": ["1", "2"], "THUA": ["1", "1"], "XA": "99001"},
        geometry=[
            affinity.scale(touching(shell), 2**-12, 2**-12, origin=(0, 0)) for shell in shells
        ],
        crs=4326,
    ).translate(105.75, 10.75)
    assert frame.is_valid.all()
    path = write(TO=["9"], THUA=["9"]).with_name("touching.gpkg")
    gpd.GeoDataFrame({"TO": ["1", "2"], "THUA": ["1", "1"], "XA": "99001"}, geometry=frame).to_file(
        path
    )
    outcome = load(register, path)
    assert (outcome.loaded, outcome.held_back) == (1, 1)
    assert ask(register, "SELECT count(*) FROM dossier") == [(1,)]


def test_accepted_repairs_tell_their_area_difference(register: Any, write: Any) -> None:
    path = write(TO=["1", "2"], THUA=["1", "1"], geometry=[BOWTIE, Polygon()])
    outcome = load(register, path, accept_repairs=True)
    assert (outcome.loaded, outcome.held_back) == (1, 1)
    repaired = next(i for i in outcome.issues if i.code == "GEOMETRY_REPAIRED")
    assert repaired.detail["area_before_m2"] == pytest.approx(0, abs=1e-3)
    assert repaired.detail["area_after_m2"] == 50
    assert repaired.message.en
    assert not re.search(r"nan|-0\.0", str(repaired.message))
    assert ask(register, "SELECT round(ST_Area(geom)) FROM parcel") == [(50,)]


def test_missing_and_repeated_keys_are_kept_and_reported(register: Any, write: Any) -> None:
    path = write(TO=["5", "5", "5", None], THUA=["1", "01", "2", "3"])
    outcome = load(register, path)
    assert outcome.loaded == 4
    assert codes(outcome) == {"PARCEL_KEY_MISSING": 1, "PARCEL_KEY_REPEATED": 1}
    missing = next(i for i in outcome.issues if i.code == "PARCEL_KEY_MISSING")
    assert missing.message.vi.endswith("thiếu số tờ.")
    repeated = next(i for i in outcome.issues if i.code == "PARCEL_KEY_REPEATED")
    assert repeated.value == "99001/5/1"
    assert repeated.detail["parcels"] == 2
    assert [place["key"] for place in repeated.detail["first"]] == ["99001/5/1"] * 2


def test_a_constant_stands_for_a_column(register: Any, write: Any) -> None:
    profile = ParcelProfile(
        fields={"sheet": "TO", "number": "THUA"}, constants={"commune": "99002"}, invented=True
    )
    load(register, write(TO=["5"], THUA=["1"]), profile=profile)
    assert keys(register) == [("99002", "5", "1")]
    assert ask(register, "SELECT invented FROM dossier") == [(True,)]


def test_areas_written_with_vietnamese_thousands_are_thousands(register: Any, write: Any) -> None:
    load(register, write(TO=list("1234"), THUA=list("1111"), DT=["1.234,5", "12.345", "12,5", "x"]),
         KEYS + ",area=DT")  # fmt: skip
    areas = ask(register, "SELECT area_legal_m2 FROM parcel ORDER BY sheet")
    assert areas == [(1234.5,), (12_345.0,), (12.5,), (None,)]


@pytest.mark.parametrize("published", [False, True])
def test_the_first_parcels_hold_up_nobody_once_a_plan_is_published(
    register: Any, write: Any, drawing: Any, published: bool
) -> None:
    load_delivery(
        drawing.delivery("plan", drawing.version()), url=register.url, settings=register.settings,
        now=T1, actor="bat", publish=published,
    )  # fmt: skip
    seen: list[bool] = []

    def look(done: int, count: int | None) -> None:
        """What a look-up does while the file comes in."""
        try:
            with connect(register.url, options="-c lock_timeout=200") as connection:
                connection.execute(
                    "SELECT FROM parcel p JOIN dossier_file f ON f.id = source_file_id"
                )
            seen.append(True)
        except psycopg.errors.LockNotAvailable:
            seen.append(False)

    before = indexes(register)
    assert load(register, write(TO=["5"], THUA=["1"]), progress=look).loaded == 1
    assert seen == [published]
    assert indexes(register) == before


# -- a further file ---------------------------------------------------------------------------


def test_the_same_bytes_again_change_nothing(register: Any, write: Any) -> None:
    path = write(TO=["5"], THUA=["1"])
    load(register, path)
    again = load(register, path, now=T2)
    assert again.unchanged
    assert ask(register, "SELECT count(*) FROM ingest_run") == [(1,)]
    assert ask(register, "SELECT revision FROM register_state") == [(1,)]


def test_a_further_file_replaces_what_it_says_differently(register: Any, write: Any) -> None:
    load(register, write("one.gpkg", TO=list("1234"), THUA=list("1111"), DC=list("abcd")),
         KEYS + ",address=DC,old_sheet=DC")  # fmt: skip
    before = indexes(register)
    second = write(
        "two.gpkg", TO=list("2315"), THUA=list("1111"), DC=list("bxae"),
        geometry=[box(10, 0, 20, 10), box(20, 0, 30, 10), box(0, 0, 10, 9), box(0, 20, 9, 29)],
    )  # fmt: skip
    outcome = load(register, second, KEYS + ",address=DC,old_sheet=DC", now=T2)
    assert outcome.counts == {
        "loaded": 3, "unchanged_rows": 1, "replaced": 2, "held_back": 0, "not_in_file": 1
    }  # fmt: skip
    known = "SELECT sheet, address FROM parcel WHERE recorded @> '{}'::timestamptz ORDER BY 1"
    assert ask(register, known.format(T1)) == [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")]
    assert ask(register, known.format(T2)) == [
        ("1", "a"), ("2", "b"), ("3", "x"), ("4", "d"), ("5", "e"),
    ]  # fmt: skip
    assert ask(register, "SELECT count(*) FROM parcel_alias") == [(7,)]
    assert indexes(register) == before
    assert ask(register, "SELECT revision FROM register_state") == [(2,)]


def test_a_changed_old_key_alone_makes_a_new_row(register: Any, write: Any) -> None:
    load(register, write("one.gpkg", TO=["1"], THUA=["1"], CU=["8"]), KEYS + ",old_sheet=CU")
    second = write("two.gpkg", TO=["1"], THUA=["1"], CU=["9"])
    assert load(register, second, KEYS + ",old_sheet=CU", now=T2).replaced == 1


def test_parcels_without_a_key_are_recognised_by_saying_the_same(register: Any, write: Any) -> None:
    load(register, write("one.gpkg", TO=[None, None], THUA=["1", "2"]))
    outcome = load(register, write("two.gpkg", TO=[None, None], THUA=["1", "7"]), now=T2)
    assert (outcome.loaded, outcome.unchanged_rows, outcome.replaced) == (1, 1, 0)
    assert outcome.not_in_file == 1


def test_repeated_keys_keep_their_number(register: Any, write: Any) -> None:
    squares = [box(0, 0, 1, 1)] * 3
    load(register, write("one.gpkg", TO=["1"] * 3, THUA=["1"] * 3, geometry=squares))
    path = write("two.gpkg", TO=["1"] * 2, THUA=["1"] * 2, geometry=squares[:2])
    outcome = load(register, path, now=T2)
    assert (outcome.loaded, outcome.unchanged_rows, outcome.replaced) == (0, 2, 1)


def test_the_same_bytes_read_otherwise_replace_their_first_reading(
    register: Any, write: Any
) -> None:
    path = write(TO=["1", "2"], THUA=["3", "4"])
    load(register, path, "sheet=THUA,number=TO,commune=XA")
    outcome = load(register, path, now=T2)
    assert (outcome.loaded, outcome.replaced) == (2, 2)
    assert keys(register) == [("99001", "1", "3"), ("99001", "2", "4")]
    assert ask(register, "SELECT count(*) FROM dossier") == [(1,)]


def test_another_commune_leaves_the_first_alone(register: Any, write: Any) -> None:
    load(register, write("one.gpkg", TO=["1"], THUA=["1"]))
    outcome = load(register, write("two.gpkg", TO=["1"], THUA=["1"], XA=["99002"]), now=T2)
    assert (outcome.loaded, outcome.replaced, outcome.not_in_file) == (1, 0, 0)


def test_parcels_are_known_from_when_they_came_in(register: Any, write: Any) -> None:
    load(register, write("one.gpkg", TO=["1"], THUA=["1"]), clock=lambda: T2)
    assert ask(register, "SELECT lower(recorded) FROM parcel") == [(T2,)]
    load(register, write("two.gpkg", TO=["1"], THUA=["1"], geometry=[box(0, 0, 9, 9)]),
         now=T1, clock=lambda: T3)  # fmt: skip
    known = ask(register, "SELECT lower(recorded), upper(recorded) FROM parcel ORDER BY id")
    assert known == [(T2, T3), (T3, None)]


def test_a_clock_that_runs_backwards_is_refused(register: Any, write: Any) -> None:
    load(register, write("one.gpkg", TO=["1"], THUA=["1"]), now=T2)
    with pytest.raises(Refused, match="backwards"):
        load(register, write("two.gpkg", TO=["1"], THUA=["1"], geometry=[box(0, 0, 1, 1)]))


# -- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ("sheet=TO,nummer=THUA", "no field “nummer”"), ("sheet", "“sheet”"), ("", "“”"),
        ("sheet=TO,sheet=THUA", "twice"), ("sheet=,number=THUA", "“sheet=”"),
        ("sheet=NOPE", "lacks the columns: NOPE.*XA, TO, THUA"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_those_there_are(
    register: Any, write: Any, fields: str, says: str
) -> None:
    with pytest.raises(ProfileInvalid, match=says):
        load(register, write(TO=["1"], THUA=["1"]), fields)
    assert ask(register, "SELECT count(*) FROM dossier") == [(0,)]


def test_a_file_without_crs_is_not_guessed_at(register: Any, write: Any) -> None:
    path = write("a.shp", TO=["1"], THUA=["1"])
    path.with_suffix(".prj").unlink()
    with pytest.raises(UnknownCrs, match="--crs"):
        load(register, path)
    profile = ParcelProfile.from_fields(KEYS, crs="EPSG:9210")
    assert load(register, path, profile=profile).loaded == 1


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0 broken", b"<OGRVRTDataSource/>", b"x"]
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    register: Any, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "thua.gpkg"
    path.write_bytes(content)
    with pytest.raises(DeliveryUnreadable):
        load(register, path)
    assert ask(register, "SELECT count(*) FROM dossier") == [(0,)]


def test_parcels_far_from_where_their_crs_puts_them_are_refused(
    register: Any, write: Any, fresh_register: Any
) -> None:
    path = write(TO=["5"], THUA=["12"])
    wrong = ParcelProfile.from_fields("sheet=TO,number=THUA", crs="EPSG:4326")
    with pytest.raises(Refused, match="EPSG:4326"):
        load(register, path, profile=wrong)
    with pytest.raises(Refused, match="EPSG:31983"):
        load(fresh_register(31983), path)
    assert keys(register) == []


def test_a_truncated_file_stores_nothing(register: Any, write: Any) -> None:
    count = 3000
    path = write("a.fgb", TO=["1"] * count, THUA=["1"] * count)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(DeliveryUnreadable):
        load(register, path)
    assert ask(register, "SELECT count(*) FROM parcel") == [(0,)]
    assert ask(register, "SELECT count(*) FROM dossier") == [(0,)]


def test_text_in_another_encoding_is_refused(register: Any, write: Any) -> None:
    path = write("a.shp", TO=["1"], THUA=["1"], TEN=["xxxx"])
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"xxxx", b"\xb5\xb8\xe9\xff"))
    with pytest.raises(DeliveryUnreadable, match="UTF-8"):
        load(register, path, KEYS + ",address=TEN")


def test_a_layer_must_be_named_where_there_are_several(register: Any, write: Any) -> None:
    path = write(TO=["1"], THUA=["1"])
    frame = gpd.read_file(path)
    frame.to_file(path, layer="second", engine="pyogrio")
    with pytest.raises(ProfileInvalid, match="second, thua"):
        load(register, path)
    with pytest.raises(ProfileInvalid, match="third"):
        load(register, path, profile=ParcelProfile.from_fields(KEYS, layer="third"))
    profile = ParcelProfile.from_fields(KEYS, layer="second")
    assert load(register, path, profile=profile).loaded == 1


def test_a_profile_file_says_the_same_as_fields(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("fields: {sheet: TO, number: THUA, commune: XA}\n")
    assert ParcelProfile.from_file(path) == ParcelProfile.from_fields(KEYS)
    for wrong in (
        "fields: {sheet: TO}\nconstants: {sheet: '1'}",
        "field: {}",
        "- a",
        "crs: EPSG:1",
    ):
        path.write_text(wrong)
        with pytest.raises((ProfileInvalid, UnknownCrs)):
            ParcelProfile.from_file(path)


@pytest.mark.shared_data
def test_alexandria_loads_with_its_known_faults(fresh_register: Any, shared_data: Path) -> None:
    register = fresh_register(32618)
    path = shared_data / "parcels" / "alexandria_va_us_parcels.geojsonl.gz"
    profile = ParcelProfile(
        fields={
            "sheet": "MAP", "number": "LOT_GIS", "national_code": "PID_RE", "area": "LAND_SF",
            "land_use": "LANDCODE", "address": "ADDRESS_GIS",
        },
        constants={"commune": "51510"},
        keep=("ZONING",),
    )  # fmt: skip
    outcome = load(register, path, profile=profile)
    assert (outcome.loaded, outcome.held_back) == (47_154, 20)
    assert codes(outcome)["PARCEL_KEY_REPEATED"] > 77
    assert not load(register, path, profile=profile, now=T2, accept_repairs=True).held_back
    assert ask(register, "SELECT count(*), count(DISTINCT attributes->>'ZONING') FROM parcel"
               " WHERE upper_inf(recorded)") == [(47_174, 64)]  # fmt: skip
