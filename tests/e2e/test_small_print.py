"""What only a browser shows: messages of refused searches, and the calendar's words."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from patients.models import Patient

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_search_that_cannot_be_read_says_so_until_the_next_one(
    sign_in_page: Callable[[User], Page], patient: Patient, therapist: User
) -> None:
    page = sign_in_page(therapist)
    page.goto("/caseload/")
    page.locator("#q").evaluate(
        "field => { field.value = 'olu\\u0000'; field.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    message = page.get_by_text("What you typed holds characters that cannot be used. Remove them and try again.")
    expect(message.first).to_be_visible()
    expect(page.locator("#results")).to_contain_text("OLUWASEUN")
    page.locator("#q").fill("oluwaseun")
    expect(page.locator("main [data-said]")).to_have_count(0)
    expect(page.locator("#results")).to_contain_text("OLUWASEUN")


def test_the_calendar_writes_dates_as_the_page_does(
    sign_in_page: Callable[[User], Page], patient: Patient, therapist: User
) -> None:
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/status/")
    page.locator("body").evaluate("body => { body.dataset.months = body.dataset.months.replace('Mar', 'M\\u00e4r') }")
    page.locator(".datebox__native").first.evaluate(
        "picker => { picker.value = '2026-03-05'; picker.dispatchEvent(new Event('change')) }"
    )
    expect(page.get_by_label("Seen on", exact=True)).to_have_value("05-M\u00e4r-2026")
