"""What a page leads to: its links, and its forms with all that they would send. Read from the HTML, as a browser does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.utils import timezone

from ui.dates import show_date


@dataclass
class Control:
    """A field of a form: its kind (the input's type, `select`, `textarea`), its value, and what it offers."""

    name: str
    kind: str
    value: str = ""
    is_number: bool = False
    max_length: int = 1_000_000
    choices: list[str] = field(default_factory=list)


@dataclass
class PageForm:
    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    submits: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, formaction

    @property
    def texts(self) -> list[str]:
        """Names of the fields that take any text."""
        return [c.name for c in self.controls.values() if c.kind in {"text", "search", "textarea"}]

    def filled(self, text: str = "Filled in") -> dict[str, str]:
        """What somebody might send: each field as the page has it, what is empty filled in."""
        return {
            name: _plausible(control, text) for name, control in self.controls.items() if control.kind != "checkbox"
        }


def _plausible(control: Control, text: str) -> str:
    if control.choices and control.kind in {"radio", "select"}:
        return control.value or next(filter(None, control.choices), "")
    if control.value or control.kind == "hidden":
        return control.value
    if control.kind == "date":
        return show_date(timezone.localdate())
    if control.is_number:
        return "10"
    return "00:00" if "time" in control.name else text


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.control: Control | None = None
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get", "data-href"):
            if name in got and tag not in {"link", "use"}:
                self.links.append(urljoin(self.address, got[name]))
        if tag == "form":
            action = urljoin(self.address, got.get("action") or self.address)
            self.form = PageForm(action, got.get("method", "get").lower())
            self.forms.append(self.form)
        for name in ("hx-post", "data-autosave"):
            if name in got:  # a script sends the same fields there
                controls = self.form.controls if self.form is not None else {}
                self.forms.append(PageForm(urljoin(self.address, got[name]), "post", controls))
        if self.form is not None and tag in {"input", "select", "textarea", "button"}:
            self._control(self.form, tag, got)
        elif tag == "option" and self.control is not None:
            self.control.choices.append(got.get("value", ""))
            if "selected" in got:
                self.control.value = got.get("value", "")

    def _control(self, form: PageForm, tag: str, got: dict[str, str]) -> None:
        name, kind = got.get("name", ""), got.get("type", "text") if tag == "input" else tag
        if tag == "button" or kind == "submit":
            form.submits.append((name, got.get("value", ""), got.get("formaction", "")))
            return
        if not name:
            return
        if "data-date" in got:
            kind = "date"
        control = form.controls.setdefault(name, Control(name, kind, is_number="inputmode" in got))
        control.max_length = int(got.get("maxlength") or control.max_length)
        if kind in {"radio", "checkbox"}:
            control.choices.append(got.get("value", "on"))
            if "checked" in got:
                control.value = got.get("value", "on")
        else:
            control.value = got.get("value", "")
        self.control = control if tag in {"select", "textarea"} else None

    def handle_data(self, data: str) -> None:
        if self.control is not None and self.control.kind == "textarea":
            self.control.value = (self.control.value + data).removeprefix("\n")  # which no browser sends

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag in {"select", "textarea"}:
            self.control = None


def read(address: str, response: Any) -> _Reader:
    """The links and forms of an answer that was asked for at `address`."""
    reader = _Reader(address)
    reader.feed(response.content.decode())
    return reader
