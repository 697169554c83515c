"""What a sentence states about the CRS: "VN-2000, kinh tuyến trục 105°45', múi chiếu 3°"."""

import re
from dataclasses import dataclass

from ingest.crs.readings import TM3, UTM, Reading, reading_of
from schemas.crs import VN2000

_MERIDIAN = re.compile(
    r"(?<![\d.,])(?P<degrees>10[2-9]|11[01])"
    r"(?:[.,](?P<decimals>\d{1,3})(?!\d)"
    r"|\s*(?:[°ºo]|độ|-|\s)\s*(?P<minutes>[0-5]?\d)(?![\d°º])"
    r"|(?=\s*(?:[°ºo]|độ))"
    r"|(?![\d.,-]))"
)
_EPSG = re.compile(r"EPSG\s*[:\s]\s*(\d{4,6})", re.IGNORECASE)


def stated_meridian(text: str) -> float | None:
    """Central meridian (degrees) that a sentence such as "VN-2000, KTT 105°45', múi 3°" states."""
    if found := _EPSG.search(text):
        system = VN2000.get(int(found[1]))
        return None if system is None else system.meridian
    found = _MERIDIAN.search(text)
    if found is None:
        return None
    if found["decimals"]:
        return float(f"{found['degrees']}.{found['decimals']}")
    return int(found["degrees"]) + int(found["minutes"] or 0) / 60


_SCALE = re.compile(r"0[.,]999(?P<last>[69])(?!\d)")
_UTM = re.compile(r"\bUTM\b|múi(?:\s+chiếu)?\s*6\s*(?:°|º|độ)", re.IGNORECASE)
_TM3 = re.compile(r"\bTM-?3\b|múi(?:\s+chiếu)?\s*3\s*(?:°|º|độ)", re.IGNORECASE)
_WGS84 = re.compile(r"WGS\s*-?_?84", re.IGNORECASE)
_VN2000 = re.compile(r"VN\s*-?_?2000", re.IGNORECASE)


@dataclass(frozen=True)
class Stated:
    """A stated CRS; None = not stated. `meridian`: degrees."""

    text: str
    meridian: float | None
    scale: float | None
    wgs84: bool | None

    @property
    def empty(self) -> bool:
        return self.meridian is None and self.scale is None and self.wgs84 is None

    def agrees_with(self, reading: Reading) -> bool:
        """Whether nothing that is stated contradicts a reading."""
        if self.wgs84 is not None and self.wgs84 != (reading.shift == "none"):
            return False
        if reading.meridian is None:
            return self.meridian is None
        scales_agree = self.scale in (None, reading.scale)
        return scales_agree and self.meridian in (None, reading.meridian)


def read_statement(text: str) -> Stated:
    """Meridian, scale and datum that a sentence states."""
    if found := _EPSG.search(text):
        named = reading_of(int(found[1]))
        if named.other is None:
            return Stated(text, named.meridian, named.scale, named.shift == "none")
    datum = (bool(_WGS84.search(text)), bool(_VN2000.search(text)))
    return Stated(
        text,
        stated_meridian(text),
        _stated_scale(text),
        datum[0] if datum[0] != datum[1] else None,
    )


def _stated_scale(text: str) -> float | None:
    if found := _SCALE.search(text):
        return UTM if found["last"] == "6" else TM3
    utm, tm3 = bool(_UTM.search(text)), bool(_TM3.search(text))
    return None if utm == tm3 else UTM if utm else TM3
