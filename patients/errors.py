"""What can go wrong with a chart, as the services say it. Views turn these into messages."""

from typing import Any


class ChartError(Exception):
    """A rule of the domain refused the change."""


class StatusUnchanged(ChartError):
    """The status is already what it was to become."""


class StaleVersion(ChartError):
    """Somebody else changed the record since the form was shown. `current` is the record as it is now."""

    def __init__(self, current: Any) -> None:
        super().__init__("stale version")
        self.current = current


class ChartArchived(ChartError):
    """An archived chart takes no entries until it is made active again."""


class AlreadyRecorded(ChartError):
    """The same form was submitted before. `existing` is what the first submission made."""

    def __init__(self, existing: Any) -> None:
        super().__init__("already recorded")
        self.existing = existing


class RecordedOtherwise(AlreadyRecorded):
    """The same form was submitted before, but it says something else now: nobody's newer words are dropped unseen."""


class NotEligible(ChartError):
    """This account may not have this part in the patient's care."""
