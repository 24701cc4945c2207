"""Markup in every text of every form, and in what is imported, is text on every page that shows it."""

import datetime as dt
import re
import uuid
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django import forms
from django.conf import settings
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from equipment import services as equipment
from equipment.models import EquipmentItem
from patients import services
from patients.access_forms import EmergencyReason
from sessions_notes import services as notes
from tests.access_matrix import MATRIX
from tests.clinic import Clinic, Visitor, build, sign_in_all
from tests.factories import TeamFactory, UserFactory
from tests.forms_found import Found, find_forms
from tests.interchange.importing import run_import
from tests.interchange.samples import person, record_number, statement, thing, write_ndjson
from tests.pages import Control
from tests.routes import routes, routes_by_key
from ui.dates import show_date
from ui.forms import BaseForm

pytestmark = pytest.mark.django_db(transaction=True)

MARKER = re.compile(r"""'"><img src=x onerror=xss\((\d+)\)>""")
SHORT = re.compile(r"<q>(\d+)")
MARKED = re.compile(r"onerror=xss\((\d+)\)|(?:&lt;|<)q(?:&gt;|>)(\d+)")
numbers = count(1)
# What shows the marker is opened by the first of these who is let in: the lead sees the most.
READERS = ("lead", "therapist", "auditor", "admin")
# Without these nothing would be saved. The therapist's name is markup as well.
CHOSEN = {
    "patients:change_chart_status": {"to": "inactive"},
    "patients:decide_access": {"state": "declined"},
    "patients:add_member": {"user": "stranger", "role": "covering"},
    "patients:hand_over": {"to": "lead", "keep_as_cover": "on"},
    "amendments:record_request": {"asked_by": "representative", "about": "details:0"},
    "equipment:return_item": {"condition": "needs_repair"},
    "admin:accounts_user_change": {"username": "therapist", "is_active": "on"},
}
# Kept in the audit trail or the session, and on no page that is opened here.
NEVER_SHOWN = {
    "patients:add_member reason", "patients:end_membership reason", "patients:decide_access note",
    "patients:decide_registration note", "patients:decide_registration patient_id", "patients:find_patient q",
    "patients:list_caseload q", "amendments:decide_request basis", "equipment:list_items q", "admin:accounts_user_change username",
    "mobility:preview_total notes",
}  # fmt: skip
# After all others, which need the chart as it was.
LAST = ("patients:end_membership", "patients:hand_over", "patients:change_chart_status")
# Texts that are saved as numbers only, and a button: tests/test_bad_input.py looks at how they are shown with the refusal.
NUMBERS = {"score_value", "confirmed", "every", "action"}
# Not saved by what this test fills in: filters, and what is told after a request to amend was decided.
NOT_YET = {"patient", "person", "whom", "text"}

OFTEN = 9

SHOWN = """() => {
    const texts = [document.body.textContent, document.title];
    for (const one of document.querySelectorAll('*'))
        for (const attribute of one.attributes) texts.push(attribute.value);
    for (const one of document.querySelectorAll('input, textarea')) texts.push(one.value);
    return {
        ran: window.ran, texts: texts.join('\\n'),
        made: document.querySelectorAll('img[src="x"], q, [onerror]').length,
    };
}"""


def marker(control: Control) -> str:
    number = next(numbers)
    text = f"'\"><img src=x onerror=xss({number})>"
    return text if len(text) <= control.max_length else f"<q>{number}"


def fresh(clinic: Clinic, name: str) -> dict[str, Any]:
    """Numbers of a loan or an item of its own, where one form would take what the next one needs."""
    by, serial = clinic.people["therapist"], f"N-{next(numbers)}"
    if name.startswith("equipment:") and "log_id" in {p for r in routes() if r.name == name for p in r.parameters}:
        if name != "equipment:void_item_entry":
            loan = equipment.check_out(
                patient=clinic.own.patient, serial_number=serial, equipment_name="Frame", by=by,
                checked_out_at=timezone.now() - dt.timedelta(days=1),
            )  # fmt: skip
            return {"log_id": loan.pk}
    elif name.endswith("_follow_up"):
        note = notes.write_note(
            patient=clinic.own.patient, by=by, session_date=timezone.localdate(), session_type="treatment",
            note_text="Walked", follow_up_needed=True, follow_up_text="Rails",
        )  # fmt: skip
        if name == "sessions_notes:reopen_follow_up":
            notes.resolve_follow_up(follow_up=note.follow_up, by=by)
        return {"follow_up_id": note.follow_up.pk}
    elif name in {"equipment:send_to_repair", "equipment:mark_item_lost", "equipment:retire_item"}:
        return {"item_id": equipment.register_item(equipment_name="Frame", serial_number=serial, by=by).pk}
    return {}


def send(clinic: Clinic, visitors: dict[str, Visitor], found: Found) -> tuple[int, dict[str, str]]:
    """Post the form with a marker in each of its texts; the answer's status and those by name."""
    name = resolve(urlsplit(found.form.action).path).view_name
    (route,) = {r for r in routes() if r.name == name and len(r.parameters) == len(resolve_numbers(found))}
    action = route.path(**(resolve_numbers(found) | fresh(clinic, name)))
    texts = {n: marker(found.form.controls[n]) for n in found.form.texts if not is_fixed(found.form.controls[n])}
    fields = found.form.filled() | texts | CHOSEN.get(name, {})
    fields |= {
        key: clinic.people[who].pk for key, who in fields.items() if key in {"user", "to"} and who in clinic.people
    }
    return visitors[found.who].post(action, fields).status_code, texts


def resolve_numbers(found: Found) -> dict[str, Any]:
    return resolve(urlsplit(found.form.action).path).kwargs


def is_fixed(control: Control) -> bool:
    """Texts that are a number or a time."""
    return control.is_number or "time" in control.name or control.name == "duration_minutes"


def texts_of_forms() -> set[str]:
    """Names of every free text of every form of the site."""

    def below(form: type) -> list[type]:
        return [form, *(found for one in form.__subclasses__() for found in below(one))]

    texts: set[str] = set()
    for form in below(BaseForm):
        for name, field in form.base_fields.items():
            is_text = isinstance(field, forms.CharField) and not isinstance(field.widget, forms.HiddenInput)
            if is_text and not isinstance(field.widget, forms.PasswordInput) and not isinstance(field, forms.UUIDField):
                texts.add(name)
    return texts


def score_items(clinic: Clinic, visitor: Visitor) -> dict[str, str]:
    """Assessments with markup in what people write of their own: a wound, a problem, a goal, how it was done, notes."""
    forms = {
        "push_tool_3": {"item_size": "7", "item_exudate": "2", "item_tissue": "3", "context_wound": ""},
        "copm": {"problem_0_text": "", "problem_0_performance": "4", "problem_0_satisfaction": "2"},
        "goal_attainment_scaling": {"goal_0_text": "", "goal_0_x": "0", "goal_0_w": "1"},
        "grip_strength": {"context_hand": "left", "context_protocol": "", "value_force": "20"},
    }
    saved = {}
    for measure, typed in forms.items():
        texts = {name: marker(Control("", "text")) for name, value in [*typed.items(), ("notes", "")] if not value}
        address = f"/patients/{clinic.own.patient.pk}/scores/assess/{measure}/"
        fields = {"form_token": str(uuid.uuid4()), "score_date": show_date(timezone.localdate())} | typed | texts
        response = visitor.post(address, fields)
        assert response.status_code == 302, measure
        saved |= {f"mobility:assess {measure} {name}": text for name, text in texts.items()}
    return saved


def bring_in(folder: Path, clinic: Clinic) -> None:
    """A record with markup wherever a record has text."""
    text = lambda: marker(Control("", "text"))  # noqa: E731
    name = [{"use": "official", "family": text(), "given": [text()], "prefix": ["<q>1"]}]
    record = person("p-1", name=name, identifier=record_number("<q>2"), telecom=[{"system": "phone", "value": text()}],
                    address=[{"line": [text()], "city": text()}])  # fmt: skip
    walker = thing(deviceName=[{"name": text(), "type": "user-friendly-name"}], serialNumber="<q>3")
    path = write_ndjson(folder / "a.ndjson", [record, walker, statement(timingPeriod={"start": "2024-03-01"})])
    outcome = run_import(path, therapist=clinic.people["therapist"])
    assert outcome.totals("patients") == {"created": 1}


def pages(clinic: Clinic) -> list[tuple[str, str]]:
    """Who opens what: every page of the own patient and of the imported one."""
    imported = clinic.people["therapist"].primary_patients.exclude(pk=clinic.own.patient.pk).latest("created_at")
    found = [("lead", "/caseload/?scope=team"), ("therapist", "/caseload/")]
    chart = f"/patients/{clinic.own.patient.pk}"
    found += [("lead", f"{chart}/notes/{note.pk}/") for note in clinic.own.patient.session_notes.all()]
    found += [("lead", f"{chart}/scores/assessments/{one.pk}/") for one in clinic.own.patient.assessments.all()]
    found += [("lead", f"{chart}/scores/{score.pk}/") for score in clinic.own.patient.mobility_scores.all()]
    found += [("lead", f"{chart}/scores/?type={one}") for one in ("push_tool_3", "copm", "grip_strength")]
    found += [("lead", f"{chart}/amendments/{asked.pk}/") for asked in clinic.own.patient.amendment_requests.all()]
    found += [("lead", f"/equipment/{item.pk}/") for item in EquipmentItem.objects.all()]
    found += [("therapist", f"{chart}/"), ("therapist", f"{chart}/notes/write/")]
    found += [("therapist", f"{chart}/notes/drafts/{draft.pk}/") for draft in clinic.own.patient.note_drafts.all()]
    for key, of_key in routes_by_key().items():
        reader = next((who for who in READERS if MATRIX[key].cells[who] == "+"), None)
        if MATRIX[key].get == 200 and reader:
            for route in of_key:
                found.append((reader, clinic.own.path(route)))
                if route.parameters == ["patient_id"]:
                    found.append(("therapist", route.path(patient_id=imported.pk)))
    return found


def markers_on(visitors: dict[str, Visitor], who: str, address: str) -> set[str]:
    response = visitors[who].get(address)
    is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")  # and no download
    text = response.content.decode() if is_page else ""
    return {one or other for one, other in MARKED.findall(text)}


def become(context: BrowserContext, visitor: Visitor, url: str) -> None:
    """Go on in the session of this visitor."""
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": visitor.cookies[name].value, "url": url}])


def test_markup_is_shown_as_text_everywhere(
    page: Page, browser_context: BrowserContext, live_server: Any, tmp_path: Path
) -> None:
    clinic = build()
    visitors = sign_in_all(clinic)
    patient, outsider = clinic.own.patient, UserFactory(team=TeamFactory())
    text = marker(Control("", "text"))
    services.open_emergency(patient=patient, reason_kind=EmergencyReason.OTHER, reason=text, by=outsider)
    services.request_access(
        asked_for=patient.pk, reason_kind="treating", reason=text, form_token=uuid.uuid4(), by=outsider
    )
    bring_in(tmp_path, clinic)
    draft = {"token": uuid.uuid4(), "draft_version": 0, "typed": {"note_text": marker(Control("", "text"))}}
    notes.save_draft(patient=patient, by=clinic.people["therapist"], **draft)
    found = find_forms(clinic, visitors)
    found.sort(key=lambda one: next((n for n, last in enumerate(LAST, 1) if one.name.startswith(last)), 0))
    saved = score_items(clinic, visitors["therapist"])
    for one in found:
        if one.form.texts and not one.form.action.startswith(("/accounts/", "/account/")):
            status, texts = send(clinic, visitors, one)
            if status in {200, 302}:
                saved |= {f"{one.name.partition(' ')[0]} {name}": text for name, text in texts.items()}
    assert texts_of_forms() - {name.split()[-1] for name in saved} <= NUMBERS | NOT_YET

    page.add_init_script("window.ran = []; window.xss = number => window.ran.push(number)")
    wrong, marked = [], {place: markers_on(visitors, *place) for place in pages(clinic)}
    often = Counter(number for found in marked.values() for number in found)
    # The patient's particulars and the therapist's name are on every page of the chart: those with more are opened.
    marked = {place: sent for place, sent in marked.items() if any(often[number] < OFTEN for number in sent)}
    assert {name for name, text in saved.items() if re.findall(r"\d+", text)[0] not in often} <= NEVER_SHOWN
    for (who, address), sent in marked.items():
        become(browser_context, visitors[who], live_server.url)
        page.goto(address, wait_until="domcontentloaded")
        shown = page.evaluate(SHOWN)
        read = set(MARKER.findall(shown["texts"])) | set(SHORT.findall(shown["texts"]))
        if shown["ran"] or shown["made"]:
            wrong.append(f"{who} {address}: {shown['made']} elements made, {shown['ran']} run")
        if sent - read:
            wrong.append(f"{who} {address}: {sorted(sent - read)} not shown as they were typed")
    assert not wrong, "\n".join(wrong)
    # What scripts put into a page: results while typing, a form in a dialog.
    become(browser_context, visitors["lead"], live_server.url)
    page.goto("/caseload/?scope=team")
    page.get_by_role("searchbox", name="Search this list").press_sequentially("img'\">")
    expect(page.locator("#results")).to_contain_text("onerror")
    assert page.evaluate(SHOWN)["made"] == 0
    page.goto(f"/patients/{patient.pk}/")
    page.locator("[data-key=s]").click()
    expect(page.get_by_role("dialog").get_by_label("Score", exact=True)).to_be_visible()
    shown = page.evaluate(SHOWN)
    assert (shown["ran"], shown["made"]) == ([], 0)
