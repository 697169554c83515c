"""What several commands of the gate are given: the same options, the register, the time."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.register import open_register
from schemas.settings import Settings

Delivered = Annotated[Path, typer.Argument(help="Thư mục, zip hoặc tệp / folder, zip or file.")]
Accept = Annotated[
    bool, typer.Option("--accept-repairs", help="Chấp nhận sửa hình học / accept repairs.")
]
Json = Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")]
ACTOR = "sqh"


def opened() -> tuple[Settings, str, datetime]:
    """The register that `SQH_*` names, up to date, and the time of this command."""
    settings = Settings()
    return settings, open_register(settings), clock()


def clock() -> datetime:
    return datetime.now(UTC)
