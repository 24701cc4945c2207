"""When the demo clinic is not loaded."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Team, User
from demo import loading
from patients.models import Patient
from tests.factories import UserFactory


def test_a_site_with_debug_off_is_left_alone(db, settings):
    settings.DEBUG = settings.OT_DEMO = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.parametrize("how", ["DEBUG", "OT_DEMO", "--yes-this-is-a-demo"])
def test_who_says_that_it_is_a_demo_gets_it(db, settings, monkeypatch, how):
    settings.DEBUG, settings.OT_DEMO = how == "DEBUG", how == "OT_DEMO"
    monkeypatch.setattr(loading, "load", lambda **kwargs: True)
    call_command("load_demo", *[how] if how.startswith("--") else [])


def test_other_peoples_patients_keep_it_away(patient, settings):
    settings.OT_DEMO = True
    with pytest.raises(CommandError, match="patients that are not the demo's"):
        call_command("load_demo")
    assert Patient.objects.get() == patient


def test_accounts_and_teams_of_the_same_names_keep_it_away(db, settings):
    settings.OT_DEMO = True
    account = UserFactory(username="therapist.1", team=None, role="auditor")
    with pytest.raises(CommandError, match="usernames"):
        call_command("load_demo")
    account.delete()
    Team.objects.create(name="north")
    with pytest.raises(CommandError, match="teams"):
        call_command("load_demo")


def test_a_load_that_breaks_leaves_nothing(db, settings, monkeypatch):
    settings.OT_DEMO = True

    def broken(self, events):
        raise RuntimeError("the plug was pulled")

    monkeypatch.setattr("demo.replay.Replay.run", broken)
    with pytest.raises(RuntimeError, match="plug"):
        call_command("load_demo", verbosity=0)
    assert not User.objects.exists()
    assert not loading.is_loaded()
