"""The command line: the one place that knows all four rooms."""

import asyncio
import socket
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import typer
import uvicorn

from api.ask_once import ask_once
from api.deps import Pool
from api.lookup.ask import Question, answer, by_key, by_lonlat, by_northing_easting
from api.lookup.communes import known_commune_codes
from api.lookup.text import answer_lines
from ingest import commands
from ingest.jobs import run_worker
from ingest.sample.demo import ensure_demo
from schemas.backup import bring_back, save
from schemas.cluster import Cluster, database_url
from schemas.crs import srid_of
from schemas.day import legal_day
from schemas.errors import BadQuestion, PortTaken, RegisterError
from schemas.register import open_register
from schemas.settings import Settings
from schemas.terminal import complain, emit, err, exit_code, out, say
from schemas.words import Words

app = typer.Typer(
    help="Sổ Quy Hoạch: từ hồ sơ quy hoạch đến câu trả lời cho từng thửa đất.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="Cơ sở dữ liệu / the register's database.", no_args_is_help=True)
app.add_typer(db, name="db")
commands.register(app)

Json = Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Địa chỉ lắng nghe / address to listen on.")]
Workers = Annotated[int, typer.Option(min=1, help="Số tiến trình / processes.")]


@app.command()
def up(
    port: Port = 8000,
    host: Host = "127.0.0.1",
    demo: Annotated[
        bool, typer.Option("--demo", help="Nạp dữ liệu mẫu / load the sample.")
    ] = False,
) -> None:
    """Mọi thứ trong một lệnh: cơ sở dữ liệu, nâng cấp, phục vụ, worker / everything at once."""
    _check_port(host, port)
    settings = Settings()
    url = open_register(settings)
    if demo:
        ensure_demo(url, settings, datetime.now(UTC))
    base = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    out.print()
    say(Words("Ba địa chỉ nên mở:", "Three addresses worth opening:"))
    for address, words in (
        (f"{base}/?q=5/12", Words("tra cứu thửa 12, tờ 5", "look up parcel 12, sheet 5")),
        (f"{base}/map", Words("bản đồ", "the map")),
        (f"{base}/docs", Words("tài liệu API", "the API")),
    ):
        out.print(f"  {address}   {words}", markup=False)
    out.print()
    Thread(target=run_worker, args=(url, settings), kwargs={"alone": False}, daemon=True).start()
    _serve(host, port, 1)


@app.command()
def serve(port: Port = 8000, host: Host = "127.0.0.1", workers: Workers = 1) -> None:
    """Phục vụ HTTP / serve over HTTP."""
    _check_port(host, port)
    open_register(Settings())
    _serve(host, port, workers)


def _check_port(host: str, port: int) -> None:
    """Raises PortTaken before anything else is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                Words(
                    f"Không mở được cổng {port}: {error}", f"Port {port} cannot be opened: {error}"
                ),
                remedy=Words(
                    "Chọn cổng khác: make run PORT=8010", "Choose another: make run PORT=8010"
                ),
            ) from error


def _serve(host: str, port: int, workers: int) -> None:
    uvicorn.run(
        "api.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        proxy_headers=True,
    )


@app.command()
def worker() -> None:
    """Làm việc nền / background work; run as many as you like."""
    settings = Settings()
    url = open_register(settings)
    run_worker(url, settings)


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


@app.command()
def lookup(
    parcel: Annotated[str | None, typer.Option(help="COMMUNE/SHEET/NUMBER")] = None,
    lonlat: Annotated[str | None, typer.Option(help="LON,LAT (WGS 84)")] = None,
    xy: Annotated[str | None, typer.Option(help="NORTHING,EASTING")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:N")] = None,
    valid_at: Annotated[str | None, typer.Option(help="YYYY-MM-DD")] = None,
    known_at: Annotated[str | None, typer.Option(help="ISO 8601")] = None,
    as_json: Json = False,
) -> None:
    """Quy hoạch nào áp dụng tại một nơi / which plans apply to one place."""
    settings, moment = Settings(), datetime.now(UTC)
    day = _date(valid_at) or legal_day(moment)
    known = _moment(known_at) or moment

    async def ask(database: Pool) -> dict[str, Any]:
        question = await _question(database, settings, parcel, lonlat, xy, crs, day)
        return await answer(database, question, day, known)

    document = asyncio.run(ask_once(open_register(settings), ask))
    if as_json:
        emit(document)
    else:
        out.print("\n".join(answer_lines(document)), markup=False)


async def _question(
    database: Pool,
    settings: Settings,
    parcel: str | None,
    lonlat: str | None,
    xy: str | None,
    crs: str | None,
    day: date,
) -> Question:
    if [parcel, lonlat, xy].count(None) != 2 or (xy is None) != (crs is None):
        raise BadQuestion(
            Words(
                "Hãy dùng đúng một cách: --parcel, --lonlat, hoặc --xy với --crs.",
                "Use exactly one of --parcel, --lonlat, or --xy with --crs.",
            )
        )
    if parcel is not None:
        parts = [part.strip() for part in parcel.split("/", 2)]
        if len(parts) != 3 or not all(parts):
            raise BadQuestion(
                Words("Viết --parcel XÃ/TỜ/THỬA.", "Write --parcel COMMUNE/SHEET/NUMBER.")
            )
        codes = await known_commune_codes(database, parts[0], day)
        asked = dict(zip(("commune", "sheet", "number"), parts, strict=True))
        return by_key(codes, parts[1], parts[2], asked)
    first, second = _pair(lonlat or xy or "")
    if lonlat is not None:
        return by_lonlat(first, second, settings.storage_srid)
    return by_northing_easting(first, second, srid_of(crs or ""), settings.storage_srid)


def _pair(text: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadQuestion(
            Words(f"Không hiểu cặp số “{text}”.", f"The pair “{text}” is not understood."),
            remedy=Words("Ví dụ: --lonlat 106.75,10.31", "For example: --lonlat 106.75,10.31"),
        ) from error
    return first, second


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadQuestion(
            Words(f"Ngày “{text}” không có thật.", f"There is no date “{text}”."),
            remedy=Words("Viết YYYY-MM-DD.", "Write YYYY-MM-DD."),
        ) from error


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadQuestion(
            Words(f"Không hiểu thời điểm “{text}”.", f"No such time: “{text}”.")
        ) from error
    if moment is not None and not 1900 <= moment.year <= 2200:
        raise BadQuestion(Words("Năm phải từ 1900 đến 2200.", "The year must be 1900 to 2200."))
    if moment is not None and moment.tzinfo is None:
        raise BadQuestion(
            Words(f"“{text}” thiếu múi giờ.", f"“{text}” has no time zone."),
            remedy=Words("Ví dụ: 2026-01-31T08:00+07:00", "For example: 2026-01-31T08:00+07:00"),
        )
    return moment


def main() -> None:
    """Run the command line; every error of ours leaves with a sentence and its exit code."""
    try:
        app()
    except RegisterError as error:
        complain(error)
        raise SystemExit(exit_code(error)) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:  # the tool failed: say so, and never look like a finding
        err.print_exception(show_locals=False)
        err.print("✗ Chương trình gặp lỗi / the program failed.", markup=False)
        raise SystemExit(3) from error


if __name__ == "__main__":
    main()
