"""How far an import is. The readers tell a Progress; on a terminal it draws bars, elsewhere nothing."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from tqdm import tqdm

T = TypeVar("T")


class Progress:
    """Hears how far an import is, and says nothing."""

    def start(self, size: int) -> None:
        """There are so many bytes to read."""

    def read(self, size: int) -> None:
        """So many of them have been read."""

    def linking(self, records: Iterable[T], count: int) -> Iterator[T]:
        """All has been read; these records follow, of which there are at most `count`."""
        yield from records


class Bars(Progress):
    """Bars on standard error, if that is a terminal: one for reading, in bytes, one for scores and equipment."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def start(self, size: int) -> None:
        self._bar = tqdm(total=size, unit="B", unit_scale=True, desc="Files and patients", disable=None)

    def read(self, size: int) -> None:
        if self._bar is not None:
            self._bar.update(size)

    def linking(self, records: Iterable[T], count: int) -> Iterator[T]:
        self.close()
        yield from tqdm(records, total=count, desc="Scores and equipment", disable=None)

    def close(self) -> None:
        """Leave the line to what is printed next."""
        if self._bar is not None:
            self._bar.close()


class _Watched(io.FileIO):
    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path, "rb")
        self._progress = progress

    def readinto(self, buffer: "bytearray | memoryview", /) -> int | None:  # type: ignore[override]
        size = super().readinto(buffer)
        self._progress.read(size or 0)
        return size

    def readall(self) -> bytes:
        content = super().readall() or b""
        self._progress.read(len(content))
        return content


def open_watched(path: Path, progress: Progress) -> BinaryIO:
    """The file's bytes, each of which is told to `progress` as it is read. Raises OSError."""
    return io.BufferedReader(_Watched(path, progress), buffer_size=1 << 16)
