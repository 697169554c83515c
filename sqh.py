"""The command line: the one place that knows all four rooms."""

import socket
import sys
from datetime import UTC, datetime
from threading import Thread
from typing import Annotated

import typer
import uvicorn

from api import commands as questions
from api.accounts import commands as accounts
from api.extracts import commands as papers
from ingest import commands as gate
from ingest.jobs import run_worker
from ingest.sample.demo import ensure_demo
from schemas import commands as database
from schemas.errors import PortTaken, RegisterError
from schemas.register import open_register
from schemas.settings import Settings
from schemas.terminal import complain, emit, err, exit_code, out, say
from schemas.usage_errors import Commands
from schemas.words import Words

app = typer.Typer(
    help="Sổ Quy Hoạch: từ hồ sơ quy hoạch đến câu trả lời cho từng thửa đất.",
    no_args_is_help=True,
    cls=Commands,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Địa chỉ lắng nghe / address to listen on.")]
Workers = Annotated[int, typer.Option(min=1, help="Số tiến trình / processes.")]
Demo = Annotated[bool, typer.Option("--demo", help="Nạp dữ liệu mẫu / load the sample.")]


@app.command()
def up(
    port: Port = 8000, host: Host = "127.0.0.1", demo: Demo = False, as_json: Json = False
) -> None:
    """Mọi thứ trong một lệnh: cơ sở dữ liệu, nâng cấp, phục vụ, worker / everything at once."""
    _check_port(host, port)
    settings = Settings()
    url = open_register(settings)
    if demo:
        ensure_demo(url, settings, datetime.now(UTC))
    _tell_addresses(f"http://{'localhost' if host == '127.0.0.1' else host}:{port}", as_json)
    Thread(target=run_worker, args=(url, settings), kwargs={"alone": False}, daemon=True).start()
    _serve(host, port, 1)


def _tell_addresses(base: str, as_json: bool) -> None:
    addresses = {
        f"{base}/?q=5/12": Words("tra cứu thửa 12, tờ 5", "look up parcel 12, sheet 5"),
        f"{base}/map": Words("bản đồ", "the map"),
        f"{base}/docs": Words("tài liệu API", "the API"),
    }
    if as_json:
        emit({"addresses": list(addresses)})
        sys.stdout.flush()
        return
    say(Words("Ba địa chỉ nên mở:", "Three addresses worth opening:"))
    for address, words in addresses.items():
        out.print(f"  {address}   {words}", markup=False)


@app.command()
def serve(
    port: Port = 8000, host: Host = "127.0.0.1", workers: Workers = 1, as_json: Json = False
) -> None:
    """Phục vụ HTTP / serve over HTTP."""
    _check_port(host, port)
    open_register(Settings())
    if as_json:
        emit({"address": f"http://{host}:{port}", "workers": workers})
        sys.stdout.flush()
    _serve(host, port, workers)


@app.command()
def worker(as_json: Json = False) -> None:
    """Làm việc nền / background work; run as many as you like."""
    settings = Settings()
    url = open_register(settings)
    if as_json:
        emit({"worker": "started"})
        sys.stdout.flush()
    run_worker(url, settings)


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
    trusted = Settings().trusted_proxies
    uvicorn.run(
        "api.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted,
        timeout_graceful_shutdown=5,  # whoever watches a dossier comes back to the next process
    )


gate.register(app)
questions.register(app)
database.register(app)
accounts.register(app)
papers.register(app)


def main() -> None:
    """Run the command line; every error of ours leaves with a sentence and its exit code."""
    try:
        app()
    except RegisterError as error:
        complain(error, as_json="--json" in sys.argv)
        raise SystemExit(exit_code(error)) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:  # the tool failed: say so, and never look like a finding
        err.print_exception(show_locals=False)
        err.print("✗ Chương trình gặp lỗi / the program failed.", markup=False)
        raise SystemExit(3) from error


if __name__ == "__main__":
    main()
