"""Limits on what may be tried a few times only, by account and by address, the same on every node.

An attempt takes a slot before anything is tried, whatever comes of it; a slot frees itself after a while.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from accounts.models import User
from audit.api import client_address

QUARTER, DAY = 15 * 60, 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class Limit:
    """`by_account` and `by_address` attempts in a quarter of an hour, and `by_day` of an account in a day."""

    name: str
    by_account: int
    by_address: int
    by_day: int

    def take(self, request: HttpRequest, user: User) -> bool:
        """Count an attempt; False where it is one too many. The statements do not depend on what is tried."""
        address = client_address(request)
        groups = (
            ([f"{self.name}:{user.pk}:{n}" for n in range(self.by_account)], QUARTER),
            ([f"{self.name}:day:{user.pk}:{n}" for n in range(self.by_day)], DAY),
            ([f"{self.name}:at:{address}:{n}" for n in range(self.by_address)], QUARTER),
        )
        taken = cache.get_many([slot for slots, _seconds in groups for slot in slots])
        free = [([slot for slot in slots if slot not in taken], seconds) for slots, seconds in groups]
        if not all(slots for slots, _seconds in free):
            return False
        # `add` tells who was first: of two at once for the last slot one is refused.
        return all(any(cache.add(slot, 1, seconds) for slot in slots) for slots, seconds in free)
