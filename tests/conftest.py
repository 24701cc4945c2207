"""The cast: who may do what to one patient, and those who may not."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler
from django.test.utils import override_settings

from accounts import second_factor
from accounts.models import Team, User
from accounts.roles import Role
from accounts.sessions import STANDING, standing
from patients import services
from patients.models import Patient
from tests.factories import TeamFactory, UserFactory, make_patient
from tests.roles import as_site, become_site


@pytest.fixture
def team(db: None) -> Team:
    return TeamFactory(name="North")


@pytest.fixture
def other_team(db: None) -> Team:
    return TeamFactory(name="South")


@pytest.fixture
def therapist(team: Team) -> User:
    return UserFactory(username="therapist", display_name="Amara Okonkwo-Reyes", team=team)


@pytest.fixture
def lead(team: Team) -> User:
    return UserFactory(username="lead", display_name="Siobhán Ní Dhomhnaill", role=Role.LEAD, team=team)


@pytest.fixture
def patient(therapist: User) -> Patient:
    return make_patient(therapist, patient_id="OT-PLANTED-1", family_name="Oluwaseun-Falade", given_names="Tobi")


@pytest.fixture
def colleague(team: Team) -> User:
    """A therapist of the same team who is not on the care team."""
    return UserFactory(username="colleague", team=team)


@pytest.fixture
def cover(team: Team, patient: Patient, lead: User) -> User:
    user = UserFactory(username="cover", team=team)
    services.add_member(patient=patient, user=user, role="covering", by=lead)
    return user


@pytest.fixture
def assistant(team: Team, patient: Patient, therapist: User) -> User:
    user = UserFactory(username="assistant", role=Role.ASSISTANT, team=team)
    services.add_member(patient=patient, user=user, role="assistant", by=therapist)
    return user


@pytest.fixture
def viewer(team: Team, patient: Patient, therapist: User) -> User:
    user = UserFactory(username="viewer", role=Role.OBSERVER, team=team)
    services.add_member(patient=patient, user=user, role="observer", by=therapist)
    return user


@pytest.fixture
def stranger(other_team: Team) -> User:
    """A therapist of another team."""
    return UserFactory(username="stranger", team=other_team)


@pytest.fixture
def other_lead(other_team: Team) -> User:
    return UserFactory(username="other_lead", role=Role.LEAD, team=other_team)


@pytest.fixture
def auditor(db: None) -> User:
    return UserFactory(username="auditor", role=Role.AUDITOR, team=None)


@pytest.fixture
def admin_user(db: None) -> User:
    return UserFactory(username="admin", role=Role.ADMIN, team=None, is_staff=True, is_superuser=True)


@pytest.fixture
def sign_in(client: Client, db: None) -> Callable[[User], Client]:
    """Sign somebody in and return the client.

    `db` by name: a test that gets its people by getfixturevalue would otherwise be sorted behind the browser tests,
    whose event loop gives the thread another connection, which nothing closes.
    """

    def sign_in_as(user: User) -> Client:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        as_if_signed_in(client, user)
        return client

    return sign_in_as


def as_if_signed_in(client: Client, user: User, *, with_second_factor: bool = True) -> None:
    """What signing in through the form leaves in the session: the password just given, and the second factor."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session[STANDING] = standing(user)
    if with_second_factor:
        session[second_factor.SHOWN] = user.pk
    session.save()


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Two teams with a full chart each, once for all tests of a module; what a test does to it is undone after it."""
    from tests import clinic as made

    with django_db_blocker.unblock(), transaction.atomic():
        yield made.build()
        transaction.set_rollback(True)


@pytest.fixture
def check_constraints(db: None) -> Callable[[], None]:
    """Run deferred constraints now, as a commit would; pytest-django's own transaction never commits."""

    def check() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    return check


@pytest.fixture(autouse=True, scope="session")
def _requests_have_the_sites_rights() -> Iterator[None]:
    """What a test asks of the site, by client or browser, the site does with the rights of its own database role."""
    original = ClientHandler.__call__

    def handle(self: Any, environ: Any) -> Any:
        with as_site():
            return original(self, environ)

    def connected(connection: Any, **kwargs: Any) -> None:
        if threading.current_thread() is not threading.main_thread():  # the live server's, or a race's
            become_site(connection)

    ClientHandler.__call__ = handle
    connection_created.connect(connected, dispatch_uid="tests.site_role")
    yield
    connection_created.disconnect(dispatch_uid="tests.site_role")
    ClientHandler.__call__ = original


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_little() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["tests.hashers.QuickArgon2", *settings.PASSWORD_HASHERS]):
        yield


@pytest.fixture(autouse=True, scope="session")
def _flush_past_append_only_triggers() -> Iterator[None]:
    """Tests that commit are cleaned up with TRUNCATE, which the append-only tables refuse: switch triggers off there.

    Needs a superuser, which the test database's owner is and the site's role in production is not.
    """
    original = TransactionTestCase._fixture_teardown

    def teardown(self: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            tables = [t for t in connection.introspection.table_names() if t != "django_migrations"]
            keep = {"django_content_type", "auth_permission"}
            for sql in connection.ops.sql_flush(
                no_style(), [t for t in tables if t not in keep], reset_sequences=True, allow_cascade=False
            ):
                cursor.execute(sql)
            cursor.execute("SET session_replication_role = DEFAULT")

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original
