"""Second factors and the end of a session, in the browser: an app, a passkey, the warning, what was typed."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from accounts.models import KeptForm, Session, User
from accounts.roles import Role
from patients.models import Patient
from tests.accounts.factors import code
from tests.factories import PASSWORD, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead_user() -> User:
    return UserFactory(username="siobhan", role=Role.LEAD, team=TeamFactory(name="North"), raw_password=PASSWORD)


def enter(page: Page, user: User) -> None:
    page.get_by_label("Username or email").fill(user.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_an_app_from_the_first_sign_in_to_the_second(
    page: Page, lead_user: User, axe_clean: Callable[[], None]
) -> None:
    page.goto("/accounts/login/?next=/dashboard/")
    enter(page, lead_user)
    page.get_by_role("heading", name="Set up a second factor").wait_for()
    axe_clean()
    page.get_by_role("link", name="Set up an app").click()
    expect(page.locator("svg.qr")).to_be_visible()
    axe_clean()
    page.get_by_role("button", name="Use this app").click()
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_text("You cannot scan it?").click()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(code(secret))
    page.get_by_role("button", name="Use this app").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    axe_clean()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/dashboard/")
    page.goto("/account/second-factor/")
    axe_clean()
    page.goto("/account/second-factor/app/remove/")
    axe_clean()
    page.get_by_role("button", name="Remove the app").click()
    expect(page.locator(".errors")).to_contain_text("Your role needs a second factor")
    page.goto("/account/second-factor/codes/make/")
    axe_clean()
    page.goto("/account/sessions/")
    axe_clean()

    page.get_by_role("button", name=re.compile("Account:")).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    page.go_back()
    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()  # Back shows nothing
    enter(page, lead_user)
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    axe_clean()
    page.get_by_label("Code", exact=True).fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".errors")).to_contain_text("This code was not accepted")
    axe_clean()
    page.get_by_label("Code", exact=True).fill(codes[3])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/sessions/")


def test_a_passkey_from_the_first_sign_in_to_the_second(
    page: Page, lead_user: User, live_server: object, axe_clean: Callable[[], None]
) -> None:
    # Browsers have no passkeys for an address of numbers.
    site = str(live_server).replace("127.0.0.1", "localhost")
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    page.goto(f"{site}/accounts/login/")
    enter(page, lead_user)
    page.get_by_role("link", name="Add a passkey").click()
    axe_clean()
    page.get_by_label("Name of this passkey").fill("Ward tablet")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto(f"{site}/account/second-factor/")
    expect(page.get_by_text("Ward tablet").first).to_be_visible()
    axe_clean()

    page.get_by_role("button", name=re.compile("Account:")).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    enter(page, lead_user)
    axe_clean()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/dashboard/")

    page.goto(f"{site}/account/confirm/passkey/?next=/account/second-factor/")
    axe_clean()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/account/second-factor/")
    page.get_by_role("link", name="Remove").first.click()
    axe_clean()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("Your role needs a second factor")).to_be_visible()


def test_a_refused_passkey_is_said_and_leaves_the_code(page: Page, lead_user: User) -> None:
    page.add_init_script("CredentialsContainer.prototype.create = () => Promise.reject(new DOMException('No'))")
    page.goto("/accounts/login/")
    enter(page, lead_user)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("No passkey was added")).to_be_visible()
    expect(page.get_by_role("button", name="Add the passkey")).to_be_focused()


@pytest.fixture
def at_rest(page: Page) -> Callable[[float], None]:
    """Let time pass in the browser alone, minutes at a time; and say the same to the server."""
    page.clock.install()

    def rest(minutes: float) -> None:
        Session.objects.exclude(account=None).update(seen_at=F("seen_at") - dt.timedelta(minutes=minutes))
        page.clock.run_for(int(minutes * 60_000))

    return rest


def test_the_warning_before_the_end_and_staying(
    sign_in_page: Callable[[User], Page], at_rest: Callable[[float], None], therapist: User, patient: Patient,
    axe_clean: Callable[[], None],
) -> None:  # fmt: skip
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/status/")
    page.get_by_label("Reason for the change").focus()
    at_rest(12)
    warning = page.get_by_role("alertdialog")
    expect(warning).to_be_hidden()
    at_rest(1.2)
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("You will be signed out soon")
    expect(warning.get_by_role("timer")).to_contain_text(re.compile(r"1 min \d+ s"))
    expect(warning.get_by_role("button", name="Stay signed in")).to_be_focused()
    axe_clean()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")  # the same as staying: closing a warning must not sign anybody out
    expect(warning).to_be_hidden()
    expect(page.get_by_label("Reason for the change")).to_be_focused()
    at_rest(10)
    expect(warning).to_be_hidden()
    page.reload()
    assert "/status/" in page.url


def test_django_admin_warns_as_well_and_shows_nothing_after_the_end(
    sign_in_page: Callable[[User], Page], at_rest: Callable[[float], None]
) -> None:
    page = sign_in_page(UserFactory(username="ada", role=Role.ADMIN, team=None))
    page.goto("/admin/accounts/user/add/")
    at_rest(13.5)
    warning = page.get_by_role("alertdialog")
    expect(warning).to_contain_text("What you have typed on this page is lost then")
    warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    at_rest(13.5)
    expect(warning).to_be_visible()
    at_rest(2)
    page.wait_for_url("**/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2Fadd%2F")


def test_typing_keeps_a_session_alive_and_a_page_left_alone_does_not(
    sign_in_page: Callable[[User], Page], at_rest: Callable[[float], None], therapist: User, patient: Patient
) -> None:
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/status/")
    for _ in range(3):
        at_rest(8)
        with page.expect_response("**/account/time-left/"):
            page.get_by_label("Reason for the change").press_sequentially("a word ")
            page.clock.run_for(61_000)
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    assert "/status/" in page.url


def test_without_a_connection_at_the_end_the_page_is_covered_and_loses_nothing(
    sign_in_page: Callable[[User], Page], at_rest: Callable[[float], None], therapist: User, patient: Patient
) -> None:
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/status/")
    reason = page.get_by_label("Reason for the change")
    reason.fill("Prompts only")
    with page.expect_response("**/account/time-left/"):
        page.clock.run_for(62_000)
    at_rest(13.5)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.context.set_offline(True)
    at_rest(2)
    expect(page.locator("html")).to_have_attribute("data-covered", "")
    assert reason.evaluate("e => getComputedStyle(e).visibility") == "hidden"
    assert reason.evaluate("e => e.value") == "Prompts only"
    page.context.set_offline(False)
    page.clock.run_for(3_000)
    page.wait_for_url("**/accounts/login/**")
    assert KeptForm.objects.get().account == therapist


def test_after_the_end_nothing_shows_and_what_was_typed_comes_back(
    sign_in_page: Callable[[User], Page], at_rest: Callable[[float], None], therapist: User, patient: Patient
) -> None:
    page = sign_in_page(therapist)
    page.goto(f"/patients/{patient.pk}/")
    page.get_by_role("link", name="Status", exact=True).first.click()
    dialog = page.locator("#quick-dialog")
    dialog.get_by_text("Supervision").click()
    dialog.get_by_label("Reason for the change").fill("Prompts only, three days running.")
    with page.expect_response("**/account/time-left/"):  # that somebody was typing is said within a minute
        page.clock.run_for(62_000)
    at_rest(13.5)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    at_rest(2)
    page.wait_for_url("**/accounts/login/**")
    assert KeptForm.objects.get().account == therapist
    assert "Prompts" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.go_back()
    expect(page.get_by_text("OLUWASEUN", exact=False)).to_have_count(0)
    page.goto(f"/accounts/login/?next=/patients/{patient.pk}/status/")
    enter(page, therapist)
    expect(page.get_by_text("This is what you had typed")).to_be_visible()
    expect(page.get_by_label("Reason for the change")).to_have_value("Prompts only, three days running.")
    expect(page.get_by_label("Supervision")).to_be_checked()
    page.get_by_role("button", name="Change status").click()
    page.wait_for_url(lambda url: "/status/" not in url)
    assert patient.status_history.changes().get().change_reason == "Prompts only, three days running."
    assert not KeptForm.objects.exists()
