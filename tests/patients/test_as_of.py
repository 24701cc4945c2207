"""The chart as it stood: whatever a page said at a moment, it says of that moment for ever after."""

import datetime as dt
import itertools
import random

import pytest
from django.utils import timezone

from audit.api import replaying
from equipment import services as equipment
from mobility import services as mobility
from patients import as_of, services
from patients.models import Patient
from patients.services.charts import EDITABLE
from sessions_notes import services as notes
from tests.factories import make_patient

START = dt.datetime(2025, 10, 20, 8, 0, 0, 250_000, tzinfo=dt.UTC)
STATUSES = ["independent", "supervision", "assist_1", "assist_2", "hoist"]


def live(patient):
    """What the chart says now, read as its own pages read it."""
    now = Patient.objects.get(pk=patient.pk)
    out = patient.equipment_logs.out()
    return {
        "particulars": {name: getattr(now, name) for name in (*EDITABLE, "display_name", "deceased_on")},
        "statuses": (now.mobility_status, now.chart_status, now.primary_therapist_id, now.team_id),
        "history": [(row.status_type, row.to_value) for row in patient.status_history.newest_first()],
        "team": sorted(patient.care_team.filter(ended_at=None).values_list("user", "role", "ends_on")),
        "scores": sorted((one.pk, one.value_text, one.is_in_error) for one in patient.mobility_scores.all()),
        "notes": sorted((one.pk, one.note_text, one.version, one.is_in_error) for one in patient.session_notes.all()),
        "follow_ups": sorted((one.pk, one.text, one.resolution) for one in patient.follow_ups.all()),
        "to_do": sorted(patient.follow_ups.open().values_list("pk", "text")),
        "out": sorted((one.pk, str(one.due_back_on)) for one in out),
        "past": sorted((one.pk, one.status, one.is_voided) for one in patient.equipment_logs.past()),
    }


def stood(patient, moment):
    """What the page of that moment says."""
    then = as_of.read(patient, moment)
    data = {panel.key: shown for panel, shown in then.panels}
    assert not any(shown.get("next_key") for shown in data.values()), "the test compares first pages"
    was = then.patient
    return {
        "particulars": {name: getattr(was, name) for name in (*EDITABLE, "display_name", "deceased_on")},
        "statuses": (was.mobility_status, was.chart_status, was.primary_therapist_id, was.team_id),
        "history": [(row.status_type, row.to_value) for row in data["status"]["rows"]],
        "team": sorted((one.user_id, one.role, one.ends_on) for one in data["care_team"]["members"]),
        "scores": sorted((one.pk, one.value_text, one.is_in_error) for one in data["score"]["scores"]),
        "notes": sorted((n.pk, n.note_text, n.version, n.is_in_error) for n, _ in data["note"]["notes"]),
        "follow_ups": sorted((f.pk, f.text, f.resolution) for _, f in data["note"]["notes"] if f),
        "to_do": sorted((f.pk, f.text) for f, _late in data["follow_up"]["follow_ups"]),
        "out": sorted((one.pk, str(one.due_back_on)) for one, _late in data["equipment"]["loans"]),
        "past": sorted((one.pk, one.status, one.is_voided) for one in data["equipment_past"]["loans"]),
    }


class Clinic:
    """A course of real service calls on one chart, drawn by lot; each records what it may at that point."""

    def __init__(self, patient, therapist, colleague, lead, seed):
        self.patient, self.people, self.lead = patient, [therapist, colleague], lead
        self.lot, self.numbers = random.Random(seed), itertools.count(1)  # noqa: S311

    def act(self, at):
        every = [self.edit, self.status, self.hand_over, self.cover, self.score, self.wrong_score, self.note,
                 self.edit_note, self.wrong_note, self.follow_up, self.loan, self.late_loan, self.due, self.give_back,
                 self.wrong_loan, self.chart_status]  # fmt: skip
        self.patient.refresh_from_db()
        self.by, self.at, self.day = self.patient.primary_therapist, at, timezone.localdate(at)
        self.lot.choice(every)()

    def any(self, rows):
        return self.lot.choice(list(rows) or [None])

    def edit(self):
        field = self.lot.choice(["family_name", "phone", "alerts", "allergies", "location", "referral_reason"])
        changes = {field: f"Words {next(self.numbers)}"}
        services.edit_patient(patient=self.patient, version=self.patient.version, changes=changes, by=self.by)

    def status(self):
        to = self.any(status for status in STATUSES if status != self.patient.mobility_status)
        seen = self.at - dt.timedelta(days=self.lot.randrange(3))
        services.change_mobility_status(patient=self.patient, to=to, reason="Seen", by=self.by, effective_at=seen)

    def chart_status(self):
        to = "inactive" if self.patient.chart_status == "active" else "active"
        services.change_chart_status(patient=self.patient, to=to, reason="Told", by=self.by)

    def hand_over(self):
        to = next(person for person in self.people if person != self.by)
        until = self.lot.choice([None, self.day])
        services.hand_over(patients=[self.patient], to=to, reason="Away", by=self.lead, keep_as_cover_until=until)

    def cover(self):
        member = self.patient.care_team.filter(role="observer", ended_at=None).first()
        if member:
            services.end_membership(member=member, by=self.by)
        else:
            services.add_member(patient=self.patient, user=self.lead, role="observer", by=self.by)

    def score(self):
        day = self.day - dt.timedelta(days=self.lot.randrange(20))  # entered up to three weeks late
        value = str(self.lot.randrange(20) * 5)
        mobility.record_score(
            patient=self.patient, score_type="barthel_index", score_value=value, score_date=day, by=self.by
        )

    def wrong_score(self):
        if score := self.any(self.patient.mobility_scores.live()):
            mobility.mark_in_error(score=score, reason="Wrong patient", by=self.by)

    def note(self):
        number = next(self.numbers)
        notes.write_note(
            patient=self.patient, by=self.by, session_date=self.day, session_type="treatment",
            note_text=f"Note {number}", follow_up_needed=True, follow_up_text=f"Do {number}",
        )  # fmt: skip

    def edit_note(self):
        if note := self.any(self.patient.session_notes.standing()):
            text = self.lot.choice([note.note_text, f"Edited {next(self.numbers)}"])
            changes = {"note_text": text, "follow_up_needed": self.lot.choice([True, False]), "follow_up_text": text}
            notes.edit_note(note=note, version=note.version, changes=changes, reason="Typing error", by=self.by)

    def wrong_note(self):
        if note := self.any(self.patient.session_notes.standing()):
            notes.mark_in_error(note=note, reason="Wrong chart", by=self.by)

    def follow_up(self):
        follow_up = self.any(self.patient.follow_ups.select_related("note"))
        if follow_up and follow_up.is_open:
            notes.resolve_follow_up(follow_up=follow_up, by=self.by, resolution=f"Done {next(self.numbers)}")
        elif follow_up and follow_up.note.follow_up_needed and not follow_up.note.is_in_error:
            notes.reopen_follow_up(follow_up=follow_up, by=self.by, reason="Not done after all")

    def loan(self):
        serial = f"WC-{next(self.numbers)}"
        out_at = self.at - dt.timedelta(hours=self.lot.randrange(60))
        equipment.check_out(
            patient=self.patient, serial_number=serial, equipment_name="Frame", by=self.by, checked_out_at=out_at
        )

    def late_loan(self):
        """As an import enters it: over long before it was recorded."""
        out_at = START - dt.timedelta(days=self.lot.randrange(100, 200))
        equipment.record_loan(
            patient=self.patient, equipment_name="Frame", serial_number=f"OLD-{next(self.numbers)}", by=self.by,
            checked_out_at=out_at, returned_at=out_at + dt.timedelta(days=9),
        )  # fmt: skip

    def due(self):
        if log := self.any(self.patient.equipment_logs.out()):
            day = self.day + dt.timedelta(days=self.lot.randrange(9))
            equipment.change_due_date(log=log, version=log.version, due_back_on=day, by=self.by)

    def give_back(self):
        if log := self.any(self.patient.equipment_logs.out()):
            lost = self.lot.choice([True, False])
            (equipment.mark_lost if lost else equipment.return_item)(log=log, by=self.by)

    def wrong_loan(self):
        if log := self.any(self.patient.equipment_logs.in_force()):
            equipment.void_entry(log=log, version=log.version, reason="Never left", by=self.by)


def on(said, moment):
    """A snapshot on a later day: nothing was recorded since, but a cover may have run out."""
    day = timezone.localdate(moment)
    return said | {"team": [one for one in said["team"] if one[2] is None or one[2] >= day]}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_past_moment_reads_as_the_chart_did_then(therapist, colleague, lead, seed):
    with replaying(START):
        patient = make_patient(therapist)
    clinic = Clinic(patient, therapist, colleague, lead, seed)
    at, snapshots = START, [(START, live(patient))]
    for number in range(30):
        # Often two in the same minute, and through the night when the clocks go back.
        at += dt.timedelta(seconds=[7, 40, 1800, 26_000][number % 4])
        with replaying(at):
            clinic.act(at)
        snapshots.append((at, live(patient)))

    assert as_of.read(patient, START - dt.timedelta(seconds=1)) is None
    for (recorded, said), (until, _) in itertools.pairwise([*snapshots, (timezone.now(), None)]):
        for moment in (recorded, until - dt.timedelta(microseconds=1)):
            assert stood(patient, moment) == on(said, moment), f"recorded {recorded}, asked for {moment}"

    # Stepping back from now passes every second at which something was recorded, and forth again.
    seconds = {row.history_date.replace(microsecond=0) for panel in as_of.registry.of(as_of.AsOfPanel)
               for rows in panel.recorded(patient) for row in rows}  # fmt: skip
    assert walk(patient, timezone.now(), 1) == sorted(seconds, reverse=True)[1:]
    assert walk(patient, START, 2) == sorted(seconds)[1:]


def walk(patient, moment, way):
    passed = []
    while moment := as_of.steps(patient, as_of.end_of_second(moment))[way]:
        passed.append(moment)
    return passed


# The page, through the front door.


def page(client, patient, **query):
    return client.get(f"/patients/{patient.pk}/as-of/", query)


def words_of(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def old_chart(therapist):
    """Registered in a past October, with a note and a late score, and corrected since."""
    with replaying(START):
        patient = make_patient(therapist, family_name="Before", alerts="Falls risk")
    with replaying(START + dt.timedelta(days=1)):
        day = timezone.localdate(START)
        notes.write_note(
            patient=patient, by=therapist, session_date=day, session_type="treatment", note_text="Walked 12 m"
        )
        score = mobility.record_score(
            patient=patient, score_type="barthel_index", score_value="50", score_date=day, by=therapist
        )
    mobility.mark_in_error(score=score, reason="Wrong patient", by=therapist)
    services.edit_patient(patient=patient, version=1, changes={"family_name": "After", "alerts": ""}, by=therapist)
    notes.save_draft(
        patient=patient, by=therapist, token=patient.pk, draft_version=0, typed={"note_text": "Never shown"}
    )
    return patient  # fmt: skip


def test_the_page_says_what_was_recorded_by_then_and_offers_nothing_to_edit(sign_in, old_chart, therapist):
    client = sign_in(therapist)
    text = words_of(page(client, old_chart, on="25-Oct-2025", time="12:00"))
    body = text[text.index("</header>") : text.index("<footer")]
    for words in ("As of", "25-Oct-2025 12:00", "nothing here can be edited", "BEFORE, Given", "Falls risk",
                  "Walked 12 m", "50 of 100", "Now recorded as AFTER, Given"):  # fmt: skip
        assert words in body, words
    for words in (
        "Entered in error",
        "Wrong patient",
        "Never shown",
        "<form",
        "hx-post",
        "hx-get",
        "data-key",
        "/edit/",
    ):
        assert words not in body, words
    title = text[text.index("<title>") : text.index("</title>")]
    assert "BEFORE" not in title
    before = words_of(page(client, old_chart, on="20-Oct-2025", time="12:00"))  # before the late score
    assert "50 of 100" not in before
    assert "No score had been recorded." in before


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"on": "", "time": "12:00"}, "Enter the date"),
        ({"on": "25-Oct-2025"}, "Enter the time"),
        ({"on": "25-Oct-2025", "time": "12:60"}, "Enter a time like 14:05"),
        ({"on": "31-Feb-2025", "time": "12:00"}, "Enter a date like"),
        ({"on": "01-Jan-2199", "time": "12:00"}, "not in the future"),
        ({"on": "20-Oct-2025", "time": "08:59"}, "Enter a moment after the registration, 20-Oct-2025 09:00"),
        ({"on": "30-Mar-2025", "time": "01:30"}, "The clocks went forward that night"),
        ({"at": "yesterday"}, "Enter a date and a time"),
        ({"at": "0001-01-01T00:00:00Z"}, "Enter a moment after the registration"),
        ({"at": "9999-12-31T23:59:59Z"}, "not in the future"),
    ],
)
def test_a_moment_that_cannot_be_shown_is_refused_and_kept(sign_in, old_chart, therapist, query, message):
    response = page(sign_in(therapist), old_chart, **query)
    text = response.content.decode()
    assert (response.status_code, message in text) == (422, True)
    assert all(f'value="{value}"' in text for name, value in query.items() if value and name != "at")


def test_the_present_minute_is_no_future_one(sign_in, patient, therapist):
    now = timezone.localtime()
    assert page(sign_in(therapist), patient, on=now.date().isoformat(), time=f"{now:%H:%M}").status_code == 200


def test_both_hours_of_the_night_when_clocks_go_back_can_be_shown(sign_in, therapist):
    """Stepping tells them apart; the form means the later one, and says which it showed."""
    first, second = (dt.datetime(2025, 10, 26, hour, 30, 5, tzinfo=dt.UTC) for hour in (0, 1))
    with replaying(START):
        patient = make_patient(therapist, alerts="None yet")
    for at, alert in ((first, "In summer time"), (second, "In winter time")):
        with replaying(at):
            services.edit_patient(
                patient=patient, version=patient.version, changes={"alerts": alert}, by=therapist
            )  # fmt: skip
            patient.refresh_from_db()
    client = sign_in(therapist)
    shown = page(client, patient, on="26-Oct-2025", time="01:30")
    assert "In winter time" in shown.content.decode()
    assert "26-Oct-2025 01:30 GMT" in shown.content.decode()
    earlier = page(client, patient, at=shown.context["stood"].earlier)
    assert "In summer time" in earlier.content.decode()
    assert "26-Oct-2025 01:30:05 BST" in earlier.content.decode()
    assert earlier.context["stood"].later == "2025-10-26T01:30:05Z"


def test_a_long_panel_goes_on_by_key(sign_in, patient, therapist):
    for value in range(21):
        mobility.record_score(
            patient=patient, score_type="barthel_index", score_value=str(value % 20 * 5), by=therapist,
            score_date=timezone.localdate(),
        )  # fmt: skip
    client = sign_in(therapist)
    at = as_of.step_to(timezone.now())
    first = page(client, patient, at=at)
    panels = {panel.key: data for panel, data in first.context["stood"].panels}
    rest = page(client, patient, at=at, part="score", before=panels["score"]["next_key"])
    [(only, more)] = rest.context["stood"].panels
    assert (len(panels["score"]["scores"]), only.key, len(more["scores"]), more["next_key"]) == (20, "score", 1, "")
