"""What the generator makes up, without a database: the same every time, and possible."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.roles import Role
from demo import plan, staff
from demo.clock import Clock
from demo.events import ChartChanged, OfPatient, Registered, Scored, Wrote
from demo.people import everybody, read
from demo.stock import KINDS
from mobility import catalogue
from patients.vocabulary import ChartStatus

LONDON = ZoneInfo("Europe/London")
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def events():
    return plan.make(TODAY, LONDON)


def test_the_same_day_gives_the_same_clinic(events):
    assert plan.make(TODAY, LONDON) == events


@pytest.mark.parametrize("days", [1, 2, 90, 365])
def test_another_day_gives_the_same_people(events, days):
    later = plan.make(TODAY + dt.timedelta(days=days), LONDON)

    def people(found):
        registered = [event.details for event in found if isinstance(event, Registered)]
        return sorted((d["id"], d["family_name"], d["given_names"], d["patient_id"], d["phone"]) for d in registered)

    assert people(later) == people(events)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York", "Europe/London"])
@pytest.mark.parametrize("today", [dt.date(2027, 1, 2), dt.date(2027, 3, 29), dt.date(2028, 3, 1)])
def test_nothing_is_planned_for_today_or_later_or_at_night(today, zone):
    for event in plan.make(today, ZoneInfo(zone)):
        assert event.at.date() < today
        assert dt.time(8, 30) <= event.at.time() <= dt.time(19, 0), event
        assert event.at.weekday() < 5, event


@pytest.mark.parametrize("days", range(0, 90, 9))
def test_a_chart_takes_nothing_before_it_is_opened_or_after_it_is_archived(days):
    known, closed = set(), set()
    for event in plan.make(TODAY + dt.timedelta(days=days), LONDON):
        if isinstance(event, Registered):
            known.add(event.patient)
        elif isinstance(event, OfPatient):
            assert event.patient in known - closed, event
        if isinstance(event, ChartChanged) and event.to == ChartStatus.ARCHIVED:
            closed.add(event.patient)
    assert closed


def test_nobody_is_in_two_sessions_at_a_time(events):
    days = defaultdict(list)
    for event in events:
        if isinstance(event, Wrote):
            days[event.by, event.start.date()].append((event.start, event.start + dt.timedelta(minutes=event.minutes)))
    for sessions in days.values():
        sessions.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(sessions))


def test_every_score_is_a_possible_value_of_its_instrument(events):
    scores = [event for event in events if isinstance(event, Scored)]
    assert {score.instrument for score in scores} == {one.id for one in catalogue.instruments()}
    for score in scores:
        assert catalogue.get(score.instrument).clean_value(score.value) == score.value


def test_notes_are_no_copies_of_each_other(events):
    texts = [event.text for event in events if isinstance(event, Wrote)]
    assert len(set(texts)) > 0.97 * len(texts)
    assert min(map(len, texts)) > 80


def test_the_files_name_only_what_there_is():
    people, conditions = everybody(), read("conditions")
    assert {person.condition for person in people} == set(conditions)
    assert {kind for one in conditions.values() for kind in one["equipment"]} == set(KINDS)
    names = {member.username for member in staff.STAFF}
    named = {name for person in people for name in (person.therapist, person.cover, person.formerly) if name}
    assert named <= names
    assert len({person.pk for person in people}) == len(people) == 72


def test_names_of_many_scripts_and_lengths():
    families = [person.family for person in everybody()]
    assert max(len(f"{person.family} {person.given}") for person in everybody()) > 60
    assert {"陳", "张无忌", "Warsono", "Ó Ceallaigh", "Wojciechowska-Błaszczyk", "كريم", "כהן"} <= set(families)


def test_the_password_passes_the_rules_for_everybody():
    for member in staff.STAFF:
        user = User(username=member.username, email=member.email, display_name=member.display_name)
        validate_password(staff.PASSWORD, user)
    with pytest.raises(ValidationError):
        validate_password("password")


def test_the_cast_is_as_the_readme_says():
    cast = {member.username: member for member in staff.STAFF}
    assert set(cast) >= {
        *(f"therapist.{n}" for n in range(1, 7)), "lead.north", "lead.south", "assistant.1", "student.1", "auditor.1",
        "admin.1",
    }  # fmt: skip
    assert [cast[f"therapist.{n}"].team for n in range(1, 7)] == ["North"] * 3 + ["South"] * 3
    assert (cast["student.1"].role, cast["student.1"].credentials) == (Role.OBSERVER, "OT student")
    assert [name for name, member in cast.items() if member.role is None] == ["newcomer.1"]


def test_a_weekend_is_settled_on_its_friday():
    clock = Clock(dt.date(2026, 11, 23), LONDON)  # a Monday
    assert clock.day(0) == clock.day(1) == clock.day(3) == dt.date(2026, 11, 20)
    assert clock.working_day(1) == dt.date(2026, 11, 20)
    assert clock.working_day(4) == dt.date(2026, 11, 17)
    assert clock.next_working_day(dt.date(2026, 11, 21)) == dt.date(2026, 11, 23)
