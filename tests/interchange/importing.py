"""Running the import in a test, as the command line does."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User

Import = Callable[..., "Outcome"]


@dataclass
class Outcome:
    """What a run printed, and its exit status."""

    lines: list[str]
    status: int

    def totals(self, kind: str) -> dict[str, int]:
        """created, unchanged, skipped and failed of a kind, those that are not 0."""
        line = next(line for line in self.lines[:6] if line.startswith(f"{kind}: "))
        pairs = (pair.split() for pair in line.removeprefix(f"{kind}: ").split(", "))
        return {what: int(number) for what, number in pairs if number != "0"}

    @property
    def skips(self) -> list[str]:
        return [line for line in self.lines[6:] if line.startswith("skipped ")]

    @property
    def failures(self) -> list[str]:
        return [line for line in self.lines[6:] if line.startswith("failed ")]

    @property
    def notes(self) -> list[str]:
        return [line for line in self.lines[6:] if line.startswith("note ")]


def run_import(*paths: Path | str, therapist: User, team: str | None = None, **options: Any) -> Outcome:
    """The command, for this therapist's charts."""
    out = io.StringIO()
    status = 0
    try:
        call_command(
            "import_records",
            *map(str, paths),
            team=team or therapist.team.name,
            therapist=therapist.username,
            stdout=out,
            **options,
        )
    except SystemExit as exit_:
        status = int(exit_.code or 0)
    return Outcome(out.getvalue().splitlines(), status)


@pytest.fixture
def bring(therapist: User) -> Import:
    """Import for `therapist`."""

    def bring_in(*paths: Path | str, **options: Any) -> Outcome:
        return run_import(*paths, **{"therapist": therapist, **options})

    return bring_in
