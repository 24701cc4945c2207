"""Scoring item by item in a browser: every kind of form, by keyboard alone and by thumb on a phone."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from mobility.models import Assessment
from patients.models import Patient
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TARGET = 44


class Keys:
    """The keyboard, counting."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def latest(patient: Patient, measure: str) -> Decimal:
    value: Decimal = patient.mobility_scores.of_type(measure).latest("pk").score_value
    return value


def tab_to(page: Page, target: str) -> None:
    """By the Tab key alone, as somebody without a mouse."""
    for _step in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def test_by_keyboard_alone(
    sign_in_page: Callable[[User], Page], axe_clean: Callable[[], None], patient: Patient, therapist: User
) -> None:
    page = sign_in_page(therapist)
    chart = f"/patients/{patient.pk}/"
    running = page.locator("#running")

    # The list of measures gets shorter while typing.
    page.goto(f"{chart}scores/record/")
    page.get_by_label("Find a measure").press_sequentially("barthel")
    expect(page.locator("[data-filter-words]:visible")).to_have_count(2)
    axe_clean()
    page.get_by_role("link", name=re.compile("^Score item by item ?: Barthel Index$")).press("Enter")

    # A ten-item Barthel: ten answers and the save.
    expect(page.get_by_role("heading", name="Score Barthel Index")).to_be_visible()
    axe_clean()
    keys = Keys(page)
    keys.press("3", "1", "2", "2", "3", "2", "2", "3", "3")
    expect(running).to_contain_text("60\N{EN DASH}70 of 100")
    expect(running).to_contain_text("9 of 10 answered")
    expect(running).to_contain_text("Left: Stairs")
    assert "dependency" not in running.inner_text()
    keys.press("1")
    expect(running).to_contain_text("Severe dependency")
    axe_clean()
    keys.press("Enter")
    expect(page.get_by_text("Recorded: Barthel Index 60 of 100")).to_be_visible()
    assert keys.count < 15
    assert latest(patient, "barthel_index") == 60
    axe_clean()

    # Digits are values where every answer is one digit; a converted score is the server's.
    page.goto(f"{chart}scores/assess/demmi/")
    page.wait_for_function("document.activeElement.matches('[data-item] input')")
    Keys(page).press(*"112120110011100")
    expect(running).to_contain_text("48 of 100")
    page.keyboard.press("Enter")
    expect(page.get_by_text("de Morton Mobility Index 48 of 100").first).to_be_visible()

    # One level; times and points; goals; distance and time. Tab, arrows and digits, no mouse.
    page.goto(f"{chart}scores/assess/functional_ambulation_category/")
    page.wait_for_function("document.activeElement.matches('[data-item] input')")
    Keys(page).press("4", "Enter")
    expect(page.get_by_text("Functional Ambulation Category 4 of 5").first).to_be_visible()

    page.goto(f"{chart}scores/assess/sppb/")
    page.wait_for_function("document.activeElement.matches('[data-item] input')")
    Keys(page).press("1", "1")
    tab_to(page, "#id_time_tandem_s")
    page.keyboard.type("6.0")
    tab_to(page, "[name=item_gait_points]")
    page.keyboard.press("3")
    tab_to(page, "#id_time_chair_5_s")
    page.keyboard.type("16.70")
    expect(running).to_contain_text("7 of 12")
    axe_clean()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Short Physical Performance Battery 7 of 12").first).to_be_visible()

    page.goto(f"{chart}scores/assess/goal_attainment_scaling/")
    for row, (rating, weight) in enumerate((("4", "2"), ("3", ""), ("2", ""))):
        tab_to(page, f"#id_goal_{row}_text")
        page.keyboard.type(f"Goal {row}")
        page.keyboard.press("Tab")
        if weight:
            page.keyboard.type(weight)
        tab_to(page, f"[name=goal_{row}_x]")
        page.keyboard.press(rating)
    expect(running).to_contain_text("53.3")
    axe_clean()
    tab_to(page, "button[value=complete]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Goal Attainment Scaling 53.3").first).to_be_visible()

    page.goto(f"{chart}scores/assess/ten_metre_walk/")
    tab_to(page, "#id_distance_m")
    page.keyboard.type("10")
    tab_to(page, "#id_time_s")
    page.keyboard.type("12,5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Use a point, not a comma")
    expect(page.locator("#id_distance_m")).to_have_value("10")
    axe_clean()
    tab_to(page, "#id_time_s")
    page.keyboard.press("Control+a")
    page.keyboard.type("12.5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("10 Metre Walk Test 0.8").first).to_be_visible()

    # One measured value; sub-totals of a wound; the mean of own problems; self-care of Section GG.
    page.goto(f"{chart}scores/assess/tug/")
    tab_to(page, "[name^=value]")
    page.keyboard.type("18.4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Timed Up and Go 18.4").first).to_be_visible()

    page.goto(f"{chart}scores/assess/push_tool_3/")
    for name, value in (
        ("context_wound", "left heel"),
        ("item_size", "7"),
        ("item_exudate", "2"),
        ("item_tissue", "3"),
    ):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(value)
    expect(running).to_contain_text("12 of 17")
    axe_clean()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/assess" not in url)

    page.goto(f"{chart}scores/assess/copm/")
    for name, value in (("problem_0_text", "Cooking"), ("problem_0_performance", "4"), ("problem_0_satisfaction", "2")):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(value)
    expect(running).to_contain_text("4 of 10")
    axe_clean()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/assess" not in url)

    page.goto(f"{chart}scores/assess/section_gg/")
    page.wait_for_function("document.activeElement.matches('[data-item] input')")
    Keys(page).press(*"6544433")
    expect(running).to_contain_text("29 of 42")
    axe_clean()
    tab_to(page, "button[value=complete]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Self-care score 29 of 42").first).to_be_visible()
    assert latest(patient, "push_tool_3") == 12


def test_by_thumb_on_a_phone(chromium: Browser, live_server: Any, patient: Patient, therapist: User) -> None:
    therapist.set_password(PASSWORD)
    therapist.save()
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", **PHONE)  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/accounts/login/")
    page.get_by_label("Username or email").fill(therapist.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    assess = f"/patients/{patient.pk}/scores/assess/"

    def tap(*texts: str) -> None:
        for text in texts:
            target = page.locator(text)
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= TARGET, text
            target.tap()

    def save(name: str = "Save score") -> None:
        page.get_by_role("button", name=name).tap()
        page.wait_for_url(lambda url: "/assess" not in url)

    def option(item: str, value: str) -> str:
        return f"label.opt:has([name=item_{item}][value='{value}'])"

    # Section GG: one part of it, with a reason why an activity was not attempted; begun, then finished.
    page.goto(f"{assess}section_gg/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for item, value in (("GG0130A", "6"), ("GG0130B", "5"), ("GG0130C", "4")):
        tap(option(item, value))
    expect(page.locator("#running")).to_contain_text("3 of 7 answered")
    save("Save as incomplete")
    page.get_by_role("link", name="Go on", exact=False).tap()
    page.locator("fieldset", has_text="4. Shower").locator("summary").tap()
    tap(option("GG0130E", "88"), option("GG0130F", "4"), option("GG0130G", "3"), option("GG0130H", "3"))
    expect(page.locator("#running")).to_contain_text("26 of 42")
    expect(page.locator("#running")).to_contain_text("Legacy recode")
    page.get_by_role("button", name="Save score").tap()
    expect(page.get_by_text("Self-care score 26 of 42").first).to_be_visible()
    assert Assessment.objects.get().version == 2

    # Sub-totals of a wound, the person's own problems, one value of a hand.
    page.goto(f"{assess}push_tool_3/")
    page.get_by_label("Wound").fill("left heel")
    for label, value in (("Length x width", "7"), ("Exudate", "2"), ("Tissue", "3")):
        page.get_by_label(label, exact=False).fill(value)
    expect(page.locator("#running")).to_contain_text("12 of 17")
    save()
    page.goto(f"{assess}copm/")
    page.get_by_label("Problem").first.fill("Cooking")
    page.get_by_label("Performance").first.fill("4")
    page.get_by_label("Satisfaction").first.fill("2")
    expect(page.locator("#running")).to_contain_text("4 of 10")
    save()
    page.goto(f"{assess}grip_strength/")
    tap("label.choice:has([value=left])")
    page.get_by_label("Grip force").fill("20.5")
    save()
    assert [latest(patient, one) for one in ("push_tool_3", "copm", "grip_strength")] == [12, 2, Decimal("20.5")]

    # Items that add up, one level, a converted sum, times and points, goals.
    barthel = {
        "feeding": "10", "bathing": "0", "grooming": "5", "dressing": "5", "bowels": "10", "bladder": "5", "toilet": "5",
        "transfers": "10", "mobility": "10", "stairs": "0",
    }  # fmt: skip
    page.goto(f"{assess}barthel_index/")
    tap(*(option(item, value) for item, value in barthel.items()))
    expect(page.locator("#running")).to_contain_text("60 of 100")
    save()
    page.goto(f"{assess}functional_ambulation_category/")
    tap("label.opt:has([value='4'])")
    save()
    page.goto(f"{assess}demmi/")
    for number, value in enumerate("112120110011100"):
        page.locator("[data-item]").nth(number).locator(f"label.opt:has([value='{value}'])").tap()
    expect(page.locator("#running")).to_contain_text("48 of 100")
    save()
    page.goto(f"{assess}sppb/")
    tap(option("side_by_side", "1"), option("semi_tandem", "1"), option("gait_points", "3"))
    page.locator("#id_time_tandem_s").fill("6.0")
    page.locator("#id_time_chair_5_s").fill("16.70")
    expect(page.locator("#running")).to_contain_text("7 of 12")
    save()
    page.goto(f"{assess}goal_attainment_scaling/")
    for row, rating in enumerate(("1", "0", "-1")):
        page.locator(f"#id_goal_{row}_text").fill(f"Goal {row}")
        tap(f"label.opt:has([name=goal_{row}_x][value='{rating}'])")
    page.locator("#id_goal_0_w").fill("2")
    expect(page.locator("#running")).to_contain_text("53.3")
    save()
    by_thumb = ("barthel_index", "functional_ambulation_category", "demmi", "sppb", "goal_attainment_scaling")
    assert [latest(patient, one) for one in by_thumb] == [60, 4, 48, 7, Decimal("53.3")]
    assert problems == []
    context.close()
