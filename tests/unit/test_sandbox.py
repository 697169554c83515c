"""A reader gets what it needs and no more; however it ends, the program hears of it in words."""

import logging
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.gdal import only
from ingest.sandbox import run
from ingest.sandbox.guard import Guard, find_guard
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import (
    FileGone,
    ReaderCrashed,
    ReaderTimedOut,
    ReaderTooLarge,
    SandboxFailed,
)
from ingest.sandbox.patience import patience
from ingest.sandbox.run import in_sandbox
from ingest.sandbox.values import NotOfType, build, pack, unpack
from tests import sandboxed
from tests.listening import listening

HERE = [Path(sandboxed.__file__).parent]
TIGHT = Limits(memory_bytes=1 << 30, cpu_seconds=1, wall_seconds=3, file_bytes=10 << 20)
ORDER: tuple[Guard, ...] = ("bubblewrap", "namespace", "limits")
WORKING = ORDER[ORDER.index(find_guard()) :]
"""The guards that this machine can stand behind: the strongest it has, and the weaker ones."""

needs_bubblewrap = pytest.mark.skipif(find_guard() != "bubblewrap", reason="no bubblewrap here")


@pytest.mark.parametrize("guard", WORKING)
def test_plain_values_go_in_and_come_back(guard: Guard) -> None:
    told = sandboxed.Told(
        "Bản vẽ",
        date(2026, 1, 2),
        ("1", 1, 1.5, True, None, date(2025, 3, 15), "2025-03-15"),
        {"a": (Path("/x"),), "b": ()},
    )
    assert in_sandbox(sandboxed.echo, told, files=HERE, guard=guard) == told


@pytest.mark.parametrize("guard", WORKING)
def test_a_clean_refusal_arrives_as_itself(guard: Guard) -> None:
    with pytest.raises(sandboxed.SaysNo, match="hỏng"):
        in_sandbox(sandboxed.refuse, files=HERE, refusals=(sandboxed.SaysNo,), guard=guard)


@pytest.mark.parametrize("guard", WORKING)
def test_a_segmentation_fault_and_a_stumble_are_crashes(guard: Guard) -> None:
    with pytest.raises(ReaderCrashed, match="SIGSEGV"):
        in_sandbox(sandboxed.crash, files=HERE, limits=TIGHT, guard=guard)
    with pytest.raises(ReaderCrashed, match="KeyError"):
        in_sandbox(sandboxed.stumble, files=HERE, guard=guard)


@pytest.mark.parametrize("guard", WORKING)
def test_memory_processor_and_disk_are_bounded(guard: Guard, tmp_path: Path) -> None:
    with pytest.raises(ReaderTooLarge, match="memory"):
        in_sandbox(sandboxed.eat_memory, files=HERE, limits=TIGHT, guard=guard)
    with pytest.raises(ReaderTimedOut, match="1 seconds"):
        in_sandbox(sandboxed.spin, files=HERE, limits=TIGHT, guard=guard)
    with pytest.raises(ReaderTooLarge, match="bytes written"):
        in_sandbox(
            sandboxed.fill_disk, tmp_path, files=HERE, writes=tmp_path, limits=TIGHT, guard=guard
        )
    assert (tmp_path / "big").stat().st_size <= TIGHT.file_bytes


def test_a_reader_that_never_stops_complaining_is_ended() -> None:
    with pytest.raises(ReaderTimedOut):
        in_sandbox(sandboxed.complain_for_ever, files=HERE, limits=Limits(wall_seconds=1))


@pytest.mark.slow
@pytest.mark.parametrize("guard", WORKING)
def test_a_reader_that_sleeps_is_ended_with_all_it_started(guard: Guard, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ReaderTimedOut):
        in_sandbox(
            sandboxed.leave_child_behind, tmp_path / "note", files=HERE, writes=tmp_path,
            limits=Limits(cpu_seconds=1, wall_seconds=1), guard=guard,
        )  # fmt: skip
    assert time.monotonic() - began < 10
    time.sleep(4)
    assert not (tmp_path / "note").exists()


@pytest.mark.parametrize("guard", [guard for guard in WORKING if guard != "limits"])
def test_nothing_can_be_called(guard: Guard) -> None:
    with listening() as listener:
        assert sandboxed.call_out(listener.port) == "connected"
        assert listener.heard(1)
        answer = in_sandbox(sandboxed.call_out, listener.port, files=HERE, guard=guard)
        assert answer != "connected"
        assert listener.heard(1)


@needs_bubblewrap
def test_the_machine_cannot_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQH_DATABASE_URL", "postgresql://secret")
    assert "/etc/passwd" in sandboxed.look_around()
    assert in_sandbox(sandboxed.look_around, files=HERE) == ()


@needs_bubblewrap
def test_only_the_given_folder_can_be_written_to(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    files = [*HERE, outside]
    look = in_sandbox(sandboxed.write_beside, outside / "a", files=files, writes=inside)
    assert look == "OSError"
    assert in_sandbox(sandboxed.write_beside, inside / "a", files=files, writes=inside) == "written"
    assert [place.name for place in tmp_path.rglob("a")] == ["a"]


@pytest.mark.parametrize("drivers", ["GPKG", "KML,LIBKML", "ESRI Shapefile"])
def test_a_reader_has_the_drivers_of_its_kind_and_no_other(drivers: str) -> None:
    found = in_sandbox(sandboxed.gdal_drivers, files=HERE, settings=only(drivers))
    assert set(found) == set(drivers.split(","))


def test_an_answer_of_another_type_is_a_crash() -> None:
    with pytest.raises(ReaderCrashed, match="not valid"):
        in_sandbox(sandboxed.lie, files=HERE)
    with pytest.raises(ReaderCrashed, match="not valid"):
        in_sandbox(sandboxed.break_off, files=HERE)


def test_a_reader_that_cannot_start_is_the_tools_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def nowhere() -> int:
        return 0

    caplog.set_level(logging.DEBUG)
    with pytest.raises(SandboxFailed) as caught:
        in_sandbox(nowhere, files=HERE)
    said = str(caught.value)
    assert "Traceback" not in said
    assert "lỗi của máy, không phải của hồ sơ" in said.lower()
    assert "AttributeError" in caplog.text


@pytest.mark.parametrize("missing", [["/no/such/bwrap"], ["sh", "-c", "echo nothing >&2; exit 1"]])
def test_walls_that_cannot_be_built_are_told_with_the_file_and_the_way_out(
    missing: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(run, "behind", lambda *_: missing)
    with pytest.raises(SandboxFailed) as caught:
        in_sandbox(sandboxed.write_beside, HERE[0] / "QuyHoach.gpkg", files=HERE)
    error = caught.value
    assert "Tệp đang đọc: QuyHoach.gpkg." in error.detail.vi
    assert error.remedy is not None
    assert str(HERE[0]) not in str(error)
    assert "noth" in caplog.text or "/no/such/bwrap" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        "", "{", "[]", "3", '["ok"]', '["refused"]', '["refused",7,[]]', '["refused",0,3]',
        '["refused",-1,["x"]]', '["refused",true,["x"]]', '["refused",0,[["a"]]]', '["refused",0,[{}]]',
        '["limit"]', '["limit","a","b","c"]', '["crashed"]', '["what"]', '{"a":1}', '[["ok"],1]',
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_a_crash(answer: str) -> None:
    with pytest.raises(ReaderCrashed, match="not valid"):
        in_sandbox(sandboxed.answer_wrongly, answer, files=HERE, refusals=(sandboxed.SaysNo,))


def test_where_a_reader_broke_down_is_in_the_debug_log_alone(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ReaderCrashed) as caught:
        in_sandbox(sandboxed.stumble, files=HERE)
    assert "Traceback" not in str(caught.value.issue("a").message)
    assert "sandboxed.py" in caplog.text
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_file_that_went_away_is_not_the_tools_fault(tmp_path: Path) -> None:
    with pytest.raises(FileGone) as caught:
        in_sandbox(sandboxed.stumble, files=[*HERE, tmp_path / "a.pdf"])
    assert caught.value.issue("a.pdf").code == "FILE_CHANGED"


def test_readers_that_run_out_of_time_share_the_patience_of_one_delivery() -> None:
    quick = Limits(cpu_seconds=5, wall_seconds=1)
    with patience(0.5):
        with pytest.raises(ReaderTimedOut, match="1 seconds"):
            in_sandbox(sandboxed.spin, files=HERE, limits=quick)
        began = time.monotonic()
        with pytest.raises(ReaderTimedOut, match="used up"):
            in_sandbox(sandboxed.stumble, files=HERE)
        assert time.monotonic() - began < 0.1
    with pytest.raises(ReaderCrashed), patience(0.5):
        in_sandbox(sandboxed.stumble, files=HERE)


def test_every_finding_of_a_stopped_reader_names_file_and_limit() -> None:
    with pytest.raises(ReaderTimedOut) as caught:
        in_sandbox(sandboxed.spin, files=HERE, limits=TIGHT)
    issue = caught.value.issue("QuyHoach.gpkg")
    assert issue.code == "READER_TIMED_OUT"
    assert issue.message.vi == "Đọc “QuyHoach.gpkg” quá thời gian cho phép: quá 1 giây."
    assert issue.level == "ERROR"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
CELLS = SCALARS | st.dates()


@given(st.dictionaries(st.text(), st.lists(CELLS)))
def test_what_is_packed_is_what_is_built(value: dict[str, list[object]]) -> None:
    kind = dict[str, list[str | int | float | bool | date | None]]
    built = build(unpack(pack(value)), kind)
    assert built == value
    assert [[type(c) for c in row] for row in built.values()] == [
        [type(c) for c in row] for row in value.values()
    ]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1", int), (1, str), ([1], tuple[int, int]), ({"name": "x"}, sandboxed.Told),
        ({"a": 1}, list[int]), (None, str), (True, int), ({"$date": "soon"}, date),
        ([["a"]], list[int]), ("x", object),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(value: object, kind: object) -> None:
    with pytest.raises(NotOfType):
        build(value, kind)


def test_larger_files_get_more_time_but_not_for_ever() -> None:
    assert Limits().for_bytes(1 << 20) == Limits()
    assert Limits().for_bytes(500 << 20).cpu_seconds > 200
    assert Limits().for_bytes(1 << 50).wall_seconds == 900


def test_readers_leave_no_open_files_behind() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(ReaderCrashed):
            in_sandbox(sandboxed.stumble, files=HERE)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
