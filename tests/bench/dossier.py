"""A dossier of 500 MB through the gate: seconds, memory, and how long progress ever stood still.

Run on its own: `python -m tests.bench.dossier ../shared/data`. The zones are real ones (98 urban
plans of four counties, as digitised, faults and overlaps included), copied side by side into
VN-2000 until they take `ZONE_BYTES`; parcels and streets of a real city stand for the rest of the
geodatabases, and scanned drawings fill the dossier up to `DOSSIER_BYTES`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PIL import Image

from ingest.gdal import pyogrio
from tests.bench.measure import Ratio, limit, table
from tests.gate_dossier import CODE, INFO, write_workbook

ZONE_BYTES, DOSSIER_BYTES = 130 << 20, 500 << 20
EAST, NORTH = 560_000.0, 1_160_000.0
SPACING_M = 100.0
ROW_M = 60_000.0

CHECK = """
import json, sys, time
from datetime import date
from pathlib import Path
from ingest.gate.pipeline import read_delivery
started = time.perf_counter()
signs = [started]
delivery = read_delivery(
    Path(sys.argv[1]), storage_srid=9210, workdir=Path(sys.argv[2]), today=date(2026, 11, 24),
    progress=lambda *_: signs.append(time.perf_counter()),
)
signs.append(time.perf_counter())
silence = max(b - a for a, b in zip(signs, signs[1:]))
print(json.dumps([signs[-1] - started, silence, len(delivery.issues)]))
"""


def run(shared_data: Path) -> list[Ratio]:
    """Make the dossier, check it in a process of its own, and tell what it took."""
    home = Path(tempfile.mkdtemp(prefix="sqh-bench-", dir="/tmp"))
    try:
        archive = make(shared_data, home)
        took = checked(archive, home)
        size = archive.stat().st_size / 2**20
        name = f"dossier of {_size(home) / 2**20:,.0f} MB ({size:,.0f} MB zipped)"
        return [
            limit(f"{name}: sqh check", took.seconds, 120, "s", f"{took.findings} findings"),
            limit(f"{name}: memory of all processes", took.memory_mb, 2_000, "MB"),
            limit(f"{name}: longest time without a sign", took.silence_s, 10, "s"),
        ]
    finally:
        shutil.rmtree(home)


def _size(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "CSDL_Lon").rglob("*") if path.is_file())


def make(shared_data: Path, home: Path) -> Path:
    """The dossier as a folder and as a zip; the zip's path."""
    top = home / "CSDL_Lon"
    gis = top / "HoSoGIS" / "QuyHoach.gpkg"
    gis.parent.mkdir(parents=True)
    zones = real_zones(shared_data)
    copies, box = _write_zones(gis, zones)
    _write_boundary(gis, box)
    _write_surroundings(shared_data, gis.with_name("HienTrang.gpkg"), gis)
    papers = [[CODE, "QD_345", "Quyết định phê duyệt", "Quyết định", "345/QĐ-UBND",
               "Phê duyệt đồ án", date(2025, 3, 15), "UBND Thành phố", 1, ""]]  # fmt: skip
    write_workbook(top / "HoSoScan" / f"{CODE}.xlsx", {"Thư mục": top.name}, papers)
    _write_scans(home, top)
    sys.stderr.write(f"· {copies} copies, {copies * len(zones):,} zones\n")
    archive = home / "CSDL_Lon.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
        for path in sorted(top.rglob("*")):
            pack.write(path, path.relative_to(home))
    return archive


def _write_scans(home: Path, top: Path) -> None:
    """Scanned drawings of 300 dpi until the dossier is large enough."""
    noise = np.random.default_rng(1)
    number = 0
    while _size(home) < DOSSIER_BYTES:
        number += 1
        sheet = top / "HoSoScan" / "BanVe" / f"QH{number:02d}" / f"QH{number:02d}.jpg"
        sheet.parent.mkdir(parents=True)
        pixels = noise.integers(0, 255, (3500, 5000, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(sheet, dpi=(300, 300), quality=90)


def real_zones(shared_data: Path) -> pd.DataFrame:
    """24,733 zones: plan by plan beside each other, metres; the columns of the circular's class."""
    place = (shared_data / "zoning" / "tw_zoning_4_counties.gpkg.zip").resolve()
    frame = pyogrio.read_dataframe(f"/vsizip/{place}", force_2d=True)
    geoms = frame.geometry.to_numpy()
    plan = frame["plan"].to_numpy() if "plan" in frame else frame.iloc[:, 0].to_numpy()
    _side_by_side(geoms, plan)
    numbers = np.arange(len(geoms))
    bcr = pd.to_numeric(frame.get("bcr"), errors="coerce").fillna(0).to_numpy()
    columns = {
        "maThongTinQH": INFO,
        "maHoSoQH": CODE,
        "kyHieuLoDat": [f"L{n}" for n in numbers],
        "chucNangSuDungDatMuc1": "Đất dân dụng",
        "chucNangSuDungDatMuc2": "Đất đơn vị ở",
        "chucNangSuDungDatMuc3": "Nhóm nhà ở",
        "dienTich": np.round(shapely.area(geoms), 1),
        "matDoXayDung": [f"{n:g}" for n in bcr],
        "tangCaoXayDung": "3÷5",
        "heSoSuDungDat": "",
    }
    return pd.DataFrame({**columns, "geom": geoms})


def _side_by_side(geoms: NDArray[np.object_], plan: NDArray[np.object_]) -> None:
    """Move the zones of each plan beside the others, in rows of `ROW_M`."""
    boxes = shapely.bounds(geoms)
    east, north, height = 0.0, 0.0, 0.0
    for name in pd.unique(plan):
        mine = plan == name
        west, south = boxes[mine, 0].min(), boxes[mine, 1].min()
        width = boxes[mine, 2].max() - west
        if east and east + width > ROW_M:
            east, north, height = 0.0, north + height + SPACING_M, 0.0
        by = np.array([east - west, north - south])
        geoms[mine] = shapely.transform(geoms[mine], lambda xy, by=by: xy + by)
        east += width + SPACING_M
        height = max(height, float(boxes[mine, 3].max() - south))


def _write_zones(gis: Path, zones: pd.DataFrame) -> tuple[int, tuple[float, ...]]:
    """Copies of the zones, each north of the last, until the file is large enough."""
    geoms = zones["geom"].to_numpy()
    step = float(shapely.total_bounds(geoms)[3]) + SPACING_M
    copies, box = 0, shapely.total_bounds(geoms)
    while copies == 0 or gis.stat().st_size < ZONE_BYTES:
        by = np.array([EAST, NORTH + copies * step])
        moved = shapely.transform(geoms, lambda xy, by=by: xy + by)
        box = (EAST, NORTH, max(box[2], float(shapely.bounds(moved)[:, 2].max())), 0.0)
        _write(gis, "ChucNangSuDungDat_A", zones.drop(columns="geom"), moved, append=copies > 0)
        copies += 1
    return copies, (EAST - 10, NORTH - 10, box[2] + 10, NORTH + copies * step)


def _write_boundary(gis: Path, box: tuple[float, ...]) -> None:
    frame = pd.DataFrame(
        {"maThongTinQH": [INFO], "maHoSoQH": [CODE], "tenDoAn": ["Quy hoạch phân khu lớn"],
         "soQDQH": ["345/QĐ-UBND"], "loaiDieuChinh": ["Lập mới"]}
    )  # fmt: skip
    _write(gis, "RanhGioiQuyHoach_A", frame, np.array([shapely.box(*box)]), append=True)


def _write_surroundings(shared_data: Path, existing: Path, gis: Path) -> None:
    """115,541 real parcels as land use of today, 16,020 real streets as planned roads."""
    parcels = shared_data / "parcels"
    for file, target, layer in (
        ("contagem_br_parcel", existing, "ChucNangSuDungDat_A"),
        ("contagem_br_via", gis, "MangLuoiGiaoThongDuongBo_L"),
    ):
        path = (parcels / f"{file}.geojsonl.gz").resolve()
        shapes = pyogrio.read_dataframe(f"/vsigzip/{path}").to_crs(31983).geometry.to_numpy()
        west, south = shapely.total_bounds(shapes)[:2]
        by = np.array([EAST - west, NORTH - south])
        moved = shapely.transform(shapes, lambda xy, by=by: xy + by)
        _write(target, layer, pd.DataFrame(_codes(len(moved))), moved, append=target.exists())


def _codes(count: int) -> dict[str, list[str]]:
    return {"maThongTinQH": [INFO] * count, "maHoSoQH": [CODE] * count}


def _write(gis: Path, layer: str, frame: pd.DataFrame, geoms: object, append: bool) -> None:
    pyogrio.raw.write(
        gis,
        shapely.to_wkb(geoms),
        [frame[name].to_numpy() for name in frame],
        list(frame),
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown",
        crs="EPSG:9210",
        append=append,
    )


@dataclass(frozen=True)
class Took:
    """What a check took. `silence_s`: the longest time between two signs of progress."""

    seconds: float
    memory_mb: float
    silence_s: float
    findings: int


def checked(archive: Path, home: Path) -> Took:
    """The gate in a process of its own, its whole family of processes watched."""
    workdir = home / "work"
    workdir.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", CHECK, archive, workdir], stdout=subprocess.PIPE, text=True
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    said = process.communicate()[0]
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"the gate failed: exit {process.returncode}")
    seconds, silence, findings = json.loads(said)
    return Took(seconds, peak[0], silence, findings)


def _watch(process: "subprocess.Popen[bytes]", peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_memory_mb(pid) for pid in _family(process.pid)))
        time.sleep(0.2)


def _family(pid: int) -> list[int]:
    """A process and all that came from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        found += [each for child in children for each in _family(int(child))]
    return found


def _memory_mb(pid: int) -> float:
    """Memory of one process, pages shared with others counted once between them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    sys.stdout.write(table(run(Path(sys.argv[1]))) + "\n")
