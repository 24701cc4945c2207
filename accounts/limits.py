"""Limits on attempts at passwords, second factors and resets, and on emergencies and requests for access: for each
account and for each address.

An attempt takes its place before anything is tried, so that many at once get no more tries than one after the other;
a success gives the places back. Whether there is such an account changes neither the answer nor the statements: a
name that nobody has is counted under its hash. There is no counter to lock: people who sign in at once do not wait
for each other.

Five failures lock an account for five minutes, then ten, twenty and so on up to four hours, and after a hundred in a
row (NIST SP 800-63B, 3.2.2) until an administrator unlocks it or its owner resets the password. A clinic of many
people may share one address: it may fail sixty times a minute, and one locked account never locks the address.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone

from accounts.entries import Attempt, Lockout, Scope
from accounts.models import User
from audit.api import client_address, record_event

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
FOR_EVER = dt.timedelta(days=36_500)


@dataclass(frozen=True)
class Rule:
    """`number` attempts within `window` lock for `length`: the same each time, or doubled up to `longest`."""

    number: int
    window: dt.timedelta
    length: dt.timedelta
    longest: dt.timedelta | None = None
    times: int = 1_000_000  # so many in a row lock until somebody unlocks


GUESSING = Rule(5, 15 * MINUTE, 5 * MINUTE, longest=240 * MINUTE, times=20)
BY_ACCOUNT = {
    Scope.PASSWORD: GUESSING,
    Scope.CODE: GUESSING,
    Scope.RESET: Rule(5, 15 * MINUTE, 15 * MINUTE),
    # Every attempt counts, the successful too: nobody has six emergencies in a quarter of an hour.
    Scope.EMERGENCY: Rule(5, 15 * MINUTE, 15 * MINUTE),
    Scope.ACCESS: Rule(10, 15 * MINUTE, 15 * MINUTE),
}
BY_ADDRESS = {
    Scope.PASSWORD: Rule(60, MINUTE, MINUTE),
    Scope.CODE: Rule(60, MINUTE, MINUTE),
    Scope.RESET: Rule(30, 15 * MINUTE, 15 * MINUTE),
    Scope.EMERGENCY: Rule(20, 15 * MINUTE, 15 * MINUTE),
    Scope.ACCESS: Rule(60, 15 * MINUTE, 15 * MINUTE),
}
# Of an account in a day; a working day must pass, or an administrator unlocks.
BY_DAY = {Scope.EMERGENCY: Rule(15, DAY, 8 * HOUR), Scope.ACCESS: Rule(30, DAY, 8 * HOUR)}


class TooMany(Exception):
    """Nothing is tried before a lockout is over."""


@dataclass
class Trial:
    """One attempt under way."""

    request: HttpRequest
    scope: Scope
    subject: str
    address: str
    account: User | None
    places: list[int] = field(default_factory=list)

    @property
    def rules(self) -> dict[str, Rule]:
        """What the attempt counts against."""
        found = {self.subject: BY_ACCOUNT[self.scope], self.address: BY_ADDRESS[self.scope]}
        if self.scope in BY_DAY:
            found[f"{self.subject}:day"] = BY_DAY[self.scope]
        return found

    def failed(self) -> None:
        """Leave the attempt counted, and lock what has had too many."""
        counts = self.counts()
        for subject, rule in self.rules.items():
            if counts.get(subject, 0) >= rule.number:
                self._lock(subject, rule)

    def succeeded(self) -> None:
        """Forget the account's failures; of the address only this attempt, or one right password would free a spray."""
        mine = Q(pk__in=self.places) | Q(scope=self.scope, subject=self.subject)
        Attempt.objects.filter(mine).delete()
        Lockout.objects.counting().filter(scope=self.scope, subject=self.subject).update(ended_at=timezone.now())

    def counts(self) -> dict[str, int]:
        """How many attempts count against the account and against the address."""
        now = timezone.now()
        counting = reduce(or_, (Q(subject=subject, at__gt=now - rule.window) for subject, rule in self.rules.items()))
        found = Attempt.objects.filter(counting, scope=self.scope)
        return dict(found.order_by().values_list("subject").annotate(Count("pk")))

    @transaction.atomic
    def _lock(self, subject: str, rule: Rule) -> None:
        with connection.cursor() as cursor:  # one at a time for each subject; nobody else waits
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"lockout:{self.scope}:{subject}"])
        if (
            self.counts().get(subject, 0) < rule.number
            or Lockout.objects.in_force().filter(scope=self.scope, subject=subject).exists()
        ):
            return  # another request, just now
        Attempt.objects.filter(scope=self.scope, subject=subject).delete()
        earlier = Lockout.objects.counting().filter(scope=self.scope, subject=subject).count()
        length = rule.length if rule.longest is None else min(rule.length * 2 ** min(earlier, 20), rule.longest)
        if earlier + 1 >= rule.times:
            length = FOR_EVER
        is_address = subject == self.address
        account = None if is_address else self.account
        now = timezone.now()
        lockout = Lockout.objects.create(
            scope=self.scope, subject=subject, account=account, address=client_address(self.request),
            started_at=now, until=now + length,
        )  # fmt: skip
        of = "address" if is_address else "account" if account else "unknown name"
        details = {"scope": str(self.scope), "of": of, "minutes": round(length / MINUTE)}
        record_event("account.locked_out", by=None, target=account or lockout, request=self.request, details=details)


def begin(request: HttpRequest, scope: Scope, *, login: str = "", account: User | None = None) -> Trial:
    """Take a place for one attempt at an account, or at whatever name was typed. Raises TooMany."""
    if account is None:
        account = find(login)
    # A hash, since people type passwords into the first field.
    subject = f"account:{account.pk}" if account else f"name:{hashlib.sha256(_plain(login).encode()).hexdigest()}"
    trial = Trial(request, scope, subject, f"address:{client_address(request)}", account)
    rules = trial.rules
    places = Attempt.objects.bulk_create([Attempt(scope=scope, subject=name) for name in rules])
    trial.places = [place.pk for place in places]
    # In this order: a lockout takes the attempts away that led to it, so that who no longer counts them finds it.
    counts = trial.counts()
    is_locked = Lockout.objects.in_force().filter(scope=scope, subject__in=list(rules)).exists()
    if is_locked or any(counts.get(name, 0) > rule.number for name, rule in rules.items()):
        Attempt.objects.filter(pk__in=trial.places).delete()  # nothing was tried
        raise TooMany
    return trial


def take(request: HttpRequest, scope: Scope, account: User) -> bool:
    """Count an attempt that counts whatever comes of it; False where it is one too many."""
    try:
        begin(request, scope, account=account).failed()
    except TooMany:
        return False
    return True


def find(login: str) -> User | None:
    """The account that a typed username or email means: one query, whether there is one or not."""
    name = _plain(login)
    found: User | None = User.objects.alias(low=Lower("username")).filter(Q(low=name) | Q(email=name)).first()
    return found


def forget(account: User, *, by: User | None = None) -> None:
    """Free an account whose password was set anew. Not its second factor: a mailbox must not buy more guesses at that."""
    of_it = {"scope": Scope.PASSWORD, "subject": f"account:{account.pk}"}
    Attempt.objects.filter(**of_it).delete()
    Lockout.objects.counting().filter(**of_it).update(ended_at=timezone.now(), ended_by=by)


@transaction.atomic
def unlock(*, lockout: Lockout, by: User) -> None:
    """End a lockout, and with it all that made the next one longer. What is over already is left as it is."""
    same = {"scope": lockout.scope, "subject": lockout.subject}
    Attempt.objects.filter(**same).delete()
    if Lockout.objects.counting().filter(**same).update(ended_at=timezone.now(), ended_by=by):
        target = lockout.account or lockout
        record_event("account.unlocked", by=by, target=target, details={"scope": lockout.scope})


def _plain(login: str) -> str:
    return login.strip().lower()
