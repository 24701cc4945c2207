"""What can go wrong with a score, as the services say it. Views turn these into messages."""

from typing import Any

from patients.errors import ChartError


class EnteredInError(ChartError):
    """The score was marked as entered in error before; it stays as it is."""


class NotComplete(ChartError):
    """An assessment was to be completed, but no scale that was begun has a total. `missing` are the open items."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__("not complete")
        self.missing = missing


class Completed(ChartError):
    """The assessment was completed before; what it says stays. `current` is the assessment."""

    def __init__(self, current: Any) -> None:
        super().__init__("completed")
        self.current = current
