"""What can go wrong with notes and drafts, as the services say it. Views turn these into messages."""

from patients.errors import ChartError, StaleVersion


class DraftConflict(StaleVersion):
    """Another window saved a newer version of this draft. `current` is the draft as it is stored."""


class EnteredInError(ChartError):
    """A note that was entered in error stays as it is."""


class FollowUpClosed(ChartError):
    """The follow-up is resolved already, or open already."""
