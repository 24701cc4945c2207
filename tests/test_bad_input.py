"""Nothing that is sent breaks a page: any text in any field of any form, any number in any address."""

import logging
import os
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access_matrix import MATRIX
from tests.clinic import Clinic, Visitor, alike, sign_in_all
from tests.forms_found import READERS, Found, find_forms
from tests.pages import read
from tests.roles import as_site
from tests.routes import routes_by_key
from tests.test_architecture import OURS, ROOT

FORM = "application/x-www-form-urlencoded"
# fmt: off
INJECTIONS = (
    "x' OR '1'='1", "x' OR '1'='2", "1; SELECT pg_sleep(3) --", "\\'); DROP TABLE patients_patient; --",
    "%' ESCAPE '!' UNION SELECT password FROM accounts_user --", "$$||(SELECT 1/0)||$$", "%s %(x)s {0} {{7*7}}",
)
NASTY = (
    "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202eabc", "\u200b", "\N{WHEELCHAIR SYMBOL}\ufe0f", "e\u0301" * 50,
    "-1", "0", "1e400", "NaN", "-Infinity", "9" * 30, "0x10", "\u0661\u0662", "1_000", " 1 ", "true", "None", "null",
    "31-Feb-2026", "01-Jan-0001", "31-Dec-9999", "00-Jan-2026", "2026-13-45", "29-Feb-1900", "99-Foo-20266", "25:61",
    "24:00", "00000000-0000-0000-0000-000000000001", "not-a-uuid", "{}", "[]", "<script>", "../../etc/passwd", "//x.example",
    *INJECTIONS, "\r\nSet-Cookie: a=b", "x" * 70_000, "\t\n\v\f\r", "\u2028", "\ufeff", "\uffff", "", " ", "+", "%", "&a=b", "=;",
)
# fmt: on
# Each time with another secret.
NEVER_TWICE = {"mfa_activate_totp", "mfa_add_webauthn"}
# The trail itself, which each request makes longer.
GROWS = {"audit:show_who_looked", "audit:show_looks", "audit:print_looks", "audit:list_events", "audit:export_events"}
any_text = st.one_of(st.sampled_from(NASTY), st.text(max_size=40), st.integers().map(str), st.dates().map(str))
# What is sent for one field: nothing, a value, or several.
sent_values = st.one_of(st.none(), any_text.map(lambda text: [text]), st.lists(any_text, min_size=2, max_size=3))
REFUSALS = {400, 403, 404, 409, 413, 422, 429, 503}
# Secrets, and what Django admin adds for password managers alone.
NOT_SHOWN_AGAIN = re.compile("password|code|credential|csrf|^username$", re.IGNORECASE)


@pytest.fixture(scope="module")
def visitors(clinic: Clinic) -> dict[str, Visitor]:
    return sign_in_all(clinic)


@pytest.fixture(scope="module")
def forms(clinic: Clinic, visitors: dict[str, Visitor]) -> list[Found]:
    return find_forms(clinic, visitors)


@pytest.fixture(autouse=True)
def _quiet(db: None) -> Iterator[None]:
    logging.disable(logging.ERROR)
    with as_site():  # once, and not for each request
        yield
    logging.disable(logging.NOTSET)


def send(visitor: Visitor, address: str, fields: dict[str, Any]) -> Any:
    """Post and undo."""
    body = urlencode({k: v for k, v in fields.items() if v is not None}, doseq=True, errors="surrogatepass")
    with transaction.atomic():
        response = visitor.generic("POST", address, body, content_type=FORM)
        transaction.set_rollback(True)
    return response


def test_the_forms_are_found(forms):
    names = {found.name.partition(" ")[0] for found in forms}
    posting = {route.name for key, found in routes_by_key().items() for route in found if MATRIX[key].post == 422}
    after_a_decision = {f"amendments:{page}" for page in ("record_told", "add_statement", "add_rebuttal")}
    assert posting - names <= {"patients:request_access", "admin:accounts_lockout_change"} | after_a_decision


def test_sql_in_any_field_is_text(forms, visitors):
    """Every other field, so that the rest is right and the text gets as far as it can; then the ones between."""
    wrong, start = [], time.monotonic()
    for found in forms:
        usual = found.form.filled()
        for names in (list(usual)[::2], list(usual)[1::2]):
            fields = usual | {name: INJECTIONS[n % len(INJECTIONS)] for n, name in enumerate(names)}
            response = send(visitors[found.who], found.form.action, fields)
            if response.status_code not in REFUSALS | {200, 302}:
                wrong.append(f"{found.name}, {names}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
    assert time.monotonic() - start < 120, "something slept"


def known_parameters() -> set[str]:
    """What views and filters read from an address."""
    names: set[str] = set()
    for app in [*OURS, "ui"]:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            names |= set(re.findall(r"GET(?:\.get(?:list)?\(|\[)\"(\w+)\"", text))
            if "params.get(name" in text:  # a dataclass of what the address says
                names |= set(re.findall(r"^    (\w+): str = \"\"", text, re.MULTILINE))
    return names


def test_sql_in_any_address_finds_nothing_and_changes_nothing(clinic, visitors):
    """What is true and what is false inside a text are the same text; what would sleep does not."""
    names, wrong, start = sorted(known_parameters()), [], time.monotonic()
    assert {"before", "next", "flag", "therapist", "sort", "page", "type", "s"} <= set(names)
    names += ["q", "o", "p", "e", "all", "is_active__exact", "_popup", "_changelist_filters", "app_label"]
    for key, found in routes_by_key().items():
        row = MATRIX[key]
        reader = next((who for who in READERS if row.cells[who] == "+"), None)
        if reader is None or row.get not in {200, 302} or key in NEVER_TWICE:
            continue
        for route in found:
            pages = []
            for text in INJECTIONS[:3]:
                query = urlencode(dict.fromkeys(names, f"ZQZQ{text}ZQZQ"))
                response = visitors[reader].get(f"{clinic.own.path(route)}?{query}")
                if response.status_code >= 500:
                    wrong.append(f"{key}: {response.status_code} for {text}")
                pages.append((response.status_code, re.sub(rb"ZQZQ.*?ZQZQ", b"", alike(response))))
            if pages[0] != pages[1] and key not in GROWS:
                wrong.append(f"{key}: true and false are told apart")
    assert not wrong, "\n".join(wrong)
    assert time.monotonic() - start < 120, "something slept"


def test_no_number_and_no_text_in_an_address_breaks_it(clinic, visitors):
    wrong, no_text = [], [quote(INJECTIONS[0]), "%FF", quote("\N{WHEELCHAIR SYMBOL}"), "1%00"]
    for key, found in routes_by_key().items():
        reader = next((who for who in READERS if MATRIX[key].cells[who] == "+"), None)
        for route in found:
            for name in route.parameters:
                for value in (0, 2**31, 2**63, 10**30, *no_text):
                    method = "post" if MATRIX[key].get == 405 or value == 2**63 else "get"
                    response = getattr(visitors[reader], method)(clinic.own.path(route, **{name: value}))
                    if response.status_code >= 500:
                        wrong.append(f"{method} {key}, {name} {value}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(4))
def test_whatever_is_typed_no_form_breaks_and_a_refused_one_keeps_it(forms, visitors, part):
    for found in forms[part::4]:
        given(st.fixed_dictionaries(dict.fromkeys(found.form.controls, sent_values)))(checked(found, visitors))()


def checked(found: Found, visitors: dict[str, Visitor]) -> Any:
    @settings(
        max_examples=int(os.environ.get("OT_EXAMPLES", 3)), deadline=None, database=None, derandomize="CI" in os.environ,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def holds(fields: dict[str, Any]) -> None:
        response = send(visitors[found.who], found.form.action, fields)
        assert response.status_code in REFUSALS | {200, 302}, (found.name, response.status_code)
        if response.status_code == 422:
            assert lost(found, fields, response) == [], found.name

    return holds


def lost(found: Found, fields: dict[str, Any], response: Any) -> list[str]:
    """Names of the fields that the page of a refused form shows otherwise than they were sent."""
    shown = {}
    for form in read(found.form.action, response).forms:
        if urlsplit(form.action).path == urlsplit(found.form.action).path:
            shown |= form.controls
    kept = {name: control for name, control in shown.items() if control.kind in {"text", "textarea", "date"}}
    return [
        f"{name}: {fields[name]!a} became {control.value!a}"
        for name, control in kept.items()
        if fields.get(name)
        and not NOT_SHOWN_AGAIN.search(name)
        and as_read(fields[name][-1]) != as_shown(control.value)
    ]


def as_read(text: str) -> str:
    """What a server makes of bytes that are no text, half characters among them: marks of replacement."""
    return as_shown(text.encode(errors="surrogatepass").decode(errors="replace"))


def as_shown(text: str) -> str:
    """Line ends and outer space aside, which browsers and forms change."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_a_megabyte_in_any_text_is_refused_or_kept(forms, visitors):
    for found in forms:
        if texts := found.form.texts:
            fields = found.form.filled() | {texts[-1]: "x" * 1_000_000}
            response = send(visitors[found.who], found.form.action, fields)
            assert response.status_code in REFUSALS | {200, 302}, found.name
