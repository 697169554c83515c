"""Ratios of two things run in turn on the same data; never a bare time."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Ratio:
    """One figure: ours against the other, over several rounds. `bar`: what it must reach."""

    name: str
    ours: float
    other: float
    unit: str
    ratio: float
    spread: tuple[float, float]
    bar: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.bar is None:
            return None
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar


def in_turn(
    name: str,
    ours: Callable[[], float],
    other: Callable[[], float],
    *,
    unit: str,
    bar: float | None,
    rounds: int = 3,
    note: str = "",
) -> Ratio:
    """Both run one after the other, `rounds` times; each returns a rate (more is better)."""
    pairs = [(ours(), other()) for _ in range(rounds)]
    ratios = sorted(mine / theirs for mine, theirs in pairs)
    return Ratio(
        name,
        median(mine for mine, _ in pairs),
        median(theirs for _, theirs in pairs),
        unit,
        median(ratios),
        (ratios[0], ratios[-1]),
        bar,
        note=note,
    )


def limit(name: str, value: float, bar: float, unit: str, note: str = "") -> Ratio:
    """A figure that must stay below its bar (a latency, a memory)."""
    return Ratio(name, value, bar, unit, value, (value, value), bar, at_most=True, note=note)


def table(found: Sequence[Ratio]) -> str:
    """The figures as a Markdown table."""
    rows = ["| what | ours | other | ratio (min-max) | bar | met |", "|---|--:|--:|--:|--:|---|"]
    for each in found:
        met = {True: "yes", False: "**no**", None: ""}[each.met]
        bar = "" if each.bar is None else f"{'≤' if each.at_most else '≥'} {each.bar:g}"
        other = "" if each.at_most else f"{each.other:,.0f} {each.unit}"
        ratio = (
            f"{each.ratio:,.1f} {each.unit}"
            if each.at_most
            else f"{each.ratio:.2f} ({each.spread[0]:.2f}-{each.spread[1]:.2f})"
        )
        ours = f"{each.ours:,.0f} {each.unit}"
        rows.append(f"| {each.name} | {ours} | {other} | {ratio} | {bar} | {met} |")
    return "\n".join(rows)


def as_json(found: Sequence[Ratio]) -> str:
    """One JSON object a line, for programs."""
    return "\n".join(json.dumps({**asdict(each), "met": each.met}) for each in found)
