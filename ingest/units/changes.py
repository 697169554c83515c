"""Changes of single units after the great merger, from `changes.yaml`."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from ingest.units.rows import Succession, Unit, UnitKey, UnitList


class Change(BaseModel):
    """From the day `since`, the unit of this code is no longer `before` but `after`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    since: date
    level: Literal["province", "commune"]
    code: str
    before: str
    after: str
    resolution: str


@cache
def changes() -> tuple[Change, ...]:
    """All known changes, oldest first."""
    text = Path(__file__).with_name("changes.yaml").read_text(encoding="utf-8")
    return tuple(Change.model_validate(row) for row in yaml.safe_load(text))


def with_changes(units: UnitList) -> UnitList:
    """The list with every change applied: the unit's row ends that day and its next one begins.

    A newer national list may call the unit by its later name for the whole time; the dates here
    are the resolutions', so they win.
    """
    rows = {unit.key: unit for unit in units.units}
    successions = list(units.successions)
    for change in changes():
        old = _last_row(rows.values(), change)
        if old is None:
            continue
        new = UnitKey(change.level, change.code, change.since)
        rows[new] = replace(old, key=new, full_name=change.after)
        rows[old.key] = replace(old, full_name=change.before, end=change.since)
        successions.append(Succession(old.key, new, "whole", True, change.resolution))
    return UnitList(tuple(rows.values()), tuple(successions))


def _last_row(units: Iterable[Unit], change: Change) -> Unit | None:
    asked = (change.level, change.code)
    return next((u for u in units if (u.key.level, u.key.code) == asked and u.end is None), None)
