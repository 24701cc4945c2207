"""A real browser against the live site: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts import second_factor
from accounts.models import User
from tests.accounts.factors import give_app, recovery_codes
from tests.factories import PASSWORD

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

# Playwright runs an event loop in this thread, in which Django refuses synchronous database calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when a script breaks or the content security policy refuses something."""
    page = browser_context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console", lambda message: problems.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    assert problems == []


@pytest.fixture
def sign_in_page(page: Page) -> Callable[[User], Page]:
    """Sign somebody in through the sign-in form."""

    def sign_in(user: User) -> Page:
        user.set_password(PASSWORD)
        user.save()
        if user.role in second_factor.MUST_HAVE:
            give_app(user)
        page.goto("/accounts/login/")
        page.get_by_label("Username or email").fill(user.username)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        if user.role in second_factor.MUST_HAVE:
            page.get_by_label("Code", exact=True).fill(recovery_codes(user)[0])
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(lambda url: "/second-factor/" not in url)
        return page

    return sign_in


@pytest.fixture
def axe_clean(page: Page) -> Callable[[], None]:
    """No accessibility violation on the page as it is (WCAG 2 A and AA, best practice)."""

    def check() -> None:
        results = Axe().run(page)
        found = [
            f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes'][:3]]}" for v in results.response["violations"]
        ]
        assert found == [], f"{page.url}: {found}"

    return check
