"""The commands that put a plan version in force and take it back: publish, withdraw."""

from dataclasses import asdict
from typing import Annotated

import typer

from ingest.commands.given import ACTOR, Json, clock, opened
from ingest.register.publish import Change
from ingest.register.publish import publish as publish_version
from ingest.register.publish import withdraw as withdraw_version
from schemas.terminal import emit, out
from schemas.words import Words

Reason = Annotated[str | None, typer.Option(help="Lý do / reason.")]
Version = Annotated[str, typer.Argument(help="PLAN/ORDINAL")]
STATES = {
    "staged": Words("chờ công bố", "staged"),
    "published": Words("đã công bố", "published"),
    "superseded": Words("đã công bố, có phiên bản sau", "published, a later version follows"),
    "withdrawn": Words("đã thu hồi", "withdrawn"),
    "rejected": Words("không đạt", "rejected"),
}


def register(app: typer.Typer) -> None:
    """Hang the commands about versions on the command line."""
    app.command()(publish)
    app.command()(withdraw)


def publish(version: Version, reason: Reason = None, as_json: Json = False) -> None:
    """Công bố một phiên bản / put a staged version in force."""
    _, url, now = opened()
    actor = f"{ACTOR}: {reason}" if reason else ACTOR
    _tell(publish_version(version, url=url, now=now, actor=actor, clock=clock), as_json)


def withdraw(version: Version, reason: Reason = None, as_json: Json = False) -> None:
    """Thu hồi một phiên bản, giữ lịch sử / withdraw a version; its history stays."""
    _, url, now = opened()
    _tell(withdraw_version(version, reason, url=url, now=now, actor=ACTOR, clock=clock), as_json)


def _tell(change: Change, as_json: bool) -> None:
    if as_json:
        emit(asdict(change))
        return
    sign = "✓" if change.changed else "="
    out.print(f"{sign} {change.version}: {STATES[change.status]}", markup=False)
