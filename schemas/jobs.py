"""The job queue: Procrastinate on the register's own database, and the names of its jobs."""

from procrastinate import App, PsycopgConnector

CHECK_ORIGINALS = "check_originals"
"""Nightly: every original the register cites is still there, byte for byte."""


def queue(url: str) -> App:
    """The queue of one register; open it before use."""
    return App(connector=PsycopgConnector(conninfo=url))
