"""A note keeps itself while it is typed: through lost connections, other windows, sign-out and closed tabs."""

import datetime as dt
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from patients.models import Patient
from sessions_notes.models import NoteDraft, SessionNote
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
AUTOSAVE = re.compile("/autosave/$")


@pytest.fixture
def writing(sign_in_page: Callable[[User], Page], patient: Patient, therapist: User) -> Page:
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/")
    page.locator("[data-key=n]").click()
    expect(page.get_by_role("heading", name="Session note", level=1)).to_be_visible()
    return page


def note(page: Page) -> Any:
    return page.get_by_label("Note", exact=True)


def type_and_wait(page: Page, text: str) -> None:
    note(page).press_sequentially(text)
    expect(page.get_by_text(re.compile(r"Draft saved \d\d:\d\d:\d\d"))).to_be_visible()


def fill_the_rest(page: Page) -> None:
    page.get_by_label("Session type").select_option("treatment")
    page.get_by_label("No", exact=True).check()


def wait_for_draft(text: str) -> None:
    """Until the server has it."""
    for _attempt in range(150):
        if any(draft.note_text == text for draft in NoteDraft.objects.all()):
            return
        time.sleep(0.1)
    raise AssertionError([draft.note_text for draft in NoteDraft.objects.all()])


def test_typing_is_kept_survives_a_reload_and_ends_with_the_note(
    writing: Page, axe_clean: Callable[[], None], patient: Patient
) -> None:
    axe_clean()
    type_and_wait(writing, "Hot drink made")
    axe_clean()
    expect(writing.get_by_role("link", name="Discard draft")).to_be_visible()
    writing.reload()
    expect(note(writing)).to_have_value("Hot drink made")
    note(writing).press("End")
    note(writing).press_sequentially(" with one prompt")
    fill_the_rest(writing)
    writing.get_by_role("button", name="Save note").click()
    expect(writing.get_by_text("Note saved.")).to_be_visible()
    assert writing.url.endswith(f"/patients/{patient.pk}/")
    expect(writing.locator("#timeline").get_by_text("Hot drink made with one prompt")).to_be_visible()
    assert SessionNote.objects.get().note_text == "Hot drink made with one prompt"
    assert not NoteDraft.objects.exists()


def test_a_lost_connection_is_said_and_retried_until_it_is_back(writing: Page, browser_context: BrowserContext) -> None:
    browser_context.route(AUTOSAVE, lambda route: route.abort())
    note(writing).press_sequentially("In the lift")
    expect(writing.get_by_text("Not saved, retrying")).to_be_visible()
    expect(note(writing)).to_have_value("In the lift")
    browser_context.unroute(AUTOSAVE)
    expect(writing.get_by_text(re.compile("Draft saved"))).to_be_visible()
    wait_for_draft("In the lift")


def test_a_failing_server_is_retried_as_well(writing: Page, browser_context: BrowserContext) -> None:
    browser_context.route(AUTOSAVE, lambda route: route.fulfill(status=503, body="busy"))
    note(writing).press_sequentially("Busy")
    expect(writing.get_by_text("Not saved, retrying")).to_be_visible()
    browser_context.unroute(AUTOSAVE)
    wait_for_draft("Busy")


def test_two_windows_never_overwrite_each_other(
    writing: Page, browser_context: BrowserContext, axe_clean: Callable[[], None]
) -> None:
    type_and_wait(writing, "one")
    other = browser_context.new_page()
    other.goto(writing.url)
    note(other).press_sequentially("two ")
    wait_for_draft("two one")
    note(writing).press("End")
    note(writing).press_sequentially(" three")
    expect(writing.get_by_role("heading", name="Text from the other window")).to_be_visible()
    expect(writing.get_by_text("Not saved: another window has a newer text")).to_be_visible()
    expect(note(writing)).to_have_value("one three")
    assert NoteDraft.objects.get().note_text == "two one"
    axe_clean()
    writing.get_by_role("button", name="Keep both").click()
    expect(note(writing)).to_have_value("one three")
    assert {draft.note_text for draft in NoteDraft.objects.all()} == {"two one", "one three"}


def test_a_note_saved_over_a_newer_draft_asks_first(writing: Page, browser_context: BrowserContext) -> None:
    type_and_wait(writing, "one")
    other = browser_context.new_page()
    other.goto(writing.url)
    note(other).press_sequentially("two ")
    wait_for_draft("two one")
    fill_the_rest(writing)
    writing.get_by_role("button", name="Save note").click()
    expect(writing.get_by_text("Nothing was overwritten")).to_be_visible()
    assert not SessionNote.objects.exists()
    note(writing).press("End")
    note(writing).press_sequentially("!")
    time.sleep(2)
    assert NoteDraft.objects.get().note_text == "two one", "nothing is replaced before somebody says so"
    writing.get_by_role("button", name="Save note").click()
    expect(writing.get_by_text("Note saved.")).to_be_visible()
    assert SessionNote.objects.get().note_text == "one!"
    note(other).press_sequentially("late ")
    expect(other.get_by_role("heading", name="This note was saved in another window")).to_be_visible()
    assert not NoteDraft.objects.exists()


def test_saving_while_an_autosave_is_on_its_way_waits_for_it(writing: Page, browser_context: BrowserContext) -> None:
    def slowly(route: Any) -> None:
        time.sleep(1)
        route.continue_()

    fill_the_rest(writing)
    note(writing).press_sequentially("Quick hands")
    browser_context.route(AUTOSAVE, slowly)
    expect(writing.get_by_text("Saving…").first).to_be_visible()
    note(writing).press_sequentially("!")
    writing.get_by_role("button", name="Save note").click()
    expect(writing.get_by_text("Note saved.")).to_be_visible()
    assert SessionNote.objects.get().note_text == "Quick hands!"
    assert not NoteDraft.objects.exists()


def test_a_score_can_be_added_in_the_middle_of_a_note(writing: Page) -> None:
    note(writing).press_sequentially("Half a sen")
    writing.locator("[data-key=s]").click()
    expect(writing.get_by_role("dialog")).to_be_visible()
    wait_for_draft("Half a sen")
    writing.keyboard.press("Escape")
    expect(note(writing)).to_have_value("Half a sen")


def test_a_closed_tab_loses_nothing(writing: Page) -> None:
    writing.on("dialog", lambda dialog: dialog.accept())
    note(writing).press_sequentially("Last words")
    writing.goto("/caseload/")
    wait_for_draft("Last words")


def test_signed_out_the_text_stays_and_is_saved_after_signing_in_elsewhere(
    writing: Page, browser_context: BrowserContext, therapist: User
) -> None:
    note(writing).press_sequentially("Before lunch")
    wait_for_draft("Before lunch")
    browser_context.clear_cookies()
    note(writing).press_sequentially(", and after")
    expect(writing.get_by_text("you are signed out")).to_be_visible()
    sign_in_elsewhere(browser_context, therapist)
    wait_for_draft("Before lunch, and after")
    expect(writing.get_by_text(re.compile("Draft saved"))).to_be_visible()
    fill_the_rest(writing)
    writing.get_by_role("button", name="Save note").click()
    expect(writing.get_by_text("Note saved.")).to_be_visible()


def test_nobody_elses_name_gets_under_the_text(
    writing: Page, browser_context: BrowserContext, patient: Patient, cover: User
) -> None:
    browser_context.clear_cookies()
    sign_in_elsewhere(browser_context, cover)
    note(writing).press_sequentially("Mine")
    expect(writing.get_by_text("somebody else has signed in")).to_be_visible()
    expect(note(writing)).to_have_value("Mine")
    assert not NoteDraft.objects.exists()


def test_discarding_from_the_form_leaves_nothing_behind(writing: Page, axe_clean: Callable[[], None]) -> None:
    type_and_wait(writing, "Not needed")
    note(writing).press_sequentially(", really")
    writing.get_by_role("link", name="Discard draft").click()
    axe_clean()
    writing.get_by_role("dialog").get_by_role("button", name="Discard draft").click()
    expect(writing.get_by_text("Draft discarded.")).to_be_visible()
    time.sleep(0.5)
    assert not NoteDraft.objects.exists()


def test_without_script_a_draft_is_saved_by_hand(
    chromium: Any, live_server: Any, patient: Patient, therapist: User
) -> None:
    therapist.set_password(PASSWORD)
    therapist.save()
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, therapist)
    page.goto(f"/patients/{patient.pk}/notes/write/")
    page.get_by_label("Note", exact=True).fill("By hand")
    page.get_by_role("button", name="Save draft and close").click()
    expect(page.get_by_text("Draft saved. Only you can see it.")).to_be_visible()
    page.get_by_role("link", name="Continue draft").click()
    expect(page.get_by_label("Note", exact=True)).to_have_value("By hand")
    page.get_by_label("Note", exact=True).press("Tab")
    page.get_by_label("Length, minutes").press("Enter")  # the Enter key means Save
    expect(page.get_by_text("There is a problem")).to_be_visible()
    fill_the_rest(page)
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("Note saved.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 320])
def test_pages_of_notes_fit_a_phone(
    writing: Page, axe_clean: Callable[[], None], patient: Patient, therapist: User, width: int
) -> None:
    from sessions_notes import services

    type_and_wait(writing, "x")
    made = services.write_note(
        patient=patient, by=therapist, session_date=dt.date(2026, 11, 20), session_type="treatment", note_text="w" * 400,
        follow_up_needed=True, follow_up_text="f" * 300,
    )  # fmt: skip
    services.edit_note(note=made, version=1, changes={"note_text": "v" * 400}, reason="r" * 300, by=therapist)
    writing.set_viewport_size({"width": width, "height": 844})
    notes = f"/patients/{patient.pk}/notes/"
    pages = (
        "",
        "write/",
        "write/?new=1",
        f"{made.pk}/",
        f"{made.pk}/edit/",
        f"{made.pk}/versions/",
        f"{made.pk}/error/",
    )
    for path in pages:
        writing.goto(notes + path)
        wide = writing.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide at {width} px"
        axe_clean()


def sign_in_elsewhere(context: BrowserContext, user: User) -> None:
    user.set_password(PASSWORD)
    user.save()
    page = context.new_page()
    sign_in(page, user)
    page.close()


def sign_in(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
