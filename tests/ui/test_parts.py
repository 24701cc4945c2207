"""Parts of pages in Jinja2: they know what they are handed and nothing else, and escape it."""

import re
import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import Context, Template, engines
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from jinja2 import Environment, UndefinedError
from jinja2.runtime import Macro
from markupsafe import Markup

from accounts.access import Perm
from patients.registry import CaseloadColumn, ChartPanel, Mark, registry
from ui import parts

NAMES = sorted(
    str(path.relative_to(settings.BASE_DIR / "templates"))
    for path in (settings.BASE_DIR / "templates").rglob("*.jinja")
)


@pytest.mark.parametrize("name", NAMES)
def test_every_part_can_be_read(name):
    assert parts.get(name).name == name


def test_every_column_of_the_caseload_has_a_cell():
    columns = registry.of(CaseloadColumn)
    assert len(columns) == 5
    for column in columns:
        assert parts.macro(column.part, "cell").arguments == ("value", "patient")


def test_every_panel_of_the_overview_is_a_part():
    panels = registry.of(ChartPanel)
    assert len(panels) == 13
    for panel in panels:
        assert parts.get(panel.part).name == panel.part


@pytest.mark.parametrize("here", ["/patients/1/?show=note&before=a b", "/q/é?x=%20+/#'\"<>", ""])
def test_an_address_to_come_back_to_is_written_as_pages_write_it(here):
    theirs = Template("{{ here|urlencode }}").render(Context({"here": here}))
    assert _part("{{ here|urlencode }}", here=here) == theirs


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("url('home')", "url 'home'"),
        ("url('equipment:show_item', 7)", "url 'equipment:show_item' 7"),
        ("url('mobility:show_measure', measure='tug')", "url 'mobility:show_measure' measure='tug'"),
    ],
)
def test_an_address_is_that_of_the_tag(ours, theirs):
    assert _part(f"{{{{ {ours} }}}}") == Template(f"{{% {theirs} %}}").render(Context())


def _part(source, **values):
    return engines[parts.ENGINE].env.from_string(source).render(**values)


def test_words_around_a_time_escape_the_name_beside_it():
    begun = SimpleNamespace(
        pk=1, measure="Barthel", version=1, recorded_by=SimpleNamespace(name="<b>"), created_at=timezone.now()
    )
    patient = SimpleNamespace(pk=uuid.uuid4())
    html = parts.render("mobility/_unfinished.jinja", patient=patient, unfinished=[(begun, "3 of 10")], may_add=False)
    assert "Begun by &lt;b&gt;, <time" in html


@pytest.mark.parametrize(
    "value",
    ["<a href='x' title=\"y\">&", "", SafeString("<b>"), Markup("<i>"), gettext_lazy("Yes"), Perm.VIEW, 12.5, 0, None],
)
def test_a_value_is_shown_as_jinja_would(value):
    assert _part("{{ value }}", value=value) == Environment(autoescape=True).from_string("{{ value }}").render(
        value=value
    )


def test_macros_are_called_with_whatever_they_take():
    macro = "{% macro m(a, b='x') %}[{{ a }}{{ b }}{{ varargs|length }}{{ kwargs|length }}]{% endmacro %}"
    calls = "{{ m('<') }}{{ m(1, 2) }}{{ m(1, b='&') }}{{ m(1, 2, 3) }}{{ m(1, c=3) }}"
    assert _part(macro + calls) == Environment(autoescape=True).from_string(macro + calls).render()
    assert _part("{% macro m(a) %}({{ a }}){% endmacro %}{{ m('<') }}{{ m(a='>') }}") == "(&lt;)(&gt;)"


def test_what_it_shows_is_escaped():
    marks = parts.macro("patients/_marks.jinja", "marks")
    html = str(marks([Mark("<b>O'Brien & Sons</b>", "bad", '/x/"><script>')]))
    assert "<b>" not in html
    assert "<script>" not in html
    assert "&lt;b&gt;O&#39;Brien &amp; Sons&lt;/b&gt;" in html


def test_it_does_not_see_the_page_around_it():
    patient = SimpleNamespace(display_name="Ann", date_of_birth=None, patient_id="1", chart_status="active")
    row = SimpleNamespace(url="/", cells=(), patient=patient)
    page = Template('{% part "patients/_caseload_rows.jinja" rows=rows is_team=False may_hand_over=False %}')
    with pytest.raises(UndefinedError, match="patient_id_label"):
        page.render(Context({"rows": [row], "patient_id_label": "ID"}))


def test_it_speaks_the_language_of_the_reader():
    part = engines[parts.ENGINE].env.from_string('{{ _("Yes") }}')
    said = []
    for language in ("en-gb", "de"):
        with translation.override(language):
            said.append(part.render())
    assert said == ["Yes", "Ja"]


def test_macros_for_other_parts_say_no_words_before_they_are_called():
    """Such a part is made once in a process: a word at its top would stay in the language of whoever came first."""
    sources = {name: (settings.BASE_DIR / "templates" / name).read_text() for name in NAMES}
    shared = {column.part for column in registry.of(CaseloadColumn)}
    shared |= {name for source in sources.values() for name in re.findall(r'{% from "([^"]+)" import', source)}
    assert len(shared) > 8
    for name in shared:
        made = {key: value for key, value in vars(parts.get(name).module).items() if not key.startswith("_")}
        assert {type(value) for value in made.values()} == {Macro}, name


def test_an_attribute_is_no_key():
    assert _part("{{ value.count(1) }} {{ value[1] }}", value=(1, 2)) == "1 2"
    with pytest.raises(AttributeError):
        _part("{{ value.name }}", value={"name": "a key"})


def test_what_a_macro_makes_is_escaped_once():
    source = "{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}{{ bold(name) }} {{ _('%(who)s')|e|format(who=bold(name)) }}"
    assert _part(source, name="<i>") == "<b>&lt;i&gt;</b> <b>&lt;i&gt;</b>"
