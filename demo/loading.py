"""Loads the demo clinic into an empty database, all of it or nothing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import CheckConstraint, Field, ForeignKey
from django.utils import timezone
from tqdm import tqdm

from accounts import services as accounts
from accounts.models import Team, User
from accounts.roles import Role
from audit import partitions
from audit.api import coming_through, record_event, replaying
from audit.models import AuditEvent
from demo import plan, staff
from demo.people import SEED
from demo.replay import Replay
from mobility.plans import services as plans
from patients.models import Patient

LOADED = "demo.loaded"  # the event that says so: append-only, so that nobody can make a clinic look like the demo
LOCK = 20_417_002


class NotEmpty(Exception):
    """The database holds patients or accounts that are not the demo's."""


def is_loaded() -> bool:
    return AuditEvent.objects.filter(event_type=LOADED).exists()


def load(*, is_quiet: bool = False) -> bool:
    """Load the demo clinic; False where it is there already. Raises NotEmpty.

    Whoever comes second at the same time waits, and finds it loaded.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if is_loaded():
            return False
        _require_empty()
        today = timezone.localdate()
        events = plan.make(today, timezone.get_default_timezone())
        start = min(event.at for event in events) - dt.timedelta(days=1)
        partitions.add_past(start)
        with replaying(start):
            _make_staff()
        bar = tqdm(events, desc="Demo clinic", unit=" events", disable=is_quiet or None, leave=False)
        with _checks_left_to_the_database(), coming_through("manage.py load_demo"):
            Replay().run(bar)
        record_event(LOADED, by=User.objects.get(username=staff.ADMIN), details={"seed": SEED, "events": len(events)})
    return True


@contextmanager
def _checks_left_to_the_database() -> Iterator[None]:
    """Do not ask the database about each CHECK constraint and foreign key before it checks them all itself.

    Django's full_clean() asks one by one, to have a sentence for a form: half of the time of a load. A row that breaks
    a rule is refused all the same, when it is written.
    """
    check, refer = CheckConstraint.validate, ForeignKey.validate
    CheckConstraint.validate = lambda *args, **kwargs: None  # type: ignore[method-assign]
    ForeignKey.validate = Field.validate  # type: ignore[method-assign]
    try:
        yield
    finally:
        CheckConstraint.validate, ForeignKey.validate = check, refer  # type: ignore[method-assign]


def _require_empty() -> None:
    if Patient.objects.exists():
        raise NotEmpty("This database holds patients that are not the demo's. Nothing was loaded.")
    usernames, names = {member.username for member in staff.STAFF}, {name.lower() for name in staff.TEAMS}
    if usernames & {name.lower() for name in User.objects.values_list("username", flat=True)}:
        raise NotEmpty("This database holds accounts with the demo's usernames. Nothing was loaded.")
    if names & {name.lower() for name in Team.objects.values_list("name", flat=True)}:
        raise NotEmpty("This database has teams with the names of the demo's. Nothing was loaded.")


def _make_staff() -> None:
    """The accounts, with one hash for all: the account service would work out thirteen."""
    hashed = make_password(staff.PASSWORD)
    admin = _account(_first(staff.STAFF, staff.ADMIN), None, hashed)
    admin.save()
    teams = {name: accounts.create_team(name=name, by=admin) for name in staff.TEAMS}
    for name, measures in staff.MEASURES.items():
        for measure, days in measures.items():
            plans.set_team_measure(team=teams[name], score_type=measure, every_days=days, by=admin)
    for member in staff.STAFF:
        if member.username == staff.ADMIN:
            continue
        account = _account(member, teams.get(member.team), hashed)
        account.approved_by = admin if member.role else None
        account.full_clean()
        account.save()
        record_event("account.created", by=admin, target=account, details={"role": account.role})
        accounts.sync_lead_groups(account=account)


def _first(members: Iterable[staff.Member], username: str) -> staff.Member:
    return next(member for member in members if member.username == username)


def _account(member: staff.Member, team: Team | None, hashed: str) -> User:
    facts: dict[str, Any] = {
        name: getattr(member, name) for name in ("username", "email", "display_name", "credentials")
    }
    account = User(**facts, team=team, role=member.role or Role.OBSERVER, password=hashed)
    account.approved_at = timezone.now() if member.role else None
    return account
