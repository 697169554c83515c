"""What a dossier's page says of its CRS: a clear reading, a tie for a person, nothing proven."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from schemas.crs import VN2000

Kind = Literal["clear", "tie", "unproven", "without_evidence", "nowhere"]
KINDS: dict[str, Kind] = {
    "CRS_LABEL_CONTRADICTED": "clear",
    "CRS_AMBIGUOUS": "tie",
    "CRS_NOT_PROVEN": "unproven",
    "CRS_WITHOUT_EVIDENCE": "without_evidence",
    "CRS_FITS_NOWHERE": "nowhere",
}
KEEPS_ITS_LABEL = ("CRS_PROVEN", "CRS_NOT_PROVEN")
HINT = "CRS_READINGS"


@dataclass(frozen=True)
class Reading:
    """One way to read the coordinates, by its name in both languages.

    `srid`: its EPSG code, None where a person cannot choose it; `metres`: how far the layers move
    by it against the label, None where that is not known.
    """

    name_vi: str
    name_en: str
    srid: int | None
    metres: float | None = None


@dataclass(frozen=True)
class CrsAnswer:
    """The verdict on the layers that bear one label, with the readings left, best first.

    `label`: the claimed CRS, None where there is no usable one; `whole`: a choice for the whole
    dossier moves no layer whose label is right.
    """

    kind: Kind
    code: str
    label: str | None
    readings: tuple[Reading, ...]
    whole: bool = True

    @property
    def best(self) -> Reading:
        return self.readings[0]

    @property
    def coded(self) -> list[Reading]:
        """The readings that have an EPSG code; none where the one that stands out has none."""
        if self.kind == "clear" and self.best.srid is None:
            return []
        return [reading for reading in self.readings if reading.srid]

    @property
    def choices(self) -> list[Reading]:
        """The readings that a person may choose here, best first."""
        return self.coded if self.whole else []

    @property
    def others(self) -> list[Reading]:
        """The same without the best."""
        return [reading for reading in self.choices if reading is not self.best]


def crs_answers(groups: Sequence[Mapping[str, Any]]) -> list[CrsAnswer]:
    """The verdicts that a person should read, gravest first; none where every label is right."""
    found = [answer for group in groups for answer in _answers(group)]
    found = list({(each.kind, each.label, each.readings): each for each in found}.values())
    due = {f"EPSG:{each.best.srid}" for each in found if each.kind == "clear" and each.coded}
    due |= set(_labels(groups, KEEPS_ITS_LABEL))
    return [replace(each, whole=_suits(each, due)) for each in found]


def _suits(answer: CrsAnswer, due: set[str]) -> bool:
    """Whether some choice here is what every other layer needs too."""
    return len(due) <= 1 and due <= {f"EPSG:{reading.srid}" for reading in answer.coded}


def _answers(group: Mapping[str, Any]) -> Iterator[CrsAnswer]:
    code = group["code"]
    if (code not in KINDS or group["level"] == "INFO") and code != HINT:
        return
    for finding in group["first"]:
        readings = tuple(_reading(row) for row in finding["readings"])
        label = finding["value"]
        if code == "CRS_AMBIGUOUS" and len(readings) == 1:
            readings = (*_claimed(label), *readings)
        kind = KINDS.get(code) or ("clear" if len(readings) == 1 else "tie")
        if readings or kind not in ("clear", "tie"):
            yield CrsAnswer(kind, code, label, readings)


def _labels(groups: Sequence[Mapping[str, Any]], codes: tuple[str, ...]) -> Iterator[str]:
    for group in groups:
        if group["code"] in codes:
            yield from (finding["value"] for finding in group["first"])


def _claimed(label: str | None) -> list[Reading]:
    """The label as a reading: where one other reading ties with it, it is the second candidate."""
    srid = _srid(label)
    return [] if srid is None else [Reading(system_name(srid), system_name(srid), srid)]


def _reading(row: Mapping[str, Any]) -> Reading:
    srid = row["srid"]
    names = (row["name_vi"], row["name_en"])
    vi, en = (system_name(srid),) * 2 if srid in VN2000 else names
    return Reading(vi, en, srid, row["metres"])


def system_name(srid: int) -> str:
    """`VN-2000 / TM-3 105-45 (EPSG:9210)`."""
    return f"{VN2000[srid].name} (EPSG:{srid})" if srid in VN2000 else f"EPSG:{srid}"


def label_name(label: str | None) -> str | None:
    """A label by its system's name where it is an EPSG code."""
    srid = _srid(label)
    return label if srid is None else system_name(srid)


def _srid(label: str | None) -> int | None:
    code = (label or "").removeprefix("EPSG:")
    return int(code) if code.isdecimal() and label != code else None
