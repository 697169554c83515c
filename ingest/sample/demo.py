"""The sample city in the register: what `make run` shows on a machine that has no data yet."""

import tempfile
from datetime import datetime
from pathlib import Path

from ingest.files.workplace import workplace
from ingest.gate.pipeline import read_delivery
from ingest.parcels.load import load_parcels
from ingest.register.load import load_delivery
from ingest.sample import write_sample
from ingest.units.load import load_units
from schemas.day import legal_day
from schemas.db import connect
from schemas.profiles.parcels import ParcelProfile
from schemas.settings import Settings
from schemas.terminal import counter, say
from schemas.words import Words

ACTOR = "sample"
STEPS = 6
LOADED = """
SELECT (SELECT count(*) FROM dossier WHERE invented AND state = 'published') >= 5
   AND EXISTS (SELECT FROM admin_unit WHERE invented)
"""


def ensure_demo(url: str, settings: Settings, now: datetime) -> None:
    """Load the sample city unless the register holds it already."""
    with connect(url) as connection:
        row = connection.execute(LOADED).fetchone()
    if row and row[0]:
        return
    with tempfile.TemporaryDirectory(prefix="sqh-sample-") as folder:
        write_sample(Path(folder))
        load_demo(Path(folder), url, settings, now)


def load_demo(folder: Path, url: str, settings: Settings, now: datetime) -> None:
    """Load the sample's deliveries in their order and publish them; again changes nothing."""
    with counter(Words("Nạp dữ liệu mẫu", "Loading the sample city"), quiet=False) as count:
        count(1, STEPS)
        load_units(folder / "don-vi-hanh-chinh.gpkg", url=url, settings=settings, now=now)
        count(2, STEPS)
        profile = ParcelProfile.from_file(folder / "thua-dat.yaml")
        load_parcels(
            folder / "thua-dat.gpkg",
            profile=profile,
            url=url,
            settings=settings,
            now=now,
            actor=ACTOR,
        )
        for step, package in enumerate(packages(folder), start=3):
            count(step, STEPS)
            _publish(package, url, settings, now)
    say(Words("Đã nạp dữ liệu mẫu (bịa).", "The invented sample city is loaded."))


def packages(folder: Path) -> list[Path]:
    """The plan dossiers, first approvals before their adjustments."""
    return sorted(folder.glob("ho-so-*.zip"), key=lambda path: (path.stem[-7:-4] != "100", path))


def _publish(package: Path, url: str, settings: Settings, now: datetime) -> None:
    with workplace() as workdir:
        delivery = read_delivery(
            package, storage_srid=settings.storage_srid, workdir=workdir, today=legal_day(now)
        )
        load_delivery(delivery, url=url, settings=settings, now=now, actor=ACTOR, publish=True)
