"""The operator's command about parcels: `sqh parcels load`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.given import ACTOR, Accept, Delivered, Json, clock, opened
from ingest.commands.loaded import tell_load
from ingest.parcels.load import load_parcels
from schemas.crs import srid_of
from schemas.errors import ProfileInvalid
from schemas.profiles.parcels import ParcelProfile
from schemas.terminal import counter
from schemas.words import Words

parcels = typer.Typer(help="Thửa đất / parcels.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Hang the command about parcels on the command line."""
    app.add_typer(parcels, name="parcels")


@parcels.command("load")
def parcels_load(
    path: Delivered,
    profile: Annotated[Path | None, typer.Option(help="Tệp YAML / YAML file.")] = None,
    fields: Annotated[str | None, typer.Option(help="sheet=COL,number=COL,…")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:N")] = None,
    accept_repairs: Accept = False,
    as_json: Json = False,
) -> None:
    """Nạp thửa đất / load parcels."""
    _refuse_both_or_none(profile, fields)
    settings, url, now = opened()
    described = _described(profile, fields, crs)
    with counter(Words("Đang nạp thửa đất", "Loading parcels"), quiet=as_json) as count:
        outcome = load_parcels(
            path,
            profile=described,
            url=url,
            settings=settings,
            now=now,
            actor=ACTOR,
            accept_repairs=accept_repairs,
            progress=count,
            clock=clock,
        )
    tell_load(outcome, as_json, changed=not outcome.unchanged)


def _refuse_both_or_none(profile: Path | None, fields: str | None) -> None:
    """Raises ProfileInvalid where the file is described in two ways, or in none."""
    if (profile is None) == (fields is None):
        raise ProfileInvalid(
            Words("Hãy dùng --profile hoặc --fields.", "Use either --profile or --fields.")
        )


def _described(profile: Path | None, fields: str | None, crs: str | None) -> ParcelProfile:
    """The description of the parcel file; a CRS that a person chose beats its own."""
    if profile is None:
        return ParcelProfile.from_fields(fields or "", crs=crs)
    described = ParcelProfile.from_file(profile)
    return (
        described if crs is None else described.model_copy(update={"crs": f"EPSG:{srid_of(crs)}"})
    )
