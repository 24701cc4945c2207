"""What can go wrong with a score, as the services say it. Views turn these into messages."""

from patients.errors import ChartError


class EnteredInError(ChartError):
    """The score was marked as entered in error before; it stays as it is."""
