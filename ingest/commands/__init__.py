"""The gate's commands: check, ingest, publish, withdraw, sample, units, parcels."""

import typer

from ingest.commands import dossiers, parcels, sample, units, versions


def register(app: typer.Typer) -> None:
    """Hang the gate's commands on the command line, in the order in which help lists them."""
    dossiers.register(app)
    versions.register(app)
    sample.register(app)
    units.register(app)
    parcels.register(app)
