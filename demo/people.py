"""The patients of the demo clinic: who they are. Read from data/people.yaml, completed by a seeded generator."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from patients.vocabulary import DiagnosisGroup

SEED = 2026
DAYS_TO_REFERRAL, SIX_MONTHS = 21, 183  # of a stroke
DATA = Path(__file__).with_name("data")
STREETS = ("Mill Lane", "Orchard Road", "Quay Street", "Chapel Rise", "Foundry Court", "Larkfield Avenue", "Tern Close")
RELATIVES = ("Daughter", "Son", "Partner", "Sister", "Neighbour", "Niece", "Friend")
FIRST_NAMES = ("Alex", "Sam", "Robin", "Kim", "Noor", "Jude", "Sasha", "Lee", "Toni", "Maxi")
ALLERGIES = ("Penicillin", "Latex", "Plasters (adhesive)", "Codeine: confusion", "Nuts")
WARDS = ("Ward 6B Stroke", "Ward 4A Orthopaedics", "Ward 2C Medicine", "Ward 7 Rehabilitation")


@cache
def read(name: str) -> Any:
    """A file of data/, which nobody may change in memory."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Person:
    """A patient. The fields below `days` are what people.yaml adds for a few, most of them in days ago."""

    key: str
    therapist: str
    family: str
    condition: str
    course: str
    start: int
    end: int
    days: int
    given: str = ""
    title: str = ""
    preferred: str = ""
    sex: str = ""
    age: int | None = None
    language: str = ""
    recent: str = ""  # improved or declined within the last working days
    often: bool = False
    scores: int | None = None  # 0: not scored yet
    assistant: bool = False
    student: bool = False
    cover: str = ""
    formerly: str = ""  # with whom the patient was before a handover
    lent: str = ""  # a kind of equipment from the first session on
    died: int = 0
    archived: int = 0
    paused: int = 0
    rng: random.Random = field(default_factory=random.Random, compare=False, repr=False)

    @property
    def pk(self) -> uuid.UUID:
        """The same in every copy of the demo, so that addresses can be written down."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"https://clinic.example/demo/{self.key}")

    @property
    def ended(self) -> int:
        """How many days ago therapy came to an end; 0 where it goes on."""
        return self.died or self.archived or self.paused


def everybody() -> list[Person]:
    """All patients, in the order of the file."""
    people: list[Person] = []
    for therapist, rows in read("people").items():
        for row in rows:
            facts = dict(row)
            levels = {"start": facts.pop("from"), "end": facts.pop("to")}
            key = f"{therapist}/{facts['family']}"
            rng = random.Random(f"{SEED} {key}")  # noqa: S311
            people.append(Person(key=key, therapist=therapist, rng=rng, **facts, **levels))
    return people


def details(person: Person, number: int, today: dt.date) -> dict[str, Any]:
    """The fields of Patient, apart from statuses and people. Every telephone number and address is invented."""
    rng = person.rng
    condition = read("conditions")[person.condition]
    at_home = person.course != "new" and rng.random() < 0.7
    home = f"{rng.randint(1, 180)} {rng.choice(STREETS)}"
    ward = f"{rng.choice(WARDS)}, bay {rng.randint(1, 5)}, bed {rng.randint(1, 6)}"
    mobile = f"07700 900{rng.randint(0, 999):03}"
    landline = f"01632 960{rng.randint(0, 999):03}"
    relative = f"{rng.choice(FIRST_NAMES)} ({rng.choice(RELATIVES)}), 07700 900{rng.randint(0, 999):03}"
    allergy = rng.choice(ALLERGIES) if rng.random() < 0.25 else ""
    alerts = [*condition["alerts"][: rng.randint(1, 2)]]
    if person.language:
        alerts.append(f"Interpreter: {person.language}")
    return {
        "id": person.pk,
        "patient_id": f"OT-{20417 + 61 * number + rng.randint(0, 60)}",
        "family_name": person.family,
        "given_names": person.given,
        "name_title": person.title,
        "preferred_name": person.preferred,
        "date_of_birth": _born(person, today),
        "sex_at_birth": person.sex,
        "location": "Home" if at_home else ward,
        "phone": mobile if person.age and person.age < 80 else landline,
        "address": f"{home}\nExampleton EX{rng.randint(1, 9)} {rng.randint(1, 9)}XX",
        "emergency_contact": relative,
        "allergies": allergy,
        "alerts": "\n".join(alerts),
        "referral_reason": rng.choice(condition["referral"]),
        "diagnosis_group": _group(person, condition.get("group", "")),
    }


def _group(person: Person, group: str) -> str:
    """The diagnosis group by now; of somebody new nobody has chosen one yet."""
    if person.course == "new":
        return ""
    if group != "stroke":
        return group
    is_chronic = person.days + DAYS_TO_REFERRAL > SIX_MONTHS
    return str(DiagnosisGroup.STROKE_CHRONIC if is_chronic else DiagnosisGroup.STROKE_SUBACUTE)


def _born(person: Person, today: dt.date) -> dt.date | None:
    """A birthday that makes the person as old as the file says, on whatever day the demo is loaded."""
    days = person.rng.randint(5, 360)
    if person.age is None:
        return None
    birthday = today - dt.timedelta(days=days)
    return birthday.replace(year=birthday.year - person.age, day=min(birthday.day, 28))
