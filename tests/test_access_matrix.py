"""Every route of the site, by every method, as every role: what is answered is what tests/access_matrix.py says."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.urls import resolve

from audit.models import AuditEvent
from tests.access_matrix import MATRIX, ROLES, Row
from tests.clinic import NOBODYS, PLANTED, UNKNOWN, Chart, Clinic, Visitor, alike, sign_in_all, writes
from tests.roles import as_site
from tests.routes import Route, routes_by_key

METHODS = ("get", "head", "post", "put", "delete")
# What an empty form cannot do without, so that it is answered as a form.
POSTED = {"patients:request_access": {"chart": "00000000-0000-0000-0000-000000000001"}}
# Of nobody in particular: numbers of the admin, of one's own second factor, of links in mails.
OF_NO_TEAM = ("admin:", "mfa_", "account_")


@pytest.fixture(scope="module")
def visitors(clinic: Clinic) -> dict[str, Visitor]:
    return sign_in_all(clinic)


@pytest.fixture(autouse=True)
def _quiet(db: None) -> Iterator[None]:
    """Thousands of refusals are logged otherwise, and thousands of times the site's rights taken on and laid off."""
    logging.disable(logging.WARNING)
    with as_site():
        yield
    logging.disable(logging.NOTSET)


def test_every_route_has_a_row_and_every_row_a_route():
    assert sorted(routes_by_key()) == sorted(MATRIX)


# The walk. Four addresses of each route: of the own patient, of the other team's, of nobody's, and of a part of the other
# team's patient under the own patient's address.


def addresses(route: Route, own: Chart, other: Chart) -> dict[str, str]:
    found = {"own": own.path(route)}
    children = {name: other.path_values(route)[name] for name in route.parameters if name.endswith("_id")}
    if not children or route.name.startswith(OF_NO_TEAM):
        return found
    unknown = {name: UNKNOWN.get(name, NOBODYS) for name in children}
    found |= {"other": other.path(route), "unknown": own.path(route, **unknown)}
    if "patient_id" in children and len(children) > 1:
        found["stray"] = own.path(route, **(children | {"patient_id": own.patient.pk}))
    return found


def expected(row: Row, route: Route, role: str, whose: str, method: str) -> int:
    """What the table says."""
    cell, answer = row.cells[role], row.answer(method)
    is_admins = route.name.startswith("admin:")
    if cell in {"w", "s"}:
        return 302
    if answer == 405 and not (is_admins and cell == "."):
        return 405
    if whose == "stray":
        return 403 if cell == "403" else 404
    if whose != "own" and not (whose == "other" and role in row.others):
        return 404
    return {"+": answer, ".": 404, "!": 403}.get(cell) or int(cell)


@dataclass(frozen=True)
class Step:
    """One request of the walk, and the answer that the table gives."""

    key: str
    route: Route
    whose: str
    address: str
    method: str
    status: int

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.key} ({self.whose}), {self.status} by the table,"


def walk(clinic: Clinic, role: str) -> Iterator[Step]:
    for key, found in routes_by_key().items():
        for route in found:
            places = addresses(route, clinic.own, clinic.other)
            for (whose, address), method in product(places.items(), METHODS):
                if whose == "stray" and method not in {"get", "post"}:
                    continue
                yield Step(key, route, whose, address, method, expected(MATRIX[key], route, role, whose, method))


def ask(visitor: Visitor, step: Step) -> Any:
    form = POSTED.get(step.route.name, {}) if step.method == "post" else None
    return getattr(visitor, step.method)(step.address, form)


@pytest.mark.parametrize("role", [*ROLES.values(), "deactivated"])
def test_each_role_gets_what_the_table_says(db, clinic, visitors, role):
    """Refusals first: they show nothing of a patient, write nothing but their trace, and look like what is not there."""
    visitor, column = visitors[role], "nobody" if role == "deactivated" else role
    steps, pages = list(walk(clinic, column)), {}
    refused = [step for step in steps if is_refusal(step, column)]
    wrong, before, last = [], writes(), AuditEvent.objects.latest("pk").pk
    for step in refused:
        response = ask(visitor, step)
        wrong += faults(step, response)
        if PLANTED.search(response.content) or PLANTED.search(str(response.headers).encode()):
            wrong.append(f"{step} names a patient")
        if MATRIX[step.key].cells[column] in {"w", "s"} and not response.url.startswith(
            ("/awaiting-approval/", "/accounts/login/")
        ):
            wrong.append(f"{step} leads to {response.url}")
        pages[step.key, step.method, step.whose] = alike(response)
    for (key, method, whose), page in pages.items():
        if whose == "other" and page != pages.get((key, method, "unknown"), page):
            wrong.append(f"{method} {key} is not the same for the other team's and nobody's")
    assert not wrong, "\n".join(wrong)
    assert writes() == before
    events = AuditEvent.objects.filter(pk__gt=last).values_list("event_type", "route")
    assert {kind for kind, _ in events} <= {"chart.refused", "page.refused"}
    assert Counter(route for _, route in events) == Counter(
        resolve(step.address).view_name for step in refused if leaves_a_trace(step)
    )
    for step in steps:
        if not is_refusal(step, column):
            with transaction.atomic():
                wrong += faults(step, ask(visitor, step))
                transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def is_refusal(step: Step, column: str) -> bool:
    return step.status in {403, 404, 405} or MATRIX[step.key].cells[column] in {"w", "s"}


def leaves_a_trace(step: Step) -> bool:
    """What somebody who is signed in asked the gate for and did not get."""
    return step.status in {403, 404} and step.route.access.kind in {"patient", "role", "caseload"}


def faults(step: Step, response: Any) -> Iterator[str]:
    if response.status_code != step.status:
        yield f"{step} is answered {response.status_code}"
    if step.method == "head" and response.content:
        yield f"{step} has a body"
