"""A chart that is not one's own, in the browser: opened in an emergency, reviewed, asked for, granted."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from patients.models import Patient
from tests.e2e.test_main_job import sign_out
from tests.factories import PASSWORD
from ui.dates import show_date

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_emergency_its_review_and_access_asked_for_and_granted(
    sign_in_page: Callable[[User], Page],
    axe_clean: Callable[[], None],
    patient: Patient,
    stranger: User,
    lead: User,
) -> None:
    page = sign_in_page(stranger)
    page.get_by_role("link", name="Emergency access").click()
    axe_clean()
    page.get_by_role("button", name="Open the chart").click()
    expect(page.locator(".errors")).to_be_focused()
    axe_clean()
    page.get_by_label("ID", exact=True).fill(patient.patient_id)
    page.get_by_role("textbox", name="Date of birth").fill(show_date(patient.date_of_birth))
    page.get_by_text("Immediate risk to life or safety").click()
    page.get_by_label("Reason").fill("Found on the floor of the ward, unknown transfers")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Open the chart").click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_role("region", name="Emergency access")).to_be_visible()
    axe_clean()
    chart = page.url
    page.get_by_role("button", name="End now").click()
    expect(page.get_by_role("heading", name="My caseload")).to_be_visible()

    # Over: the page that refuses, which is where access is asked for.
    page.goto(chart)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    axe_clean()
    page.get_by_text("I am treating this patient").click()
    page.get_by_label("What for").fill("Hand therapy on Tuesdays until Christmas")
    page.get_by_role("button", name="Ask for access").click()
    axe_clean()
    page.goto("/")
    sign_out(page)

    page = sign_in_page(lead)
    page.get_by_role("link", name="See emergency accesses").click()
    axe_clean()
    page.get_by_role("link", name="OLUWASEUN-FALADE, Tobi").click()
    axe_clean()
    page.get_by_text("Justified", exact=True).click()
    page.get_by_role("textbox", name="Review").fill("Asked the ward: as described")
    page.get_by_role("button", name="Close the review").click()
    expect(page.get_by_text("No review is open")).to_be_visible()
    page.get_by_role("link", name="OLUWASEUN-FALADE, Tobi").click()
    axe_clean()
    page.goto("/access-requests/")
    axe_clean()
    page.get_by_role("link", name="Asked by").click()
    axe_clean()
    page.get_by_text("Grant access", exact=True).click()
    page.get_by_text("Covering", exact=False).first.click()
    page.get_by_role("textbox", name="Until").fill(show_date(timezone.localdate()))
    page.get_by_role("button", name="Decide").click()
    page.goto("/access-requests/")
    expect(page.get_by_role("heading", name="Nothing to decide")).to_be_visible()
    axe_clean()
    sign_out(page)

    page = sign_in_page(stranger)
    expect(page.get_by_text("Access granted:")).to_be_visible()
    axe_clean()
    page.get_by_role("main").get_by_role("link", name="OLUWASEUN-FALADE, Tobi").first.click()
    assert page.url == chart
