"""The CRS detective on real communes of all 34 provinces: planted mistakes and right dossiers.

No wrong label passes in silence: it is an error, or a warning that names the true reading as not
excluded. No right label is turned away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry

from ingest.crs.case import Case
from ingest.crs.gazetteer import gazetteer
from ingest.crs.places import Places
from ingest.crs.province_meridians import meridians_of
from ingest.crs.readings import Reading, candidates, distance_m, positions, reading_of
from ingest.crs.verdict import judge
from ingest.crs.wording import reading_name
from schemas.crs import VN2000
from schemas.issues import Issue
from tests.crs_cases import (
    HCMC,
    NONE,
    OFFICIAL,
    ROTATED,
    TM3,
    Ward,
    codes_of,
    findings,
    in_millimetres,
    inspected,
    layer,
    named,
    neighbour,
    numbers,
    turned,
)
from tests.gate_dossier import (
    square,
)

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def wards(exact_places: Places) -> list[Ward]:
    """One commune of each of the 34 provinces."""
    assert exact_places.boundaries is not None
    by_province: dict[str, list[str]] = {}
    for code, unit in sorted(exact_places.boundaries.communes.items()):
        by_province.setdefault(unit.province, []).append(code)
    chosen = {inside[len(inside) // 2]: province for province, inside in by_province.items()}
    shapes = exact_places.boundaries.shapes(frozenset(chosen))
    known = exact_places.boundaries.communes
    return [
        Ward(
            code,
            known[code].full_name,
            province,
            gazetteer().provinces[province].full_name,
            meridians_of(province)[0],
            shapes[code],
        )
        for code, province in sorted(chosen.items(), key=lambda pair: pair[1])
    ]


@dataclass(frozen=True)
class Mistake:
    """A planted mistake: numbers under a wrong label, and how far off the label puts them."""

    name: str
    drawn: Callable[[Geometry, float], Geometry]
    label: Callable[[float], int]
    truth: Callable[[float], Reading]


def own(meridian: float) -> int:
    return TM3[meridian]


def as_utm(meridian: float) -> Reading:
    return Reading(105.0, 0.9996, "official")


MISTAKES = (
    Mistake(
        "a meridian wrong by 45 minutes",
        numbers,
        lambda m: TM3[neighbour(m, 0.75)],
        lambda m: reading_of(own(m)),
    ),
    Mistake(
        "a neighbouring meridian",
        numbers,
        lambda m: TM3[neighbour(m, 0.25)],
        lambda m: reading_of(own(m)),
    ),
    Mistake(
        "no datum shift",
        lambda s, m: numbers(s, m, shift=NONE),
        own,
        lambda m: Reading(m, 0.9999, "none"),
    ),
    Mistake(
        "k 0.9996 under k 0.9999",
        lambda s, m: numbers(s, m, 0.9996),
        own,
        lambda m: Reading(m, 0.9996, "official"),
    ),
    Mistake("UTM as TM-3", lambda s, m: numbers(s, 105.0, 0.9996), lambda m: 5897, as_utm),
    Mistake(
        "TM-3 as UTM", lambda s, m: numbers(s, 105.0), lambda m: 3405, lambda m: reading_of(5897)
    ),
    Mistake(
        "WGS 84 UTM as VN-2000",
        lambda s, m: numbers(s, 105.0, 0.9996, NONE),
        lambda m: 3405,
        lambda m: reading_of(32648),
    ),
    Mistake(
        "VN-2000 UTM as WGS 84", lambda s, m: numbers(s, 105.0, 0.9996), lambda m: 32648, as_utm
    ),
    Mistake(
        "WGS 84 degrees as VN-2000",
        lambda s, m: s,
        lambda m: 4756,
        lambda m: reading_of(4326),
    ),
    Mistake(
        "VN-2000 degrees as WGS 84",
        lambda s, m: numbers(s, None),
        lambda m: 4326,
        lambda m: reading_of(4756),
    ),
)
IMPOSSIBLE: dict[str, tuple[Callable[[Geometry], Geometry], str]] = {
    "swapped axes": (turned, "CRS_AXES_SWAPPED"),
    "millimetres": (in_millimetres, "CRS_OUTSIDE_PLACE"),
}


def told(ward: Ward, drawn: Geometry, srid: int, places: Places) -> Any:
    """The CRS phase over a dossier whose place is the ward."""
    place = f"{ward.name}, {ward.province_name}"
    return inspected(layer([drawn], f"EPSG:{srid}"), place=place, places=places)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_plan_along_its_commune_never_passes_under_a_wrong_label(
    mistake: Mistake, wards: list[Ward], exact_places: Places
) -> None:
    assert len(wards) == 34
    for ward in wards:
        drawn = mistake.drawn(ward.shape, ward.meridian)
        inspection = told(ward, drawn, mistake.label(ward.meridian), exact_places)
        (issue,) = [i for i in findings(inspection) if i.code == "CRS_LABEL_CONTRADICTED"]
        best = issue.detail["readings"][0]
        truth = mistake.truth(ward.meridian)
        assert (best["srid"], issue.level) == (truth.srid, "ERROR"), ward
        assert best["metres"] > 150
        assert issue.geom is not None


@pytest.mark.slow
@pytest.mark.parametrize("places", ["exact", "installed"])
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_small_plan_never_passes_in_silence_under_a_wrong_label(
    mistake: Mistake, places: str, wards: list[Ward], exact_places: Places
) -> None:
    known = exact_places if places == "exact" else Places()
    for ward in wards:
        drawn = mistake.drawn(ward.small, ward.meridian)
        inspection = told(ward, drawn, mistake.label(ward.meridian), known)
        if codes_of(inspection, "ERROR"):
            continue
        assert codes_of(inspection, "WARNING") == {"CRS_NOT_PROVEN"}, ward
        listed = named(inspection, "CRS_NOT_PROVEN")
        assert reading_name(mistake.truth(ward.meridian)).vi in [
            row["name_vi"] for row in listed
        ], ward


@pytest.mark.slow
@pytest.mark.parametrize("places", ["exact", "installed"])
@pytest.mark.parametrize("kind", IMPOSSIBLE)
def test_numbers_no_label_can_mean_are_errors_with_their_reading(
    kind: str, places: str, wards: list[Ward], exact_places: Places
) -> None:
    spoil, code = IMPOSSIBLE[kind]
    for ward in wards:
        drawn = spoil(numbers(ward.small, ward.meridian))
        known = exact_places if places == "exact" else Places()
        inspection = told(ward, drawn, own(ward.meridian), known)
        assert codes_of(inspection, "ERROR") == {code}, ward
        word = "đổi trục" if kind == "swapped axes" else "milimét"
        readings = named(inspection, "CRS_READINGS")
        assert any(word in reading["name_vi"] for reading in readings)
        assert readings[0]["srid"] is None


FOREIGN: dict[str, tuple[Callable[[Geometry], Geometry], tuple[int, ...]]] = {
    "UTM, swapped axes": (lambda s: turned(numbers(s, 105.0, 0.9996, NONE)), (32648, 32649, 3857)),
    "TM-3, swapped axes": (lambda s: turned(numbers(s, 105.75)), (32648, 32649, 3857)),
    "degrees": (lambda s: s, (32648, 32649, 3857)),
    "degrees, swapped axes": (turned, (32648, 32649, 3857)),
    "TM-3": (lambda s: numbers(s, 105.75), (3857,)),
}
"""Numbers under labels that are not Viet Nam's own and whose area of use reaches far beyond it."""


@pytest.mark.slow
@pytest.mark.parametrize("places", ["exact", "installed", "unsaid"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_numbers_abroad_under_a_label_of_the_world_are_errors(
    kind: str, places: str, wards: list[Ward], exact_places: Places
) -> None:
    spoil, labels = FOREIGN[kind]
    known = exact_places if places == "exact" else Places()
    for ward in wards:
        for srid in labels:
            drawn = layer([spoil(ward.small)], f"EPSG:{srid}")
            place = "" if places == "unsaid" else f"{ward.name}, {ward.province_name}"
            inspection = inspected(drawn, place=place, places=known)
            assert codes_of(inspection, "ERROR"), (ward, srid)


@pytest.mark.slow
@pytest.mark.parametrize("places", ["exact", "installed"])
@pytest.mark.parametrize("size", ["commune", "small"])
def test_a_right_label_is_never_turned_away(
    size: str, places: str, wards: list[Ward], exact_places: Places
) -> None:
    known = exact_places if places == "exact" else Places()
    for ward in wards:
        shape = ward.shape if size == "commune" else ward.small
        inspection = told(ward, numbers(shape, ward.meridian), own(ward.meridian), known)
        assert codes_of(inspection, "ERROR") == set(), ward
        sharp = size == "commune" and places == "exact"
        wanted = {"CRS_PROVEN"} if sharp else {"CRS_NOT_PROVEN"}
        assert codes_of(inspection) == wanted, ward


def test_wrong_rotation_signs_are_said_to_be_below_what_can_be_told(
    wards: list[Ward], exact_places: Places
) -> None:
    for ward in wards[:4]:
        drawn = numbers(ward.shape, ward.meridian, shift=ROTATED)
        (issue,) = findings(told(ward, drawn, own(ward.meridian), exact_places))
        assert issue.code == "CRS_PROVEN"
        assert "0,5–0,8 m" in issue.message.vi
        assert "0.5–0.8 m" in issue.message.en


@pytest.mark.parametrize(
    ("label", "drawn"),
    [("EPSG:4326", square(0, 0)), ("EPSG:9210", shapely.box(106.694, 10.770, 106.696, 10.772))],
)
def test_metres_as_degrees_and_degrees_as_metres_are_errors(label: str, drawn: Geometry) -> None:
    inspection = inspected(layer([drawn], label), place=HCMC, places=Places())
    assert codes_of(inspection, "ERROR") == {"CRS_OUTSIDE_PLACE"}
    assert named(inspection, "CRS_READINGS")


# What a finding says


def test_the_error_names_both_readings_and_the_displacement(
    wards: list[Ward], exact_places: Places
) -> None:
    (ward,) = [ward for ward in wards if ward.province == "79"]
    drawn = numbers(ward.small, 105.75)
    (issue,) = findings(told(ward, drawn, 9209, exact_places))
    assert issue.code == "CRS_LABEL_CONTRADICTED"
    assert (issue.value, issue.layer) == ("EPSG:9209", "RanhGioiQuyHoach_A")
    assert "EPSG:9210 (105°45′), kinh tuyến của tỉnh, lệch 27," in issue.message.vi
    assert "EPSG:9210 (105°45′), the province's meridian, 27." in issue.message.en
    assert "Nhãn EPSG:9209" in issue.message.vi
    assert issue.geom is not None
    west, _, east, _ = issue.geom.bounds
    assert east - west == pytest.approx(0.25, abs=0.02)


def test_what_is_not_proven_is_told_with_its_size(wards: list[Ward], exact_places: Places) -> None:
    (ward,) = [ward for ward in wards if ward.province == "01"]
    (issue,) = findings(told(ward, numbers(ward.small, 105.0), 5897, exact_places))
    assert issue.code == "CRS_NOT_PROVEN"
    assert "Đúng tới ±" in issue.message.vi
    assert "EPSG:3405" in issue.message.vi
    assert "lệch 224 m" in issue.message.vi
    assert ward.name in issue.message.vi


# Properties

MERIDIAN = st.sampled_from(sorted(TM3))


@given(
    lon=st.floats(102.6, 109.4),
    lat=st.floats(8.6, 23.2),
    meridian=MERIDIAN,
    scale=st.sampled_from([0.9999, 0.9996]),
    shift=st.sampled_from(["official", "none"]),
    swapped=st.booleans(),
    factor=st.sampled_from([1.0, 1000.0]),
)
@settings(max_examples=150, deadline=None)
def test_a_candidate_that_is_projected_and_read_gives_itself(
    lon: float, lat: float, meridian: float, scale: float, shift: str, swapped: bool, factor: float
) -> None:
    place = shapely.Point(lon, lat)
    drawn = numbers(place, meridian, scale, OFFICIAL if shift == "official" else NONE)
    points = shapely.get_coordinates(turned(drawn) if swapped else drawn) * factor
    fitting = [
        reading
        for reading in candidates(points)
        if distance_m(positions(points, reading)[0], np.array([lon, lat])) < 0.01
    ]
    assert any(
        (r.meridian, r.scale, r.shift, r.form.swapped) == (meridian, scale, shift, swapped)
        and r.form.factor * factor == pytest.approx(1)
        for r in fitting
    )


@given(srid=st.sampled_from(sorted(VN2000)), lon=st.floats(103, 109), lat=st.floats(9, 23))
@settings(max_examples=60, deadline=None)
def test_a_label_at_its_own_numbers_is_never_contradicted(
    srid: int, lon: float, lat: float
) -> None:
    system = VN2000[srid]
    points = shapely.get_coordinates(
        numbers(shapely.Point(lon, lat), system.meridian, system.scale)
    )
    verdict = judge(Case(points, srid), Places())
    assert verdict.claim is not None
    assert verdict.claim.against == ()
    assert verdict.kind == "unproven"


def test_every_finding_of_the_detective_has_both_languages(wards: list[Ward]) -> None:
    issues: list[Issue] = findings(told(wards[0], wards[0].shape, 4326, Places()))
    assert all(issue.message.vi and issue.message.en for issue in issues)
