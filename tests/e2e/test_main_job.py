"""A therapist's day and a lead's look at it, in a browser, with an accessibility check on every page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from audit.models import StatusHistory
from equipment.models import EquipmentLog
from mobility.models import MobilityScore
from patients.models import Patient
from sessions_notes.models import SessionNote
from tests.factories import make_patient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def others(therapist: User) -> list[Patient]:
    return [make_patient(therapist, family_name=name, given_names="Anna") for name in ("Novak", "Chan", "Diaz")]


def test_the_main_job(
    sign_in_page: Callable[[User], Page],
    axe_clean: Callable[[], None],
    patient: Patient,
    others: list[Patient],
    therapist: User,
    colleague: User,
    lead: User,
) -> None:
    page = sign_in_page(therapist)
    expect(page.get_by_role("heading", name="My caseload", level=1)).to_be_visible()
    axe_clean()

    # Finds the patient while typing; the address names nobody.
    page.get_by_role("searchbox", name="Search this list").press_sequentially("oluwa")
    expect(page.get_by_role("row")).to_have_count(2)
    assert "oluwa" not in page.url
    page.get_by_role("link", name="OLUWASEUN-FALADE, Tobi").click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    chart = page.url
    axe_clean()

    # Records a score in the dialog, without leaving the chart.
    page.locator("[data-key=s]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Barthel Index", exact=True).click()
    dialog.get_by_label("Score", exact=True).fill("65")
    axe_clean()
    dialog.get_by_role("button", name="Record score").click()
    expect(page.locator("#timeline").get_by_text("65 of 100")).to_be_visible()
    assert page.url.split("#")[0] == chart

    # Changes the status with a reason.
    page.get_by_role("link", name="Status", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Change status").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    axe_clean()
    dialog.get_by_text("Supervision").click()
    dialog.get_by_label("Reason for the change").fill("Walked 20 m with a frame and prompts only.")
    dialog.get_by_role("button", name="Change status").click()
    expect(page.locator("#timeline").get_by_text("Walked 20 m with a frame")).to_be_visible()

    # Checks a wheelchair out and in.
    page.locator("[data-key=e]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Serial number").fill("WC-0417")
    dialog.get_by_label("Equipment", exact=False).last.fill("Wheelchair, self-propelling")
    axe_clean()
    dialog.get_by_role("button", name="Check out").click()
    expect(page.locator("#timeline").get_by_text("WC-0417").first).to_be_visible()
    page.get_by_role("navigation", name="Patient record").get_by_role("link", name="Equipment").click()
    axe_clean()
    page.get_by_role("link", name="Return WC-0417").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Good").click()
    axe_clean()
    dialog.get_by_role("button", name="Return WC-0417").click()
    expect(page.get_by_role("heading", name="Returned 1")).to_be_visible()

    # Writes a note with a follow-up.
    page.goto(chart)
    page.locator("[data-key=n]").click()
    page.get_by_label("Note", exact=True).fill("Kitchen assessment: hot drink made with one prompt.")
    page.get_by_label("Session type").select_option("treatment")
    page.get_by_role("radio", name="Yes").check()
    page.get_by_label("What is to be done").fill("Repeat the hot drink task")
    axe_clean()
    page.get_by_role("button", name="Save note").click()
    page.goto(chart)
    timeline = page.locator("#timeline")
    for text in ("65 of 100", "Walked 20 m", "WC-0417", "Kitchen assessment"):
        expect(timeline.get_by_text(text).first).to_be_visible()
    axe_clean()
    for tab in ("Mobility", "Notes", "History"):
        page.get_by_role("navigation", name="Patient record").get_by_role("link", name=tab).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe_clean()

    assert MobilityScore.objects.get().recorded_by == therapist
    assert StatusHistory.objects.changes().get().changed_by == therapist
    assert EquipmentLog.objects.filter(patient=patient, returned_at__isnull=False).exists()
    assert SessionNote.objects.get().author == therapist

    sign_out(page)
    page = sign_in_page(lead)
    expect(page.get_by_role("heading", level=1)).to_contain_text("North team")
    axe_clean()
    expect(page.get_by_text("Assistance of 1 to Supervision")).to_be_visible()
    page.get_by_role("link", name="OLUWASEUN-FALADE, Tobi").first.click()
    page.get_by_role("link", name="Hand over").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("New primary therapist").select_option(str(colleague.pk))
    dialog.get_by_label("Reason").fill("Leave")
    axe_clean()
    dialog.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("handed over to")).to_be_visible()

    sign_out(page)
    page = sign_in_page(therapist)
    response = page.goto(chart)
    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    axe_clean()


@pytest.mark.parametrize("width", [390, 320])
def test_no_page_scrolls_sideways_on_a_phone(
    sign_in_page: Callable[[User], Page], axe_clean: Callable[[], None], patient: Patient, lead: User, width: int
) -> None:
    page = sign_in_page(lead)
    page.set_viewport_size({"width": width, "height": 844})
    chart = f"/patients/{patient.pk}/"
    for path in (
        "/dashboard/", "/caseload/?scope=team", chart, f"{chart}scores/", f"{chart}notes/", f"{chart}equipment/",
        f"{chart}history/", f"{chart}status/", f"{chart}edit/", "/equipment/", "/status-history/", "/account/",
        "/audit/events/", f"{chart}who-looked/", f"/audit/charts/{patient.pk}/", f"/audit/charts/{patient.pk}/report/",
    ):  # fmt: skip
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide at {width} px"
        axe_clean()


def test_the_day_works_without_javascript(chromium: Any, live_server: Any, patient: Patient, therapist: User) -> None:
    from tests.factories import PASSWORD

    therapist.set_password(PASSWORD)
    therapist.save()
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(therapist.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#q").fill("oluwaseun")
    page.locator("#q").press("Enter")
    page.get_by_role("link", name="OLUWASEUN-FALADE, Tobi").click()
    page.get_by_role("link", name="Status", exact=True).first.click()
    page.get_by_text("Supervision").click()
    page.get_by_role("button", name="Change status").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    expect(page.get_by_role("radio", name="Supervision")).to_be_checked()
    page.get_by_label("Reason for the change").fill("Prompts only")
    page.get_by_role("button", name="Change status").click()
    expect(page.get_by_text("Mobility status is now Supervision.")).to_be_visible()
    context.close()


def test_keyboard_alone_opens_a_dialog_and_comes_back(
    sign_in_page: Callable[[User], Page], patient: Patient, therapist: User
) -> None:
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("[data-key=s]")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_search_and_filters_of_the_caseload_work_together(
    sign_in_page: Callable[[User], Page], patient: Patient, others: list[Patient], therapist: User
) -> None:
    page = sign_in_page(therapist)
    rows = page.locator("#results tbody tr")
    expect(rows).to_have_count(4)
    page.get_by_role("searchbox", name="Search this list").press_sequentially("anna")
    expect(rows).to_have_count(3)
    page.get_by_label("Mobility status").select_option("hoist")
    expect(page.get_by_text("No patients match “anna”")).to_be_visible()
    page.get_by_label("Mobility status").select_option("assist_1")
    expect(rows).to_have_count(3)
    page.get_by_role("searchbox", name="Search this list").fill("")
    expect(rows).to_have_count(4)
    assert "anna" not in page.url
