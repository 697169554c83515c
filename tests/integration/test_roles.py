"""Who may call what: every route of the program × every role, really called."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.accounts.access import Access, open_to_all
from api.accounts.credentials import csrf_of
from api.app import create_app
from schemas.accounts import ROLES
from schemas.settings import Settings
from tests.conftest import Register
from tests.people import House, house_of

ANYONE = ("anonymous", *ROLES)
SIGNED = ROLES
GATE = ("planner", "approver", "admin")
SENDS = ("planner", "admin")
DECIDES = ("approver",)
ADMIN = ("admin",)
ANSWERS = ("officer", "approver", "admin")

MATRIX: dict[str, tuple[str, ...]] = {
    "GET /": ANYONE,
    "GET /openapi.json": ANYONE,
    "GET /static": ANYONE,
    "GET /docs": ANYONE,
    "GET /map": ANYONE,
    "GET /data": ANYONE,
    "GET /plans": ANYONE,
    "GET /plans/{plan}": ANYONE,
    "GET /plans/{plan}/versions/{version}": ANYONE,
    "GET /plans/{plan}/versions/{version}/documents/{document}": ANYONE,
    "GET /plans/{plan}/versions/{version}/map.html": ANYONE,
    "GET /parcels/{commune}/{sheet}/{number:path}": ANYONE,
    "GET /parcels/{commune}/{sheet}/{number:path}.json": ANYONE,
    "GET /parcels/{commune}/{sheet}/{number:path}.pdf": ANYONE,
    "POST /extracts": ANYONE,
    "POST /v1/extracts": ANYONE,
    "GET /extracts/{code}.pdf": ANYONE,
    "GET /v1/extracts/keys": ANYONE,
    "GET /verify": ANYONE,
    "POST /verify": ANYONE,
    "GET /verify/{code}": ANYONE,
    "GET /v1/verify/{code}": ANYONE,
    "GET /tiles/{layer}.json": ANYONE,
    "GET /tiles/{layer}/{z}/{x}/{y}.mvt": ANYONE,
    "GET /v1/admin-units": ANYONE,
    "GET /v1/lookup": ANYONE,
    "POST /v1/lookup": ANYONE,
    "GET /v1/plans": ANYONE,
    "GET /v1/search": ANYONE,
    "GET /v1/changes": ANYONE,
    "GET /feeds/parcels/{commune}/{sheet}/{number:path}.{form}": ANYONE,
    "GET /feeds/communes/{code}.{form}": ANYONE,
    "GET /feeds/areas/{area}.{form}": ANYONE,
    "GET /watch": ANYONE,
    "GET /watch/parcels/{commune}/{sheet}/{number:path}": ANYONE,
    "GET /watch/communes/{code}": ANYONE,
    "GET /watch/areas/{area}": ANYONE,
    "POST /v1/tickets": ANYONE,
    "GET /v1/tickets/{ticket}": ANYONE,
    "POST /reports": ANYONE,
    "GET /reports/new": ANYONE,
    "GET /reports/{ticket}": ANYONE,
    "GET /reports/{ticket}/photo": ANYONE,
    "GET /reports": ANSWERS,
    "GET /reports/{ticket}/desk": ANSWERS,
    "GET /reports/{ticket}/desk/photo": ANSWERS,
    "POST /reports/{ticket}/answer": ANSWERS,
    "POST /reports/{ticket}/close": ANSWERS,
    "GET /health/live": ANYONE,
    "GET /health/ready": ANYONE,
    "GET /metrics": ANYONE,
    "GET /login": ANYONE,
    "POST /login": ANYONE,
    "POST /logout": SIGNED,
    "GET /v1/me": SIGNED,
    "GET /account": SIGNED,
    "POST /account/password": SIGNED,
    "POST /account/sessions": SIGNED,
    "POST /account/tokens": SIGNED,
    "POST /account/tokens/{token}/revoke": SIGNED,
    "GET /accounts": ADMIN,
    "POST /accounts": ADMIN,
    "POST /accounts/{account}/role": ADMIN,
    "POST /accounts/{account}/disable": ADMIN,
    "POST /accounts/{account}/enable": ADMIN,
    "GET /audit": ADMIN,
    "GET /v1/dossiers": GATE,
    "POST /v1/dossiers": SENDS,
    "GET /v1/dossiers/{dossier}": GATE,
    "GET /v1/dossiers/{dossier}/issues": GATE,
    "GET /v1/dossiers/{dossier}/issues.{form}": GATE,
    "GET /v1/dossiers/{dossier}/difference": GATE,
    "GET /v1/dossiers/{dossier}/events": GATE,
    "POST /v1/dossiers/{dossier}/check": SENDS,
    "POST /v1/dossiers/{dossier}/publish": DECIDES,
    "POST /v1/dossiers/{dossier}/reject": DECIDES,
    "POST /v1/plans/{plan}/versions/{version}/withdraw": DECIDES,
    "GET /dossiers": GATE,
    "POST /dossiers": SENDS,
    "GET /dossiers/{dossier}": GATE,
    "GET /dossiers/{dossier}/reports/{name}": GATE,
    "POST /dossiers/{dossier}/check": SENDS,
    "POST /dossiers/{dossier}/publish": DECIDES,
    "POST /dossiers/{dossier}/reject": DECIDES,
    "POST /plans/{plan}/versions/{version}/withdraw": DECIDES,
}
"""Each route and those it lets in; all others get 401 (nobody) or 403 (the wrong role)."""

PARTS = {
    "code": "7K3Q9M2X4TRB", "plan": "p", "version": "1", "document": "1", "commune": "1", "sheet": "1", "number:path": "1",
    "layer": "zones", "z": "1", "x": "1", "y": "1", "token": "1", "account": "999999",
    "dossier": "999999", "form": "geojson", "name": "index.html",
    "area": "x", "ticket": "2222-2222",
}  # fmt: skip
FORGED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "form": {"data": {"csrf": "0" * 64}},
    "json": {"json": {"csrf": "0" * 64}},
    "multipart": {"files": {"csrf": (None, "0" * 64), "file": ("a.zip", b"PK")}},
}
SAFE = ("GET", "HEAD", "OPTIONS")


def routes_of(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """`METHOD /path` and the route itself, for every route and mount there is."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(set(getattr(route, "methods", None) or {"GET"}) - {"HEAD"}):
            yield f"{method} {route.path}", route


def declared(dependant: Any) -> list[Any]:
    """The accesses that a route's dependencies name, however deep."""
    if dependant is None:
        return []
    own = [dependant.call] if isinstance(dependant.call, Access) else []
    own += [dependant.call] if dependant.call is open_to_all else []
    return own + [found for each in dependant.dependencies for found in declared(each)]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(), "postgresql://nobody@127.0.0.1:1/none")


@pytest.fixture
async def house(register: Register) -> AsyncIterator[House]:
    async with house_of(register) as house:
        yield house


def test_every_route_stands_in_the_matrix(app: FastAPI) -> None:
    assert sorted(name for name, _ in routes_of(app)) == sorted(MATRIX)


def test_every_route_that_changes_something_declares_its_access(app: FastAPI) -> None:
    for name, route in routes_of(app):
        accesses = declared(getattr(route.original_route, "dependant", None))
        if name.split()[0] not in SAFE:
            assert len(accesses) == 1, name
        roles = accesses[0].roles if accesses and accesses[0] is not open_to_all else None
        expected = None if MATRIX[name] == ANYONE else set(MATRIX[name])
        assert roles == expected, name


def test_a_route_that_declares_access_reads_no_body_before_it(app: FastAPI) -> None:
    for name, route in routes_of(app):
        dependant = getattr(route.original_route, "dependant", None)
        if any(isinstance(access, Access) for access in declared(dependant)):
            assert dependant.body_params == [], name


def test_the_api_page_says_what_a_route_asks_for(app: FastAPI) -> None:
    document = app.openapi()
    assert set(document["components"]["securitySchemes"]) == {"bearer", "session"}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            allowed = next(
                who for name, who in MATRIX.items()
                if name.replace(":path}", "}") == f"{method.upper()} {path}"
            )  # fmt: skip
            expected = None if allowed == ANYONE else [{"bearer": []}, {"session": []}]
            assert described.get("security") == expected, (method, path)
            assert ("401" in described["responses"]) == (expected is not None)


async def test_every_route_lets_in_whom_the_matrix_says(house: House) -> None:
    people = {role: await house.hire(f"Ma trận {role}", role) for role in ROLES}
    wrong = []
    for name, allowed in MATRIX.items():
        method, path = name.split()
        address = re.sub(r"\{(.+?)\}", lambda part: PARTS[part[1]], path)
        for who in ANYONE:
            headers = await house.session(people[who]) if who in people else {}
            if name == "POST /login":
                headers = {"Cookie": "sqh-login=x", "X-CSRF-Token": csrf_of("x")}
            status = (await house.call(method, address, headers=headers)).status_code
            refused = 401 if who == "anonymous" else 403
            if (status == refused) == (who in allowed) or status >= 500:
                wrong.append((name, who, status))
    assert wrong == []


async def test_no_change_is_made_for_a_cookie_alone(house: House) -> None:
    people = {role: await house.hire(f"Dấu {role}", role) for role in ROLES}
    wrong = []
    for name, allowed in MATRIX.items():
        method, path = name.split()
        if method in SAFE or allowed == ANYONE:
            continue
        address = re.sub(r"\{(.+?)\}", lambda part: PARTS[part[1]], path)
        for role in allowed:
            cookie = {"Cookie": (await house.session(people[role]))["Cookie"]}
            for kind, body in FORGED.items():
                answer = await house.call(method, address, headers=cookie, **body)
                unread = name == "POST /dossiers" and kind != "multipart"
                if answer.status_code != (400 if unread else 403):
                    wrong.append((name, role, answer.status_code, kind))
    assert wrong == []
