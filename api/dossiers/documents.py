"""Dossiers as documents: how one stands, what may be done with it, and where the rest is."""

from typing import Any

import orjson

from api.deps import Pool
from api.dossiers.ask import QUERIES
from api.dossiers.rights import only_of, possible
from schemas.accounts import Person
from schemas.dossier_words import STATES, WORKS, failure_words, verdict
from schemas.errors import NotFound
from schemas.quarantine import delivered_bytes
from schemas.run_identity import is_stale
from schemas.settings import Settings
from schemas.words import Words

PER_PAGE = 50
NO_DOSSIER = Words("Không có hồ sơ này.", "There is no such dossier.")


async def dossier_of(
    database: Pool, dossier_id: int, person: Person, settings: Settings
) -> dict[str, Any]:
    """One dossier as this person sees it. Raises NotFound, also for another planner's."""
    text = await database.fetchval(QUERIES["dossier"], dossier_id, only_of(person))
    if text is None:
        raise NotFound(NO_DOSSIER)
    dossier: dict[str, Any] = orjson.loads(text)
    run, counts = dossier["run"], (dossier["run"] or {}).get("counts", {})
    may = possible(dossier, person)
    return dossier | {
        "schema": "dossier/1",
        "state_words": STATES[dossier["state"]]._asdict(),
        "verdict": _verdict(dossier, counts)._asdict(),
        "counts": counts,
        "stale": run is not None and is_stale(dossier["profile"], _read_with(run), settings),
        "kept": delivered_bytes(settings, dossier["sha256"]) is not None,
        "may": may,
        "links": _links(dossier_id),
    }


async def dossiers_of(database: Pool, person: Person, before: int | None = None) -> dict[str, Any]:
    """The dossiers this person sees, newest first, a page at a time."""
    rows = await database.fetch(QUERIES["dossiers"], only_of(person), before, PER_PAGE + 1)
    items = [_listed(orjson.loads(row["document"])) for row in rows[:PER_PAGE]]
    more = items[-1]["id"] if len(rows) > PER_PAGE else None
    return {
        "schema": "dossiers/1",
        "items": items,
        "next": f"/v1/dossiers?before={more}" if more else None,
        "before": more,
    }


def public(dossier: dict[str, Any]) -> dict[str, Any]:
    """The document without what only the program needs: account ids."""
    wishes = {name: value for name, value in dossier["wishes"].items() if name != "by"}
    hidden = ("uploader_id", "asked")
    return {name: value for name, value in dossier.items() if name not in hidden} | {
        "wishes": wishes
    }


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    return item | {
        "state_words": STATES[item["state"]]._asdict(),
        "verdict": _verdict(item, item["counts"])._asdict(),
        "links": _links(item["id"]),
    }


def _verdict(dossier: dict[str, Any], counts: dict[str, int]) -> Words:
    """The answer in one sentence; none before the work on the dossier has ended.

    A work that came to no end is told before anything else.
    """
    if dossier["work"] is not None:
        doing = WORKS[dossier["work"]]
        return Words(f"Đang {doing.vi}, chưa xong.", f"A {doing.en} is under way.")
    if dossier["failure"] is not None:
        return failure_words(dossier["failure"])
    return verdict(dossier["state"], counts)


def _read_with(run: dict[str, Any]) -> tuple[str, str, str]:
    return run["code_version"], run["profile_hash"], run["settings_hash"]


def _links(dossier_id: int) -> dict[str, str]:
    own = f"/v1/dossiers/{dossier_id}"
    parts = ("issues", "events", "difference")
    return {"self": own, "page": f"/dossiers/{dossier_id}"} | {
        part: f"{own}/{part}" for part in parts
    }
