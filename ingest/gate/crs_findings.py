"""Findings of the CRS detective: the verdict on each group of layers, with the readings' boxes."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import shapely
from shapely import Geometry

from ingest.crs.case import Case, Weighed
from ingest.crs.numbers import forms_of, oddity_of
from ingest.crs.places import Ground, Places
from ingest.crs.readings import in_viet_nam, reading_of
from ingest.crs.region import Region
from ingest.crs.stated import Stated
from ingest.crs.verdict import Verdict, judge
from ingest.crs.wording import CHOSEN, distance, options_text, reading_name, why
from ingest.gate.checks.geometry import misplaced_rows
from ingest.gate.crs_case import Group, groups_of
from ingest.gate.crs_statements import grounds_of, province_codes, stated_in
from ingest.gate.facts import all_rows, facts
from ingest.gate.inspection import Inspection
from ingest.units.file import INVENTED_PREFIX
from schemas.crs import VN2000
from schemas.issues import Issue
from schemas.words import Words

MOST_BOXES = 4
CODES = {
    "proven": "CRS_PROVEN",
    "not_excluded": "CRS_NOT_PROVEN",
    "unproven": "CRS_WITHOUT_EVIDENCE",
    "contradicted": "CRS_LABEL_CONTRADICTED",
    "ambiguous": "CRS_AMBIGUOUS",
    "nowhere": "CRS_FITS_NOWHERE",
}
ODD = {
    "zone_prefix": Words(
        "hoành độ có số đới ở đầu, như tờ HN-72 hay UTM cũ: hãy hỏi nơi đo vẽ hệ tọa độ gốc",
        "the easting begins with a zone number, as on HN-72 or old UTM sheets: "
        "ask the surveyor for the original system",
    ),
    "cut_or_local": Words(
        "không phải tọa độ VN-2000, UTM hay kinh vĩ độ: số bị cắt hoặc lưới giả định, "
        "hãy hỏi điểm khống chế",
        "these are no VN-2000, UTM or geographic coordinates: cut short or of a local grid, "
        "ask for control points",
    ),
}


def check_crs(inspection: Inspection) -> Iterator[Issue]:
    """What the coordinates say of every label of the dossier."""
    groups = groups_of(inspection.layers)
    if not any(_concerns_viet_nam(inspection, group) for group in groups):
        return
    places = inspection.places or Places()
    yield from _unknown_places(inspection, places)
    grounds, stated = grounds_of(inspection, places), stated_in(inspection)
    labelled = [group for group in groups if group.lead.srid is not None]
    proven: list[Geometry] = []
    for group in labelled:
        verdict = judge(_case(group, grounds, stated), places)
        if verdict.kind in ("proven", "not_excluded") and verdict.claim is not None:
            proven.append(_box(verdict.claim))
        yield from _findings(inspection, group, verdict, grounds)
    rest = Region(lambda: proven) if proven else None
    for group in groups:
        if group.lead.srid is None:
            yield from _hint(group, judge(_case(group, grounds, stated, rest), places))


def _case(
    group: Group, grounds: tuple[Ground, ...], stated: Stated | None, rest: Region | None = None
) -> Case:
    return Case(
        group.points,
        group.lead.srid,
        grounds,
        stated,
        group.traces,
        group.corners,
        group.length_ratio,
        rest,
    )


def _concerns_viet_nam(inspection: Inspection, group: Group) -> bool:
    """Whether the profile, the label or the numbers place a group in Viet Nam."""
    srid = group.lead.srid
    if inspection.rules.place is not None or srid in VN2000:
        return True
    if srid is None:
        return bool(forms_of(group.points))
    return in_viet_nam(Weighed.at(group.points, reading_of(srid)).lonlat)


def _findings(
    inspection: Inspection, group: Group, verdict: Verdict, grounds: tuple[Ground, ...]
) -> Iterator[Issue]:
    """The verdict on a label, or on what a person chose instead of it."""
    assert verdict.claim is not None
    ground = verdict.weighing.missed
    if ground is not None and verdict.kind in ("proven", "not_excluded"):
        away = distance(ground.region.distance_m(verdict.claim.middle))
        said = Words(
            f"{ground.name}: cách {away.vi} theo nhãn",
            f"{ground.name}: {away.en} away by the label",
        )
        yield _finding(group, verdict, "CRS_PLACE_DIFFERS", said)
    if _is_told_elsewhere(inspection, group, verdict):
        yield from _hint(group, verdict)
        return
    if inspection.crs is not None and verdict.kind in ("contradicted", "ambiguous", "nowhere"):
        issue = _on_choice(group, verdict)
    else:
        issue = _finding(group, verdict, CODES[verdict.kind], why(verdict))
    if verdict.kind in ("unproven", "not_excluded") and _lies_nowhere(inspection, grounds):
        issue = replace(issue, severity="INFO")
    for layer in group.layers:
        layer.misread = issue.level == "ERROR" and verdict.kind in ("contradicted", "nowhere")
    yield issue
    if not forms_of(group.points):
        yield from _hint(group, verdict)


def _on_choice(group: Group, verdict: Verdict) -> Issue:
    """What speaks against a person's choice; an error where that puts the layers elsewhere than the
    dossier says and one other reading brings them there: a person's word does not move the ground.
    """
    issue = _finding(group, verdict, "CRS_CHOICE_CONTRADICTED", why(verdict, CHOSEN))
    return replace(issue, severity="ERROR") if verdict.misplaces else issue


def _is_told_elsewhere(inspection: Inspection, group: Group, verdict: Verdict) -> bool:
    """Whether the numbers are so impossible that the check of each layer's place does say so."""
    claim = verdict.claim
    if claim is None or "country" not in claim.against:
        return False
    forms = {option.weighed.reading.form for option in verdict.options}
    if not forms or claim.reading.form in forms:
        return False
    place = inspection.rules.place
    return all(misplaced_rows(layer, place) is not None for layer in group.layers)


def _hint(group: Group, verdict: Verdict) -> Iterator[Issue]:
    """What numbers without a usable label may be."""
    if verdict.options:
        yield _finding(group, verdict, "CRS_READINGS", options_text(verdict))
    elif not forms_of(group.points):
        yield _finding(group, verdict, "CRS_READINGS", ODD[oddity_of(group.points)])


def _lies_nowhere(inspection: Inspection, grounds: tuple[Ground, ...]) -> bool:
    """Whether a dossier is invented and names no real place: nothing could prove its label."""
    return not grounds and _is_invented(inspection)


def _is_invented(inspection: Inspection) -> bool:
    return inspection.rules.invented or province_codes(inspection) == {INVENTED_PREFIX}


def _unknown_places(inspection: Inspection, places: Places) -> Iterator[Issue]:
    """Units named as the place that are in no list; a remark where no name is like theirs."""
    if _is_invented(inspection):
        return
    codes = province_codes(inspection)
    for fact in facts(inspection, all_rows(inspection), inspection.rules.plan.location):
        for unknown in places.unknown([fact.text], codes):
            near = ", ".join(unknown.nearest)
            said = Words(f"; tên gần giống: {near}", f"; names like it: {near}")
            yield Issue(
                "PLACE_UNKNOWN",
                file=fact.file,
                layer=fact.layer,
                row=fact.row,
                column=fact.column,
                value=unknown.text,
                detail={"near_vi": said.vi if near else "", "near_en": said.en if near else ""},
                severity=None if near else "INFO",
            )


def _finding(group: Group, verdict: Verdict, code: str, said: Words) -> Issue:
    srid = group.lead.srid
    return group.lead.finding(
        code,
        value=group.lead.label if srid is None else f"EPSG:{srid}",
        geom=_boxes(verdict),
        detail={
            "why_vi": said.vi,
            "why_en": said.en,
            "layers": [f"{layer.file}: {layer.name}" for layer in group.layers],
            "readings": [_reading_row(option.weighed, option.metres) for option in verdict.options],
        },
    )


def _reading_row(weighed: Weighed, metres: float) -> dict[str, object]:
    reading = weighed.reading
    name = reading_name(reading)
    return {
        "name_vi": name.vi,
        "name_en": name.en,
        "srid": reading.srid,
        "metres": None if np.isinf(metres) else round(metres, 1),
    }


def _boxes(verdict: Verdict) -> Geometry | None:
    """Where the claim and the best other readings put the layers."""
    shown = [] if verdict.claim is None else [verdict.claim]
    shown += [option.weighed for option in verdict.options[: MOST_BOXES - 1]]
    boxes = [_box(one) for one in shown if "country" not in one.against]
    return shapely.multipolygons(boxes) if boxes else None


def _box(weighed: Weighed) -> Geometry:
    (west, south), (east, north) = weighed.lonlat.min(axis=0), weighed.lonlat.max(axis=0)
    return shapely.box(west, south, max(east, west + 1e-6), max(north, south + 1e-6))
