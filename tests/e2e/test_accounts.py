"""An account from the request to the first day, in the browser: entrance, approval in Django admin, own settings."""

import pytest

from accounts.models import User
from accounts.roles import Role
from tests.factories import PASSWORD, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_asking_for_an_account_to_working(page, sign_in_page, axe_clean):
    TeamFactory(name="North")
    page.goto("/accounts/login/")
    axe_clean()
    page.get_by_role("link", name="Ask for an account").click()
    page.get_by_role("button", name="Ask for an account").click()
    page.locator(".errors").wait_for()
    assert page.title().startswith("Error:")
    assert page.locator(".errors").evaluate("e => e === document.activeElement")
    axe_clean()
    page.get_by_label("Your name").fill("Nell Comer")
    page.get_by_label("Work email").fill("nell@clinic.example")
    page.get_by_label("Username").fill("nell")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.get_by_role("button", name="Ask for an account").click()
    page.get_by_role("heading", name="Your account is waiting for approval").wait_for()
    page.mouse.move(0, 0)  # off the button that came to lie under it: its colours are on their way
    page.wait_for_timeout(300)
    axe_clean()
    page.locator("main").get_by_role("button", name="Sign out").click()

    sign_in_page(UserFactory(username="ada", role=Role.ADMIN, team=None))
    page.get_by_role("link", name="1 account waits for approval").click()
    page.get_by_role("checkbox", name="Select this object").check()
    page.get_by_label("Action:").select_option(label="Approve the selected accounts")
    page.get_by_role("button", name="Go").click()
    page.get_by_text("Choose a team").wait_for()
    page.get_by_role("link", name="Nell Comer").click()
    page.get_by_label("Role:").select_option(label="Therapist")
    page.get_by_label("Team:").select_option(label="North")
    page.get_by_label("Approve").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    page.get_by_role("button", name="Sign out").click()

    sign_in_page(User.objects.get(username="nell"))
    page.wait_for_url("**/caseload/")
    page.goto("/account/")
    axe_clean()
    page.get_by_label("Dark").check()
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your settings are saved.").wait_for()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("html").get_attribute("data-keys") == "off"
    axe_clean()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/password/reset/key/1-x/",
        "/accounts/inactive/",
    ],
)
def test_the_other_pages_of_the_entrance(page, axe_clean, path):
    page.goto(path)
    axe_clean()


def test_error_pages_and_the_password_page(page, sign_in_page, axe_clean):
    sign_in_page(UserFactory(username="amara"))
    for path in ("/account/password/", "/accounts/logout/", "/no/such/page/"):
        page.goto(path)
        axe_clean()


def test_django_admin_keeps_to_the_content_policy(page, sign_in_page):
    """`page` fails on a refused script or style."""
    user = UserFactory(username="ada", role=Role.ADMIN, team=None)
    member = UserFactory(username="member")
    sign_in_page(user)
    for path in ("user/", "user/add/", f"user/{member.pk}/change/", f"user/{member.pk}/password/", "team/", "team/add/",
                 f"team/{member.team_id}/change/", f"user/{member.pk}/history/"):  # fmt: skip
        page.goto(f"/admin/accounts/{path}")
        page.locator("h1").first.wait_for()
