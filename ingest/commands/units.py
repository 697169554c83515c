"""The operator's command about administrative units: `sqh units load`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.given import ACTOR, Json, opened
from ingest.commands.loaded import tell_load
from ingest.units.load import load_units
from schemas.terminal import stages

units = typer.Typer(help="Đơn vị hành chính / administrative units.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Hang the command about units on the command line."""
    app.add_typer(units, name="units")


@units.command("load")
def units_load(
    file: Annotated[Path | None, typer.Argument(help="Tệp ranh giới / boundaries.")] = None,
    as_json: Json = False,
) -> None:
    """Nạp đơn vị hành chính có lịch sử / load administrative units with their history."""
    settings, url, now = opened()
    with stages(quiet=as_json) as tell:
        outcome = load_units(file, url=url, settings=settings, now=now, actor=ACTOR, progress=tell)
    tell_load(outcome, as_json, changed=outcome.changed)
