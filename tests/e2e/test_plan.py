"""What is measured and how often, what is due because of it, and a status that a score speaks for: in a browser."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from mobility.plans import services as plans
from patients.models import Patient
from ui.dates import show_date

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_a_plan_to_a_score_to_the_status_that_it_speaks_for(
    sign_in_page: Callable[[User], Page],
    axe_clean: Callable[[], None],
    patient: Patient,
    therapist: User,
    lead: User,
) -> None:
    plans.set_team_measure(team=lead.team, score_type="tug", every_days=28, by=lead)
    page = sign_in_page(therapist)
    dialog = page.get_by_role("dialog")

    # The team's measure is due at once; another one is planned for this patient, by keyboard, after a mistake.
    page.goto(f"/patients/{patient.pk}/")
    plan = page.get_by_role("region", name="Measure plan")
    expect(plan).to_contain_text("Timed Up and Go")
    plan.get_by_role("link", name="See and change").click()
    axe_clean()
    page.get_by_role("link", name="Add a measure").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Measure", exact=True)).to_be_focused()
    dialog.get_by_label("Measure", exact=True).select_option(label="Functional Ambulation Category")
    dialog.get_by_role("radio").first.check()
    dialog.get_by_label("Every", exact=True).fill("often")
    dialog.get_by_label("Reason (optional)").fill("Walks with help since Monday")
    dialog.get_by_role("button", name="Save plan").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    expect(dialog.get_by_label("Reason (optional)")).to_have_value("Walks with help since Monday")
    axe_clean()
    dialog.get_by_label("Every", exact=True).fill("2")
    dialog.get_by_role("button", name="Save plan").click()
    row = page.get_by_role("row", name="Functional Ambulation Category")
    expect(row).to_contain_text("Every 2 weeks")
    expect(row).to_contain_text("Walks with help since Monday")
    axe_clean()

    # Scored from the plan: the next one is due in two weeks, and the status that the category means is offered.
    row.get_by_role("link", name="Score").click()
    page.get_by_role("radio").nth(2).focus()
    page.keyboard.press("3")
    page.get_by_role("button", name="Save", exact=False).first.click()
    offer = page.get_by_role("region", name="This score speaks for")
    expect(offer).to_contain_text("Nothing has been changed.")
    axe_clean()
    offer.get_by_role("link", name="Change status").click()
    expect(dialog.get_by_role("radio", checked=True)).to_have_value("supervision")
    expect(dialog.locator("[name=reason]")).to_have_value(re.compile("^FAC 3 on .*: Supervision without contact$"))
    axe_clean()
    patient.refresh_from_db()
    assert patient.mobility_status == "assist_1"
    dialog.get_by_role("button", name="Change status").click()
    expect(page.get_by_text("Mobility status is now")).to_be_visible()
    patient.refresh_from_db()
    assert patient.mobility_status == "supervision"
    page.goto(f"/patients/{patient.pk}/plan/")
    expect(page.get_by_role("row", name="Functional Ambulation Category")).to_contain_text(
        f"Due {show_date(timezone.localdate() + dt.timedelta(days=14))}"
    )

    # A lead sees what the team measures.
    page.context.clear_cookies()
    page = sign_in_page(lead)
    page.goto("/team/measures/")
    expect(page.get_by_role("row", name="Timed Up and Go")).to_contain_text("Every 4 weeks")
    axe_clean()
