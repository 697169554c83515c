"""The real server in a thread and Debian's Chromium, for journeys as people make them."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from api.app import create_app
from tests.conftest import Register

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ARTEFACTS = Path(__file__).parents[2] / "artefacts"


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an application that runs until the end of the block."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Register], tuple[FastAPI, str]]]:
    """Call it with a register: the real program for it, and where it listens."""
    with ExitStack() as stack:

        def start(register: Register) -> tuple[FastAPI, str]:
            app = create_app(register.settings, register.url)
            return app, stack.enter_context(served(app))

        yield start


@pytest.fixture(scope="module")  # its event loop would stop every other test's
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is missing (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """One page that keeps what went wrong and where requests went."""

    def __init__(self, browser: Browser, address: str, width: int, **options: Any) -> None:
        height = 740 if width < 800 else 800
        self.address = address
        self.width = width
        self.page: Page = browser.new_page(viewport={"width": width, "height": height}, **options)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        # SwiftShader's own remark about reading pixels back says nothing about the page.
        if message.type in ("error", "warning") and "GPU stall" not in message.text:
            self.complaints.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    @property
    def outside(self) -> list[str]:
        """Requests that left our host."""
        ours = (self.address, "data:", "blob:")
        return [url for url in self.asked if not url.startswith(ours)]

    def keep(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}-{self.width}.png")
