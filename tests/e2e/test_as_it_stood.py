"""How a fact is known, and the chart as it stood: in a browser, by keyboard, with an accessibility check."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from mobility import services as mobility
from patients.models import Patient
from ui.dates import show_date, show_time

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_a_fact_to_the_chart_as_it_stood_when_it_was_recorded(
    sign_in_page: Callable[[User], Page], axe_clean: Callable[[], None], patient: Patient, therapist: User
) -> None:
    day = patient.created_at.date()
    mobility.record_score(patient=patient, score_type="barthel_index", score_value="50", score_date=day, by=therapist)
    page = sign_in_page(therapist)
    chart = f"/patients/{patient.pk}/"
    page.goto(chart)
    born = page.get_by_role("link", name="Born How do we know?")
    born.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="How do we know?")).to_be_focused()
    expect(dialog).to_contain_text("31-Jan-1950")
    axe_clean()
    dialog.get_by_role("link", name="Close").click()
    expect(born).to_be_focused()

    born.click()
    dialog.get_by_role("link", name="the chart as it stood").click()
    banner = page.get_by_role("region", name="The chart as it stood")
    expect(banner).to_contain_text("nothing here can be edited")
    axe_clean()
    page.mouse.wheel(0, 2000)
    expect(banner).to_be_in_viewport()
    page.keyboard.press("s")  # no quick-add here
    expect(page.get_by_role("dialog")).to_have_count(0)

    # Another moment from a dialog whose form is sent as it would be without a script.
    page.get_by_role("link", name="Another moment").click()
    dialog.get_by_label("Date", exact=True).fill("01-Jan-2020")
    dialog.get_by_role("button", name="Show the chart").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a moment after the registration")
    expect(page.get_by_label("Date", exact=True)).to_have_value("01-Jan-2020")
    axe_clean()
    score = patient.mobility_scores.get()
    page.get_by_label("Date", exact=True).fill(show_date(score.created_at))
    page.get_by_label("Time (24 hour)").fill(show_time(score.created_at))
    page.get_by_role("button", name="Show the chart").click()
    expect(page.get_by_role("table", name="Scores, newest first")).to_contain_text("50 of 100")
    page.get_by_role("link", name="Present chart").click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
