"""Limits on failed sign-ins, by account name and by address, the same in every process and on every node.

Each failure takes a slot that frees itself after a while; when none is free, nothing is tried. There is no counter to
lock, so that many people who sign in at once do not wait for each other: the package's own limits poll for a lock and
refuse who waits a second for it (measured: 1 of 80 right passwords at 8 at once on a busy machine).
"""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

from audit.api import client_address

PER_ACCOUNT = (5, 5 * 60)  # failures, seconds
PER_ADDRESS = (60, 60)  # a clinic of many people may share one address


def is_exceeded(request: HttpRequest, login: str) -> bool:
    """Whether an attempt to sign in as `login` is to be refused unseen. One query."""
    account, address = _account_slots(login), _address_slots(request)
    taken = cache.get_many([*account, *address])
    return all(slot in taken for slot in account) or all(slot in taken for slot in address)


def count_failure(request: HttpRequest, login: str) -> None:
    """Take a slot for the account name, whether there is such an account or not, and one for the address."""
    for slots, (_number, seconds) in ((_account_slots(login), PER_ACCOUNT), (_address_slots(request), PER_ADDRESS)):
        taken = cache.get_many(slots)
        any(cache.add(slot, 1, seconds) for slot in slots if slot not in taken)


def forget(*logins: str) -> None:
    """Free the slots of these account names: their owner has shown another way who they are."""
    cache.delete_many([slot for login in logins for slot in _account_slots(login)])


def _account_slots(login: str) -> list[str]:
    # A hash, since people type passwords into the first field.
    key = hashlib.sha256(login.strip().lower().encode()).hexdigest()
    return [f"sign-in:{key}:{number}" for number in range(PER_ACCOUNT[0])]


def _address_slots(request: HttpRequest) -> list[str]:
    return [f"sign-in:{client_address(request)}:{number}" for number in range(PER_ADDRESS[0])]
