"""Signed out while a dialog is open: what was typed stays, and goes through after signing in elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Session, User
from patients.models import Patient
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_typed_in_a_dialog_survives_signing_in_again(
    sign_in_page: Callable[[User], Page], patient: Patient, therapist: User
) -> None:
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/")
    page.get_by_role("link", name="Status", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Supervision").click()
    dialog.get_by_label("Reason for the change").fill("Prompts only, three days running.")
    Session.objects.all().delete()
    dialog.get_by_role("button", name="Change status").click()
    expect(dialog.get_by_role("alert")).to_contain_text("You are signed out")
    assert not patient.status_history.changes().exists()

    other = page.context.new_page()
    other.goto("/accounts/login/")
    other.locator("input[name=login]").fill(therapist.username)
    other.locator("input[name=password]").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/caseload/")
    other.close()

    dialog.get_by_role("button", name="Change status").click()
    expect(page.locator("#timeline").get_by_text("Prompts only, three days running.")).to_be_visible()
    assert patient.status_history.changes().get().changed_by == therapist
