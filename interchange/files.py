"""The files that PATH… stands for: in the order given, folders in the order of their names, each file once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from interchange.records import Failure, Kind, Origin


@dataclass(frozen=True, slots=True)
class SourceFile:
    path: Path
    shown: str  # the name for messages: always printable
    size: int

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    @property
    def name(self) -> str:
        return self.path.name.lower()

    @property
    def origin(self) -> Origin:
        return Origin(self.shown)


def find_files(paths: Iterable[str | Path]) -> Iterator[SourceFile | Failure]:
    """Every regular file under the paths; a path that is not there, or cannot be looked into, is a Failure."""
    seen: set[Path] = set()
    for given in map(Path, paths):
        for found in _walk(given):
            if isinstance(found, Failure):
                yield found
            elif (real := found.path.resolve()) not in seen:
                seen.add(real)
                yield found


def _walk(given: Path) -> Iterator[SourceFile | Failure]:
    if not given.is_dir():
        yield _file(given)
        return
    refused: list[OSError] = []
    for folder, subfolders, names in os.walk(given, onerror=refused.append):
        subfolders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() or path.is_symlink():  # never a pipe or a socket: reading one would wait for ever
                yield _file(path)
    for error in refused:
        yield Failure(Kind.OTHER, "the folder cannot be opened", Origin(printable(error.filename or given)))


def _file(path: Path) -> SourceFile | Failure:
    shown = printable(path)
    try:
        size = path.stat().st_size
    except OSError:
        return Failure(Kind.OTHER, "there is no such file or folder, or it cannot be opened", Origin(shown))
    if not path.is_file():
        return Failure(Kind.OTHER, "this is neither a file nor a folder", Origin(shown))
    return SourceFile(path, shown, size)


def printable(path: str | Path) -> str:
    """A file name as text: bytes that are no UTF-8 and line breaks are written as escapes."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
