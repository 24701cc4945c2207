"""Every word that people read goes through gettext, so that a language can be added without touching code."""

import ast
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path
    for kind in ("*.html", "*.jinja")
    for path in (ROOT / "templates").rglob(kind)
    if "admin" not in path.relative_to(ROOT).parts
)
PARTS = [path for path in TEMPLATES if path.suffix == ".jinja"]
OURS = sorted(
    path
    for path in ROOT.rglob("*.py")
    if not {".venv", "var", "tests", "migrations", "build"} & set(path.relative_to(ROOT).parts)
)
NAMES = {"OT", "Tracker"}  # the product's name
READ_ALOUD = {"alt", "aria-description", "aria-label", "placeholder", "title"}
GETTEXT = {
    "_", "_now", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "npgettext", "pgettext", "pgettext_lazy"
}  # fmt: skip


class Words(HTMLParser):
    """The words of a page that stand in it bare: its text, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style"}
        for name, value in attrs:
            if name in READ_ALOUD and value:
                self.keep(value)

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self.keep(data)

    def keep(self, text):
        self.found += [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in NAMES]


def bare_words(source: str) -> list[str]:
    for pattern in (
        r"{#.*?#}",
        r"{% comment %}.*?{% endcomment %}",
        r"{% block \w*(?:class|attrs)\b.*?{% endblock",  # for an attribute, not for people
        r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}",
        r"{%.*?%}",
        r"{{.*?}}",
    ):
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    parser = Words()
    parser.feed(source)
    return parser.found


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{% translate 'Save' %}</p>", []),
        ("<p>Save <b>{{ n }} of 9</b></p>", ["Save", "of"]),
        ('<a title="Home" href="/x">{% icon "i-home" %}</a>', ["Home"]),
        ("{% blocktranslate with n=n %}{{ n }} left{% endblocktranslate %} · OT&nbsp;Tracker", []),
        ("<script>var word = 1</script>", []),
    ],
)
def test_bare_words_are_found(source, words):
    assert bare_words(source) == words


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_words_outside_gettext(path):
    assert bare_words(path.read_text()) == []


def test_css_writes_no_words():
    # Margin boxes of a printed page can read no attribute.
    known = {"Confidential: patient information", "Not scored"}
    sheets = (ROOT / "static" / "css").glob("*.css")
    written = {
        text for sheet in sheets for text in re.findall(r'content: "([^"]*[^\W\d_]{2,}[^"]*)"', sheet.read_text())
    }
    assert {text for text in written if not text.startswith(("Page ", " of "))} <= known


SPELT_OUT_ELSEWHERE = {
    ROOT / "mobility" / "catalogue" / "schema.py",  # texts of the catalogue's data: mobility/catalogue/words.py
    ROOT / "ui" / "templatetags" / "words.py",  # {% translate %}, which makemessages reads in the templates
}


def test_gettext_is_given_plain_strings():
    """What xgettext cannot read is never translated: f-strings, and texts put together."""
    wrong = []
    for path in OURS:
        if path in SPELT_OUT_ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
                texts = node.args[: 1 if "n" not in node.func.id[:1] else 2]
                if not all(isinstance(text, ast.Constant) for text in texts):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("path", PARTS, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_makemessages_reads_every_word_of_a_part(path):
    """It reads {{ _("…") }} and {% set name = _("…") %}, and not {{ icon(_("…")) }}: words among a call's values."""
    source = path.read_text()
    read = templatize(source)
    assert [words for words in re.findall(r'_\("[^"]+"\)', source) if words not in read] == []


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="needs GNU gettext")
def test_makemessages_has_nothing_to_complain_about(tmp_path, monkeypatch, capfd):
    """On a copy: the catalogue itself comes with its language."""
    for name in (*{path.relative_to(ROOT).parts[0] for path in OURS if path.parent != ROOT}, "templates", "static"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    (tmp_path / "locale").mkdir()
    monkeypatch.chdir(tmp_path)
    call_command("makemessages", locale=["zh_Hans"], extensions=["html", "jinja", "py", "txt"])
    catalogue = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    checked = subprocess.run(  # noqa: S603
        [shutil.which("msgfmt"), "--check-format", "-o", "/dev/null", str(catalogue)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
    captured = capfd.readouterr()
    assert "warning" not in captured.out + captured.err
    assert catalogue.read_text().count("\nmsgid ") > 900
    assert "#: templates/mobility/_table.jinja" in catalogue.read_text()
