"""Every form of the site, found by opening every page of it as somebody who may."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import resolve

from tests.access_matrix import MATRIX
from tests.clinic import Clinic, Visitor
from tests.pages import PageForm, read
from tests.routes import routes_by_key

# Who opens a page: the first of these who is let in.
READERS = ("therapist", "lead", "auditor", "admin", "nobody")
# Pages that show another form than the route's own, by who opens them.
BESIDES = {"lead": ["/caseload/?scope=team"]}


@dataclass(frozen=True)
class Found:
    """A form, the page that shows it, and who opened that."""

    who: str
    page: str
    form: PageForm

    @property
    def name(self) -> str:
        return f"{resolve(urlsplit(self.form.action).path).view_name} of {self.page} as {self.who}"


def find_forms(clinic: Clinic, visitors: dict[str, Visitor]) -> list[Found]:
    """One of each: forms for the same address with the same fields are one."""
    found: dict[tuple[str, tuple[str, ...]], Found] = {}
    for who, page in _pages(clinic):
        response = visitors[who].get(page)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        for form in read(page, response).forms:
            if form.method == "post" and form.controls:
                name = resolve(urlsplit(form.action).path).view_name
                found.setdefault((name, tuple(form.controls)), Found(who, page, form))
    return list(found.values())


def _pages(clinic: Clinic) -> Iterator[tuple[str, str]]:
    for key, found in routes_by_key().items():
        row = MATRIX[key]
        reader = next((who for who in READERS if row.cells[who] == "+"), None)
        if row.get == 200 and reader:
            yield from ((reader, clinic.own.path(route)) for route in found)
    for who, pages in BESIDES.items():
        yield from ((who, page) for page in pages)
