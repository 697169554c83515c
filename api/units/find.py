"""From matched units to the answer document `admin-units/1`."""

from collections.abc import Mapping
from dataclasses import asdict

from schemas.answers_units import AdminUnit, AdminUnitsDocument, Predecessor, Province, Successor
from schemas.issues import Bilingual
from schemas.unit_values import Kin, UnitAnswer, UnitMatch, UnitQuestion


def units_document(
    question: UnitQuestion, answer: UnitAnswer, query: Mapping[str, str | None], limit: int
) -> AdminUnitsDocument:
    """The document of an answer; `query` is echoed, `limit` cuts the items, never the count."""
    return AdminUnitsDocument.model_validate(
        {
            "schema": "admin-units/1",
            "at": question.at,
            "query": query,
            "unique": answer.unique,
            "count": len(answer.matches),
            "items": [_item(match) for match in answer.matches[:limit]],
            "why": Bilingual(vi=answer.why.vi, en=answer.why.en) if answer.why else None,
        }
    )


def _item(match: UnitMatch) -> AdminUnit:
    facts = asdict(match)
    place = facts.pop("province_code"), facts.pop("province")
    return AdminUnit(
        **facts
        | {
            "province": Province(code=place[0], name=place[1]) if place[0] else None,
            "former": [_predecessor(kin) for kin in match.former],
            "predecessors": [_predecessor(kin) for kin in match.predecessors],
            "successors": [_successor(kin) for kin in match.successors],
        }
    )


def _predecessor(kin: Kin) -> Predecessor:
    return Predecessor(
        code=kin.code,
        full_name=kin.full_name,
        district=kin.district,
        share=kin.share,
        main=kin.main,
        until=kin.until,
    )


def _successor(kin: Kin) -> Successor:
    return Successor(
        code=kin.code, name=kin.name, full_name=kin.full_name, share=kin.share, main=kin.main
    )
