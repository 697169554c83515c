"""Every layer of a file that an operator names, read behind the same walls as a delivery."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.files.copying import FileChanged
from ingest.files.source import Received, receive
from ingest.files.workplace import workplace
from ingest.gate.checks.files import check_container, check_files, is_readable
from ingest.gate.copies import copy_layers_of
from ingest.gate.match import Container, find_containers
from ingest.gate.read import LayerFrame, LayerUnreadable
from ingest.readers.nesting import DoctypeFound
from ingest.sandbox.outcome import ReaderStopped
from schemas.errors import DeliveryUnreadable
from schemas.issues import Issue
from schemas.words import Words

NO_LAYER = Words("tệp không có lớp bản đồ nào", "it holds no layer of a map")


def layers_in(path: Path) -> list[LayerFrame]:
    """The layers of every data set in a file, also inside packages. Raises DeliveryUnreadable."""
    if path.is_dir():
        raise DeliveryUnreadable(
            Words(f"{path} là thư mục, cần một tệp.", f"{path} is a folder; a file is needed.")
        )
    if not path.is_file():
        raise DeliveryUnreadable(Words(f"Không có tệp {path}.", f"There is no file {path}."))
    with workplace() as folder:
        received = receive(path.resolve(), folder)
        containers = find_containers(received.files)
        sound = [one for one in containers if is_readable(one)]
        if not sound:
            raise _unreadable(path, _reason(received, containers))
        return [
            layer
            for number, container in enumerate(sound)
            for layer in _layers(path, container, folder / "reading" / str(number))
        ]


def _layers(path: Path, container: Container, folder: Path) -> list[LayerFrame]:
    try:
        return list(copy_layers_of(container, folder).frames())
    except LayerUnreadable as error:
        raise _unreadable(path, Words(str(error), str(error))) from error
    except ReaderStopped as stopped:
        raise _unreadable(path, stopped.why) from stopped
    except DoctypeFound as error:
        raise _unreadable(path, Issue("XML_DOCTYPE", file=path.name).message) from error
    except FileChanged as error:
        raise _unreadable(path, Issue("FILE_CHANGED", file=path.name).message) from error


def _reason(received: Received, containers: Sequence[Container]) -> Words:
    """Why there is nothing to read: the first fault of the file itself, where it has one."""
    faults = (issue.message for issue in _faults(received, containers) if issue.level == "ERROR")
    return next(faults, NO_LAYER)


def _faults(received: Received, containers: Sequence[Container]) -> Iterator[Issue]:
    yield from received.issues
    yield from check_files(received.files)
    for container in containers:
        yield from check_container(container)


def _unreadable(path: Path, why: Words) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        Words(
            f"Không đọc được tệp {path.name}: {why.vi.rstrip('.')}.",
            f"The file {path.name} cannot be read: {why.en.rstrip('.')}.",
        )
    )
