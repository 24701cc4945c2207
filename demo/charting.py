"""One patient's months in the demo clinic: sessions with their scores, notes and status changes, follow-ups, loans."""

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal

from demo import scoring
from demo.clock import Clock
from demo.course import STATUS, Visit, visits
from demo.events import (
    ChartChanged,
    Event,
    HandedOver,
    Joined,
    Planned,
    Registered,
    Resolved,
    Scored,
    StatusChanged,
    Wrote,
)
from demo.loans import Loan
from demo.people import Person, details, read
from demo.staff import LEADS, TEAM_OF
from demo.stock import KINDS
from demo.writing import Writer
from mobility.plans.models import Rule
from patients.vocabulary import CareRole, ChartStatus
from sessions_notes.vocabulary import SessionType

ASSISTANT, STUDENT = "assistant.1", "student.1"
KINDS_OF_SESSION = [SessionType.TREATMENT] * 7 + [
    SessionType.HOME_VISIT,
    SessionType.CONTACT,
    SessionType.CASE_DISCUSSION,
    SessionType.EQUIPMENT_REVIEW,
]
AWAY = {SessionType.CONTACT, SessionType.CASE_DISCUSSION}  # the patient is not there to be measured
MOST_OUT, MOST_EVER = 3, 5
TEAMS_MEASURE, LEFT_OUT = "barthel_index", "Other measures say more with this diagnosis."
MAIN_EVERY, OTHERS_EVERY = (7, 14, 14, 28, 42), 84  # days
FORGOTTEN_FOR = 18  # days; no follow-up is overdue for longer


class Charting:
    """Plans one chart. `events` and `loans` hold the result; loans are given their items later."""

    def __init__(self, person: Person, number: int, clock: Clock, refs: Iterator[int]) -> None:
        self.person, self.clock, self.refs, self.rng = person, clock, refs, person.rng
        self.details = details(person, number, clock.today)
        self.visits = visits(person, clock)
        self.writer = Writer(person)
        self.lead = LEADS[TEAM_OF[person.therapist]]
        self.moves_on = clock.settle(clock.today - dt.timedelta(days=person.days // 2)) if person.formerly else None
        self.bias = {one: self.rng.gauss(0, 0.15) for one in scoring.EXPECTED}
        self.last: dict[str, Decimal] = {}
        self.held: dict[str, Loan] = {}
        self.had: set[str] = set()
        self.events: list[Event] = []
        self.loans: list[Loan] = []

    def plan(self) -> None:
        self._register()
        for visit in self.visits:
            self._visit(visit)
        self._team()
        self._end()

    def therapist(self, day: dt.date) -> str:
        """Whose patient this was on that day."""
        return self.person.formerly if self.moves_on and day < self.moves_on else self.person.therapist

    # --- The beginning ---

    def _register(self) -> None:
        """The working day before the first session, so that nothing comes before it."""
        first = self.visits[0].day - dt.timedelta(days=1) if self.visits else self.clock.day(self.person.days)
        day = self.clock.settle(first)
        who = self.therapist(day)
        by = self.lead if self.rng.random() < 0.3 else who
        at = self.clock.book(by, day, 10, wish=self.rng.randint(520, 960)) + dt.timedelta(minutes=8)
        status = STATUS[self.person.start]
        patient = self.person.pk
        self.events.append(
            Registered(at=at, by=by, patient=patient, therapist=who, status=status, details=self.details)
        )

    # --- A session ---

    def _visit(self, visit: Visit) -> None:
        kind = self._kind(visit)
        by = self._seen_by(visit, kind)
        minutes = 20 if kind in AWAY else self.rng.choice((30, 45, 45, 60))
        start = self.clock.book(by, visit.day, minutes + 10, wish=self.rng.randint(510, 960))
        end = start + dt.timedelta(minutes=minutes)
        scores = [] if kind in AWAY else self._scores(visit, by, end)
        if visit.is_first:
            self._plan_measures(by=self.therapist(visit.day), at=end + dt.timedelta(minutes=4))
        if visit.level != visit.before:
            self._change_status(visit, self.therapist(visit.day), end)
        text = self.writer.note(visit, kind, scores)
        self._note(visit, kind, by, start, minutes, text)
        if kind not in AWAY:
            self._lend(visit, by, end)

    def _kind(self, visit: Visit) -> SessionType:
        if visit.is_first:
            return SessionType.INITIAL_ASSESSMENT
        if visit.is_last and self.person.archived:
            return SessionType.DISCHARGE
        if visit.is_review or visit.level != visit.before:
            return SessionType.REASSESSMENT
        kind = self.rng.choice(KINDS_OF_SESSION)
        is_pointless = kind == SessionType.EQUIPMENT_REVIEW and not self.held
        return SessionType.TREATMENT if is_pointless else kind

    def _seen_by(self, visit: Visit, kind: SessionType) -> str:
        """The assistant takes some of the treatment sessions, once introduced."""
        shared = self.person.assistant and visit.index > 2 and kind == SessionType.TREATMENT
        return ASSISTANT if shared and self.rng.random() < 0.6 else self.therapist(visit.day)

    def _scores(self, visit: Visit, by: str, end: dt.datetime) -> list[tuple[str, Decimal, Decimal | None]]:
        """All measures at a review, one or two at other times; the main one last, so that lists show its trend."""
        able = scoring.instruments(self.person, visit)
        if not visit.is_review:
            able = [one for one in able if self.rng.random() < (0.55 if one == able[0] else 0.06)]
        found = []
        for place, instrument in enumerate(reversed(able)):
            value = scoring.value(self.person, visit, instrument, self.bias[instrument])
            found.append((instrument, value, self.last.get(instrument)))
            self.last[instrument] = value
            seen_at = end - dt.timedelta(minutes=12 - 3 * place)
            notes = self.rng.choice(self.writer.phrases["score_notes"][instrument])
            self._add(Scored, end + dt.timedelta(minutes=place), by, instrument=instrument, value=value,
                      seen_at=seen_at, notes=notes)  # fmt: skip
        return list(reversed(found))

    def _plan_measures(self, by: str, at: dt.datetime) -> None:
        """The measures of the condition besides the team's; without the team's where the condition has others."""
        wanted = read("conditions")[self.person.condition]["instruments"]
        main_every = random.Random(f"{self.person.key} plan").choice(MAIN_EVERY)  # noqa: S311
        for place, measure in enumerate(one for one in wanted if one != TEAMS_MEASURE):
            self._add(Planned, at, by, measure=measure, rule=Rule.OWN, days=OTHERS_EVERY if place else main_every)
        if TEAMS_MEASURE not in wanted:
            self._add(Planned, at, by, measure=TEAMS_MEASURE, rule=Rule.OFF, reason=LEFT_OUT)

    def _change_status(self, visit: Visit, by: str, end: dt.datetime) -> None:
        reason = self.writer.status_reason(visit)
        at = end + dt.timedelta(minutes=5)
        self._add(StatusChanged, at, by, to=STATUS[visit.level], reason=reason, seen_at=end)

    def _note(self, visit: Visit, kind: str, by: str, start: dt.datetime, minutes: int, text: str) -> None:
        at = start + dt.timedelta(minutes=minutes + self.rng.randint(6, 9))
        ref, due_on = next(self.refs), None
        follow_up = self.writer.follow_up() if self._needs_follow_up(visit) else ""
        if follow_up:
            due_on = self.clock.next_working_day(visit.day + dt.timedelta(days=self.rng.choice((7, 10, 14, 21, 28))))
        self._add(Wrote, at, by, ref=ref, start=start, minutes=minutes, kind=kind, text=text, follow_up=follow_up,
                  due_on=due_on)  # fmt: skip
        if due_on:
            self._resolve(visit, ref, due_on)

    def _needs_follow_up(self, visit: Visit) -> bool:
        return not (visit.is_last and self.person.ended) and self.rng.random() < 0.36

    def _resolve(self, visit: Visit, ref: int, due_on: dt.date) -> None:
        """Most are done in time. What is left when somebody goes is closed then."""
        resolution, chance, delay = self.writer.phrase("resolutions"), self.rng.random(), self.rng.randint(2, 9)
        by, last = self.therapist(visit.day), self.visits[-1].day
        if self.person.archived or self.person.died:
            day = min(self.clock.settle(due_on), last)
        else:
            day = self.clock.settle(min(visit.day + dt.timedelta(days=delay), due_on))
            late = (self.clock.today - due_on).days
            if late <= FORGOTTEN_FOR and chance > (0.5 if late > 0 else 0.3):
                return
        if visit.day < day < self.clock.today:
            self._add(Resolved, self.clock.at(day, 8 * 60 + 31), by, note=ref, resolution=resolution)

    # --- Equipment ---

    def _lend(self, visit: Visit, by: str, end: dt.datetime) -> None:
        for kind in [k for k in self.held if not KINDS[k].low <= visit.level <= KINDS[k].high]:
            self.held.pop(kind).finish(end + dt.timedelta(minutes=2), by)
        if visit.is_last and self.person.archived:
            self._take_all_back(end + dt.timedelta(minutes=2), by)
            return
        wanted = self.writer.condition["equipment"]
        fitting = [k for k in wanted if k not in self.had and KINDS[k].low <= visit.level <= KINDS[k].high]
        is_enough = len(self.held) >= MOST_OUT or len(self.had) >= MOST_EVER
        is_wanted = self.rng.random() < (0.45 if visit.is_first else 0.18)
        if visit.is_first and self.person.lent:
            self._hand_out(self.person.lent, by, end)
        elif fitting and is_wanted and not is_enough:
            self._hand_out(fitting[0], by, end)

    def _hand_out(self, kind: str, by: str, end: dt.datetime) -> None:
        loan = Loan(self.person.pk, kind, by, end + dt.timedelta(minutes=3), next(self.refs), self.rng)
        self.held[kind] = loan
        self.had.add(kind)
        self.loans.append(loan)

    def _take_all_back(self, at: dt.datetime, by: str) -> None:
        for loan in self.held.values():
            loan.finish(at, by)
        self.held.clear()

    # --- Who takes part, and how it ends ---

    def _team(self) -> None:
        person, after = self.person, self.events[0].at + dt.timedelta(minutes=1)
        joined: list[tuple[bool, str, str]] = [
            (person.assistant, ASSISTANT, CareRole.ASSISTANT),
            (person.student, STUDENT, CareRole.OBSERVER),
        ]
        for _, user, role in [one for one in joined if one[0]]:
            self._add(Joined, after, self.events[0].by, user=user, role=role)
        if self.moves_on:
            at, reason = self.clock.at(self.moves_on, 8 * 60 + 30), self.writer.phrases["handover_reason"]
            self._add(HandedOver, at, self.lead, to=person.therapist, reason=reason)
        if person.cover:
            at = self.clock.at(self.clock.working_day(3), 9 * 60 + 10)
            ends_on = self.clock.today + dt.timedelta(days=11)
            reason = self.writer.phrase("cover_reasons")
            self._add(Joined, at, self.lead, user=person.cover, role=CareRole.COVERING, ends_on=ends_on, reason=reason)

    def _end(self) -> None:
        person = self.person
        if person.archived:
            at = max(event.at for event in self.events) + dt.timedelta(minutes=5)  # the discharge note comes first
            self._change_chart(at, ChartStatus.ARCHIVED, "discharge")
        elif person.paused:
            self._change_chart(
                self.clock.at(self.clock.day(person.paused), 9 * 60 + 40), ChartStatus.INACTIVE, "paused"
            )
        elif person.died:
            self._die()

    def _change_chart(self, at: dt.datetime, to: str, reason: str, died_on: dt.date | None = None) -> None:
        words = self.writer.phrase(reason)
        self._add(ChartChanged, at, self.person.therapist, to=to, reason=words, died_on=died_on)

    def _die(self) -> None:
        """Equipment comes back a week later; after a recent death it is still out."""
        died_on = self.clock.today - dt.timedelta(days=self.person.died)
        informed = self.clock.next_working_day(died_on + dt.timedelta(days=1))
        self._change_chart(self.clock.at(informed, 9 * 60 + 25), ChartStatus.DECEASED, "died", died_on)
        if self.person.died > 21:
            day = self.clock.next_working_day(died_on + dt.timedelta(days=8))
            self._take_all_back(self.clock.at(day, 14 * 60 + 10), self.person.therapist)

    def _add(self, what: type[Event], at: dt.datetime, by: str, /, **facts: object) -> None:
        self.events.append(what(at=at, by=by, patient=self.person.pk, **facts))  # type: ignore[call-arg]
