"""`sqh check --report`: every form of the report in one folder, and where it is."""

import json
from pathlib import Path

import openpyxl
import shapely
from typer.testing import CliRunner, Result

from sqh import app
from tests.gate_dossier import EAST, NORTH, plan_layers, write_dossier
from tests.legacy_text import as_windows_shows, tcvn3

ZONES = "ChucNangSuDungDat_A"


def check(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def spoilt_dossier(folder: Path) -> Path:
    """A lot that crosses itself, and names in an old encoding, in a layer and in a cell."""
    layers = plan_layers()
    corners = ((0, 0), (100, 100), (100, 0), (0, 90))
    layers[ZONES].geoms[0] = shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])
    names = ("Lô đất ở liền kề", "Công viên cây xanh")
    layers[ZONES].columns["tenDoiTuong"] = [as_windows_shows(tcvn3(name)) for name in names]
    title = as_windows_shows(tcvn3("Quy hoạch phân khu 1/2000 Phường Minh Họa"))
    return write_dossier(folder, layers=layers, hoso={"Tên đồ án": title})


def test_a_report_of_a_spoilt_dossier_is_written_in_every_form(tmp_path: Path) -> None:
    out = tmp_path / "báo cáo"
    result = check(spoilt_dossier(tmp_path), "--report", out, "--json")
    assert result.exit_code == 1, result.output
    assert f"→ {out / 'report.html'}" in result.stderr
    said = [json.loads(line) for line in result.stdout.splitlines()]
    written = (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == said
    assert said[-1]["outcome"] == "reject"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "GEOMETRY_INVALID" in page
    assert 'class="mark ERROR"' in page
    assert "Công viên cây xanh" in page
    places = json.loads((out / "findings.geojson").read_text(encoding="utf-8"))
    assert len(places["features"]) == len(said) - 1
    book = openpyxl.load_workbook(next(out.glob("*.xlsx")))
    assert "KiemTra" in book.sheetnames
    commented = {cell.coordinate for row in book["HoSo"] for cell in row if cell.comment}
    assert "C2" in commented


def test_somebody_elses_file_stops_the_check_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("của tôi", encoding="utf-8")
    result = check(tmp_path / "không có", "--report", tmp_path)
    assert result.exit_code != 0
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "của tôi"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
