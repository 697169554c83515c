"""The commands about the register's database: `sqh db …`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.backup import bring_back, save
from schemas.cluster import Cluster, database_url
from schemas.register import open_register
from schemas.settings import Settings
from schemas.terminal import emit, out, say
from schemas.words import Words

Json = Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")]

db = typer.Typer(help="Cơ sở dữ liệu / the register's database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Hang the database's commands on the command line."""
    app.add_typer(db, name="db")


@db.command("start")
def db_start(as_json: Json = False) -> None:
    """Khởi động cụm riêng / start the private cluster."""
    Cluster(Settings().state_dir).start()
    db_status(as_json)


@db.command("stop")
def db_stop(as_json: Json = False) -> None:
    """Dừng cụm riêng / stop the private cluster."""
    Cluster(Settings().state_dir).stop()
    db_status(as_json)


@db.command("status")
def db_status(as_json: Json = False) -> None:
    """Tình trạng / whether it runs, where it keeps its data."""
    settings = Settings()
    if settings.database_url:
        words = Words("Dùng SQH_DATABASE_URL.", "SQH_DATABASE_URL is used.")
        _done({"private": False}, words, as_json)
        return
    status = Cluster(settings.state_dir).status()
    facts = {"private": True, **asdict(status)}
    if as_json:
        emit(facts)
        return
    for name, value in facts.items():
        out.print(f"{name:18} {value}", markup=False)


@db.command("url")
def db_url(as_json: Json = False) -> None:
    """Địa chỉ kết nối (có mật khẩu) / the connection address (holds the password)."""
    url = database_url(Settings())
    if as_json:
        emit({"url": url})
    else:
        out.print(url, markup=False)


@db.command("migrate")
def db_migrate(as_json: Json = False) -> None:
    """Nâng cấp các bảng / bring the tables up to date."""
    settings = Settings()
    open_register(settings)
    _done({"migrated": True}, Words("Đã nâng cấp.", "Migrated."), as_json)


@db.command("backup")
def db_backup(file: Path, as_json: Json = False) -> None:
    """Sao lưu cả sổ, kèm mọi bản gốc / back up the whole register, originals included."""
    settings = Settings()
    save(database_url(settings), settings, file)
    _done({"file": str(file)}, Words(f"Đã ghi {file}.", f"Wrote {file}."), as_json)


@db.command("restore")
def db_restore(file: Path, as_json: Json = False) -> None:
    """Thay sổ bằng một bản sao lưu / replace the register by a backup."""
    settings = Settings()
    url = database_url(settings)
    bring_back(url, settings, file)
    _done({"restored": True}, Words("Đã khôi phục.", "Restored."), as_json)


def _done(document: dict[str, Any], words: Words, as_json: bool) -> None:
    if as_json:
        emit(document)
    else:
        say(words)
