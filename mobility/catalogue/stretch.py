"""A stretch of numbers with exact bounds."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From `low` to `high`; a bound of None is open. Each bound is included or not, so that a value has one place."""

    low: Decimal | None
    low_included: bool
    high: Decimal | None
    high_included: bool

    def contains(self, value: Decimal) -> bool:
        """Whether the value lies in this stretch, each bound on one side only."""
        if self.low is not None and (value < self.low or (value == self.low and not self.low_included)):
            return False
        return self.high is None or value < self.high or (value == self.high and self.high_included)
