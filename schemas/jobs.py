"""The job queue: Procrastinate on the register's own database, and the names of its jobs."""

from procrastinate import App, PsycopgConnector

NAMESPACE = "ingest"

CHECK_ORIGINALS = "check_originals"
"""Nightly: every original the register cites is still there, byte for byte."""

CHECK_DOSSIER = "check_dossier"
"""Read and check a delivered dossier, and stage its versions."""

PUBLISH_DOSSIER = "publish_dossier"
"""Put the staged versions of a dossier in force."""

REJECT_DOSSIER = "reject_dossier"
"""Turn a staged dossier away; its versions go, its findings stay."""

WITHDRAW_VERSION = "withdraw_version"
"""Take one version out of force; its history stays."""

SWEEP_DOSSIERS = "sweep_dossiers"
"""Every minute: work whose worker died is begun again, or told to have failed."""

CLEAN_PHOTO = "clean_photo"
"""Draw the photo of an error report anew, without anything it says about its maker."""

JOB_OF_WORK = {
    "check": CHECK_DOSSIER,
    "publish": PUBLISH_DOSSIER,
    "reject": REJECT_DOSSIER,
    "withdraw": WITHDRAW_VERSION,
}
"""The job that does each kind of work on a dossier (`dossier.work`)."""


def queue(url: str) -> App:
    """The queue of one register; open it before use."""
    return App(connector=PsycopgConnector(conninfo=url))


def task_name(job: str) -> str:
    """The name under which workers know a job."""
    return f"{NAMESPACE}:{job}"


def dossier_lock(dossier_id: int | str) -> str:
    """The queue's lock of a dossier: one work on it at a time."""
    return f"dossier/{dossier_id}"
