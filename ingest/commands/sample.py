"""The command that writes the deliveries of the invented ward: `sqh sample`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.given import Json, opened
from ingest.sample import FILE_COUNT, write_sample
from ingest.sample.demo import load_demo
from schemas.terminal import counter, emit, out
from schemas.words import Words


def register(app: typer.Typer) -> None:
    """Hang the command on the command line."""
    app.command()(sample)


def sample(
    directory: Annotated[Path, typer.Argument(help="Thư mục ghi ra / folder to write.")],
    load: Annotated[bool, typer.Option("--load", help="Nạp luôn vào sổ / load it too.")] = False,
    as_json: Json = False,
) -> None:
    """Viết hồ sơ mẫu của phường bịa / write the deliveries of the invented ward."""
    with counter(Words("Đang viết hồ sơ mẫu", "Writing the sample"), quiet=as_json) as count:
        done: list[Path] = []

        def written(path: Path) -> None:
            done.append(path)
            count(len(done), FILE_COUNT)

        files = write_sample(directory, written)
    if load:
        settings, url, now = opened()
        load_demo(directory, url, settings, now)
    if as_json:
        emit({"files": [str(path) for path in files], "loaded": load})
        return
    for path in files:
        out.print(str(path), markup=False)
