"""The verdict on a label: proven, not disproved, contradicted, tied, or fitting nowhere."""

from dataclasses import dataclass
from typing import Literal

from ingest.crs.case import Case, Weighed, Weighing
from ingest.crs.places import Places
from ingest.crs.province_meridians import meridians_of
from ingest.crs.readings import TM3, distance_m
from ingest.crs.weighing import weigh

Kind = Literal[
    "proven", "not_excluded", "unproven", "contradicted", "ambiguous", "nowhere", "unlabelled"
]

NEIGHBOURS_M = 1_000.0
FAR_FROM_PLACE_M = 30_000.0


@dataclass(frozen=True)
class Option:
    """A reading that the evidence allows, and how far from the claim it puts the layers.

    `customary`: it is a VN-2000 system that the province uses or used.
    """

    weighed: Weighed
    metres: float
    customary: bool


@dataclass(frozen=True)
class Verdict:
    """What the coordinates say of a claim.

    `options`: the other readings left, best first; `clear`: the first of them stands out.
    """

    kind: Kind
    claim: Weighed | None
    options: tuple[Option, ...]
    clear: bool
    weighing: Weighing

    @property
    def accuracy_m(self) -> float:
        """How far off the layers may lie by what is left beside the claim."""
        return max((option.metres for option in self.options), default=0.0)

    @property
    def misplaces(self) -> bool:
        """Whether the claim lies outside the stated place and one other reading, clearly, in it."""
        if self.kind != "contradicted" or self.claim is None or self.weighing.ground is None:
            return False
        return not {"place", "country"}.isdisjoint(self.claim.against)


def judge(case: Case, places: Places) -> Verdict:
    """The verdict on one case."""
    weighing = weigh(case, places)
    claim = None if case.claim is None else weighing.readings[0]
    left = [one for one in weighing.left if one is not claim]
    provinces = frozenset() if weighing.ground is None else weighing.ground.provinces
    options = [_option(one, claim, provinces) for one in left]
    options.sort(key=lambda option: _rank(option, case))
    kind = _kind(case, weighing, claim, options)
    if kind == "ambiguous" and claim is not None and not claim.against:
        options = [option for option in options if _is_stated(option.weighed, case)]
    return Verdict(kind, claim, tuple(options), _stands_out(options, case), weighing)


def _kind(case: Case, weighing: Weighing, claim: Weighed | None, options: list[Option]) -> Kind:
    if claim is None:
        return "unlabelled"
    if claim.against:
        if options:
            return "contradicted" if _stands_out(options, case) else "ambiguous"
        return "nowhere" if _surely_elsewhere(claim, weighing) else "unproven"
    if _says_otherwise(claim, case) and any(_is_stated(o.weighed, case) for o in options):
        return "ambiguous"
    if not weighing.used:
        return "unproven"
    return "not_excluded" if options else "proven"


def _option(one: Weighed, claim: Weighed | None, provinces: frozenset[str]) -> Option:
    customary = one.reading.usual and any(
        one.reading.meridian in meridians_of(code) for code in provinces
    )
    metres = 0.0 if claim is None else distance_m(claim.middle, one.middle)
    return Option(one, metres, customary)


def _rank(option: Option, case: Case) -> tuple[bool, bool, bool, bool, bool, bool, float]:
    """Best first: what follows boundaries, is stated, is in the registry or customary, is near."""
    one = option.weighed
    return (
        not one.follows,
        not _is_stated(one, case),
        not one.reading.form.plain,
        not one.reading.usual,
        one.reading.scale != TM3,
        not option.customary,
        option.metres,
    )


def _stands_out(options: list[Option], case: Case) -> bool:
    """Whether all that could compete with the first lies beside it, less than 1 km away."""
    if not options:
        return False
    first = _rank(options[0], case)[:2]
    rivals = [option for option in options if _rank(option, case)[:2] == first]
    middle = options[0].weighed.middle
    return all(distance_m(middle, rival.weighed.middle) < NEIGHBOURS_M for rival in rivals)


def _says_otherwise(claim: Weighed, case: Case) -> bool:
    """Whether another plane system is stated; degrees may well have been made from it."""
    if claim.reading.form.degrees:
        return False
    return case.stated is not None and not case.stated.agrees_with(claim.reading)


def _is_stated(one: Weighed, case: Case) -> bool:
    stated = case.stated
    return stated is not None and not stated.empty and stated.agrees_with(one.reading)


def _surely_elsewhere(claim: Weighed, weighing: Weighing) -> bool:
    """Whether a claim that nothing can replace is wrong all the same: far from the stated place."""
    if "country" in claim.against or weighing.ground is None:
        return True
    if weighing.ground.exact:
        return True
    return weighing.ground.region.distance_m(claim.middle) > FAR_FROM_PLACE_M
