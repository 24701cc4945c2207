"""What stands in for parts of Django says the same as Django, only sooner (docs/adr/0016-quicker-django.md)."""

import itertools
import threading
import uuid

import pytest
from django import urls
from django.template import Context, Engine, Template, engines
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, trans_real

from tests.routes import routes
from ui import addresses, quick

KEY = uuid.UUID("3f2b6f0e-0000-4000-8000-000000000007")
PLAIN = Engine(
    builtins=["ui.templatetags.ui"], libraries={name: f"django.templatetags.{name}" for name in ("i18n", "static")}
)


@pytest.mark.parametrize("language", ["en-gb", "de", "ar", "zh-hans", "pt-br", "sl"])
def test_a_language_says_what_its_catalogues_say(language):
    ours, theirs = quick.OneTable(language), quick.OneTable.__bases__[0](language)
    sources, messages = [theirs], {"Nobody translates this", "%(n)s", "Save"}
    while sources[-1]._fallback:
        sources.append(sources[-1]._fallback)
    for source in sources:
        messages |= {key[0] if isinstance(key, tuple) else key for key, _words in source._catalog.items()}
    assert len(messages) > 400
    assert {m: ours.gettext(m) for m in messages} == {m: theirs.gettext(m) for m in messages}
    for number in (0, 1, 2, 3, 5, 11, 100):
        said = [[each.ngettext(m, f"{m}s", number) for m in messages] for each in (ours, theirs)]
        assert said[0] == said[1]


def test_the_language_of_a_request_is_its_own_and_words_change_with_it():
    page = Template('{% load i18n %}{% translate "Yes" %} {% translate "100%% <b>" %}{% trans "No" as no %} {{ no }}')
    said = []
    for language in ("en-gb", "de", "zh-hans"):
        with translation.override(language):
            said.append(page.render(Context()))
            for odd in ("", "Yes\r\n", mark_safe("<b>"), gettext_lazy("Yes"), "Yes"):
                ours, theirs = translation.gettext(odd), quick._djangos_gettext(odd)
                assert (ours, type(ours)) == (theirs, type(theirs))
    assert said == ["Yes 100%% <b> No", "Ja 100%% <b> Nein", "是 100%% <b> 否"]


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Yes" %}', "{% translate 'It\\'s <b>50%</b> & \"more\"' %}", '{% translate "Yes" as x %}[{{ x }}]',
        '{% translate "Yes" noop %}', '{% translate "May" context "abbrev. month" %}', '{% translate "Yes"|lower %}',
        "{% translate word %}", '{% autoescape off %}{% translate "<i>" %}{% endautoescape %}', '{{ _("Yes") }}',
        "{{ word }} {{ safe }} {{ lazy }} {{ number }} {{ count }} {{ yes }} {{ nothing }}", "{% autoescape off %}{{ word }}{% endautoescape %}",
    ],
)  # fmt: skip
def test_tags_say_what_djangos_say(source):
    def values():
        return Context(
            {
                "word": "<Yes>",
                "safe": mark_safe("<b>"),
                "lazy": gettext_lazy("Yes"),
                "number": 1234.5,
                "count": 98765,
                "yes": True,
            }
        )

    with translation.override("de"):
        ours = Template("{% load i18n %}" + source).render(values())
        assert ours == Template("{% load i18n %}" + source, engine=PLAIN).render(values())


def test_every_address_is_the_one_that_django_makes():
    made = 0
    for route in routes():
        for values in itertools.product(
            [7, 0, KEY, str(KEY), "a-b", "A_b", "12", "-1", "ü/x"], repeat=len(route.parameters)
        ):
            for how in ({"args": values}, {"kwargs": dict(zip(route.parameters, values, strict=True))}):
                try:
                    theirs = urls.reverse(route.name, **how)
                except urls.NoReverseMatch:
                    with pytest.raises(urls.NoReverseMatch):
                        addresses.reverse(route.name, **how)
                    continue
                assert addresses.reverse(route.name, **how) == theirs
                made += 1
    assert made > 100
    with pytest.raises(urls.NoReverseMatch):
        addresses.reverse("patients:show_chart", args=[-1])
    urls.set_script_prefix("/clinic/")
    try:
        assert addresses.reverse("home") == "/clinic/"
    finally:
        urls.set_script_prefix("/")


def test_what_django_no_longer_has_is_named():
    with pytest.raises(AttributeError, match="has no nonsense any more"):
        quick._put(trans_real, nonsense=1)
    assert type(trans_real._active) is threading.local


def test_files_have_the_addresses_that_django_gives_them():
    for said in ('{% static "css/base.css" %}', "{% static path %}", '{% static "css/base.css" as a %}{{ a }}'):
        text, context = "{% load static %}" + said, Context({"path": "js/app.js"})
        theirs = PLAIN.from_string(text).render(context)
        assert Template(text).render(context) == theirs
        assert theirs.startswith("/static/")


def test_only_what_is_meant_to_has_the_name_of_a_library_of_django():
    """The check is silenced for these two (config/settings.py)."""
    found = list(engines["django"]._check_for_template_tags_with_the_same_name())
    assert sorted(warning.msg.split("'")[1] for warning in found) == ["i18n", "static"]
