"""What a staged dossier would change: zones added, removed, changed, unchanged, in m²."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from shapely import box, geometry
from shapely.affinity import translate

from api.deps import WritePool
from api.dossiers import difference
from api.dossiers.difference import AT_ONCE, ComparedLater, difference_of
from ingest.register.load import load_delivery
from schemas.crs import project_one
from schemas.db import connect
from tests.conftest import Register

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
WHOLE = box(0, 0, 200, 100)


class Compared:
    """A register to which hand-drawn versions of one plan are delivered."""

    def __init__(self, register: Register, drawing: Any, drawn_rows: Any, pool: WritePool) -> None:
        self.register, self.drawing, self.rows, self.pool = register, drawing, drawn_rows, pool
        self.count = 0

    def load(self, zones: Any, *, publish: bool = False, **more: Any) -> int:
        self.count += 1
        values = {
            "boundary": WHOLE, "valid_from": date(2019 + self.count, 1, 1),
            "adjustment_kind": "first" if self.count == 1 else "overall", **more,
        }  # fmt: skip
        version = self.drawing.version(zones=self.rows(zones), **values)
        outcome = load_delivery(
            self.drawing.delivery(f"d{self.count}", version), url=self.register.url,
            settings=self.register.settings, now=NOW, actor="test", publish=publish,
        )  # fmt: skip
        assert outcome.dossier_id is not None
        return outcome.dossier_id

    async def difference(self, dossier: int) -> dict[str, Any]:
        found = (await difference_of(self.pool, dossier))["versions"]
        assert len(found) == 1
        version: dict[str, Any] = found[0]
        return version

    async def counts(self, dossier: int, level: str = "lot") -> dict[str, tuple[int, float]]:
        found = (await self.difference(dossier))["levels"][level]
        return {
            change: (row["zones"], round(row["area_m2"], 3))
            for change, row in found.items()
            if row["zones"]
        }


@pytest.fixture
async def compared(
    fresh_register: Callable[[int], Register], drawing: Any, drawn_rows: Any
) -> AsyncIterator[Compared]:
    register = fresh_register(9210)
    pool = WritePool(register.url)
    yield Compared(register, drawing, drawn_rows, pool)
    await pool.close()


def lot(symbol: str, shape: Any, **more: Any) -> tuple[dict[str, Any], Any]:
    return {"level": "lot", "symbol": symbol, **more}, shape


LEFT, RIGHT = box(0, 0, 100, 100), box(100, 0, 200, 100)


async def test_of_a_plans_first_version_every_zone_is_new(compared: Compared) -> None:
    first = compared.load([lot("A", LEFT), lot("B", RIGHT)])
    found = await compared.difference(first)
    assert found["against"] is None
    assert await compared.counts(first) == {"added": (2, 20_000.0)}


async def test_a_plan_delivered_again_unchanged_changes_nothing(compared: Compared) -> None:
    compared.load([lot("A", LEFT), lot("B", RIGHT)], publish=True)
    again = compared.load([lot("B", RIGHT), lot("A", LEFT)])
    found = await compared.difference(again)
    assert found["against"] == {"version": 1, "decision": "12/QĐ-UBND", "date": date(2019, 12, 1)}
    assert await compared.counts(again) == {"unchanged": (2, 20_000.0)}
    assert found["items"] == []


async def test_the_same_ring_begun_elsewhere_is_the_same_zone(compared: Compared) -> None:
    compared.load([lot("A", LEFT)], publish=True)
    turned = geometry.Polygon([(100, 100), (0, 100), (0, 0), (100, 0)])
    again = compared.load([lot("A", turned)])
    assert await compared.counts(again) == {"unchanged": (1, 10_000.0)}


async def test_facts_that_differ_are_named(compared: Compared) -> None:
    compared.load(
        [lot("A", LEFT, function_1="Đất ở", storeys_text="3÷5", storeys_max=5.0)], publish=True
    )
    newer = compared.load(
        [lot("A", LEFT, function_1="Đất cây xanh", storeys_text="0", storeys_max=0.0)]
    )
    found = await compared.difference(newer)
    item = found["items"][0]
    assert (item["change"], item["what"], item["moved_m2"]) == (
        "changed", ["function_1", "storeys"], 0.0,
    )  # fmt: skip
    assert (item["before"]["function_1"], item["after"]["function_1"]) == ("Đất ở", "Đất cây xanh")


async def test_a_moved_border_changes_both_zones_by_its_strip(compared: Compared) -> None:
    compared.load([lot("A", LEFT), lot("B", RIGHT)], publish=True)
    newer = compared.load([lot("A", box(0, 0, 110, 100)), lot("B", box(110, 0, 200, 100))])
    found = await compared.difference(newer)
    assert await compared.counts(newer) == {"changed": (2, 20_000.0)}
    assert {(item["after"]["symbol"], item["moved_m2"]) for item in found["items"]} == {
        ("A", 1000.0), ("B", 1000.0),
    }  # fmt: skip
    assert all(item["what"] == ["shape"] for item in found["items"])


async def test_rounding_of_coordinates_is_no_change(compared: Compared) -> None:
    compared.load([lot("A", LEFT)], publish=True)
    newer = compared.load([lot("A", translate(LEFT, 0.001, 0.001))])
    assert await compared.counts(newer) == {"unchanged": (1, 10_000.0)}


async def test_a_zone_cut_in_unequal_parts_keeps_the_larger_and_gains_the_smaller(
    compared: Compared,
) -> None:
    compared.load([lot("A", LEFT)], publish=True)
    newer = compared.load([lot("A1", box(0, 0, 70, 100)), lot("A2", box(70, 0, 100, 100))])
    assert await compared.counts(newer) == {"changed": (1, 7000.0), "added": (1, 3000.0)}


async def test_zones_that_are_gone_are_removed_with_their_place(compared: Compared) -> None:
    compared.load([lot("A", LEFT), lot("B", RIGHT)], publish=True)
    newer = compared.load([lot("A", LEFT)])
    found = await compared.difference(newer)
    assert await compared.counts(newer) == {"removed": (1, 10_000.0), "unchanged": (1, 10_000.0)}
    item = found["items"][0]
    assert (item["change"], item["before"]["symbol"], item["after"]) == ("removed", "B", None)
    place = project_one(geometry.shape(item["geometry"]), 4326, 9210)
    assert place.symmetric_difference(RIGHT).area < 3  # degrees to 1 cm


async def test_levels_are_told_apart(compared: Compared) -> None:
    cell = {"level": "cell", "symbol": "K"}
    compared.load([(cell, WHOLE), lot("A", LEFT)], publish=True)
    newer = compared.load([(cell, WHOLE), lot("A", LEFT, land_use_code="ODT")])
    assert await compared.counts(newer, "cell") == {"unchanged": (1, 20_000.0)}
    assert await compared.counts(newer, "lot") == {"changed": (1, 10_000.0)}


async def test_zones_on_top_of_each_other_meet_one_each(compared: Compared) -> None:
    compared.load([lot("A", LEFT), lot("B", LEFT)], publish=True)
    newer = compared.load([lot("B", LEFT), lot("A", LEFT), lot("C", LEFT)])
    assert await compared.counts(newer) == {"unchanged": (2, 20_000.0), "added": (1, 10_000.0)}


async def test_a_local_adjustment_changes_only_what_lies_inside_its_boundary(
    compared: Compared,
) -> None:
    cell = {"level": "cell", "symbol": "K"}
    compared.load([(cell, WHOLE), lot("A", LEFT), lot("B", RIGHT)], publish=True)
    inside = box(80, 0, 100, 100)
    local = compared.load([lot("N", inside)], adjustment_kind="local", boundary=inside)
    assert await compared.counts(local) == {
        "changed": (1, 8000.0), "added": (1, 2000.0), "unchanged": (1, 10_000.0),
    }  # fmt: skip
    assert await compared.counts(local, "cell") == {"unchanged": (1, 20_000.0)}
    found = await compared.difference(local)
    cut = next(item for item in found["items"] if item["change"] == "changed")
    assert (cut["before_m2"], cut["after_m2"], cut["moved_m2"]) == (10_000.0, 8000.0, 2000.0)


async def test_a_local_adjustment_says_the_same_before_and_after_publication(
    compared: Compared,
) -> None:
    compared.load([lot("A", LEFT), lot("B", RIGHT)], publish=True)
    inside = box(80, 0, 120, 100)
    local = compared.load([lot("N", inside)], adjustment_kind="local", boundary=inside)
    before = await compared.counts(local)
    from ingest.register.publish import publish

    publish("p1/2", url=compared.register.url, now=NOW, actor="test")
    assert await compared.counts(local) == before
    assert (await compared.difference(local))["against"]["version"] == 1


async def test_it_is_compared_with_what_is_in_force_on_its_first_day(compared: Compared) -> None:
    compared.load([lot("A", LEFT)], publish=True)  # from 2020
    compared.load([lot("B", RIGHT)], publish=True)  # from 2021
    between = compared.load([lot("A", LEFT)], valid_from=date(2020, 6, 1))
    later = compared.load([lot("A", LEFT)], valid_from=date(2024, 1, 1))
    assert (await compared.difference(between))["against"]["version"] == 1
    assert (await compared.difference(later))["against"]["version"] == 2


async def test_a_plan_and_its_adjustment_in_one_dossier_are_compared_with_each_other(
    compared: Compared,
) -> None:
    drawing, rows = compared.drawing, compared.rows
    plan = drawing.version(boundary=WHOLE, zones=rows([lot("A", LEFT), lot("B", RIGHT)]))
    inside = box(0, 0, 50, 100)
    change = drawing.version(
        adjustment_kind="local", valid_from=date(2023, 1, 1), boundary=inside,
        zones=rows([lot("N", inside)]),
    )  # fmt: skip
    outcome = load_delivery(
        drawing.delivery("both", change, plan), url=compared.register.url,
        settings=compared.register.settings, now=NOW, actor="test", publish=False,
    )  # fmt: skip
    assert outcome.dossier_id is not None
    first, second = (await difference_of(compared.pool, outcome.dossier_id))["versions"]
    assert (first["against"], second["against"]["version"]) == (None, 1)
    assert second["levels"]["lot"]["unchanged"]["zones"] == 1


async def test_many_changes_are_counted_and_the_largest_listed(compared: Compared) -> None:
    squares = [box(20 * n, 0, 20 * n + 10 + n % 7, 10) for n in range(300)]
    compared.load([lot("A", LEFT)], publish=True)
    newer = compared.load([lot(str(n), square) for n, square in enumerate(squares)])
    found = await compared.difference(newer)
    assert (len(found["items"]), found["more"]) == (200, 101)
    moved = [item["moved_m2"] for item in found["items"]]
    assert moved == sorted(moved, reverse=True)


async def test_the_areas_add_up_to_the_new_drawing(compared: Compared) -> None:
    old = [lot(f"{x}{y}", box(x, y, x + 20, y + 20)) for x in range(0, 200, 20) for y in (0, 20, 40)]  # fmt: skip
    new = [lot(f"{x}{y}", box(x, y, x + 25, y + 20)) for x in range(0, 200, 25) for y in (0, 20)]
    compared.load(old, publish=True)
    counts = await compared.counts(compared.load(new))
    of_new = sum(area for change, (_, area) in counts.items() if change != "removed")
    assert of_new == pytest.approx(200 * 40)


# Long work, bounded


async def test_many_comparisons_at_once_leave_connections_to_everybody_else(
    compared: Compared,
) -> None:
    first = compared.load([lot("A", LEFT)])
    with connect(compared.register.url) as other:
        other.execute("LOCK TABLE zone IN ACCESS EXCLUSIVE MODE")
        running = [asyncio.create_task(compared.difference(first)) for _ in range(12)]
        done, waiting = await asyncio.wait(running, timeout=2)
        assert (len(done), len(waiting)) == (12 - AT_ONCE, AT_ONCE)
        assert all(isinstance(each.exception(), ComparedLater) for each in done)
        assert "tải lại" in str(next(iter(done)).exception()).lower()
        assert await asyncio.wait_for(compared.pool.fetchval("SELECT 1"), 2) == 1
    assert all(each["levels"] for each in await asyncio.gather(*waiting))
    assert await compared.counts(first) == {"added": (1, 10_000.0)}


async def test_a_comparison_that_takes_too_long_ends_in_words(
    compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compared.load([lot("A", LEFT)])
    monkeypatch.setattr(difference, "PATIENCE_S", 0.3)
    with connect(compared.register.url) as other:
        other.execute("LOCK TABLE zone IN ACCESS EXCLUSIVE MODE")
        for _ in range(AT_ONCE + 1):
            with pytest.raises(ComparedLater, match="chưa xong"):
                await compared.difference(first)
    assert await compared.counts(first) == {"added": (1, 10_000.0)}
