"""The parts of a chart page that come from the registry."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markupsafe import escape

from patients import timeline
from patients.as_of import step_to
from patients.registry import EntryMarks, QuickAdd, Tab, registry
from ui import parts
from ui.addresses import reverse
from ui.templatetags.ui import icon

register = template.Library()


@register.simple_tag
def chart_tabs(patient: Any, current: str) -> SafeString:
    """The chart's tabs, in order; `current` is the key of the one that is open."""
    tabs = [(tab, reverse(tab.url_name, kwargs={"patient_id": patient.pk})) for tab in registry.of(Tab)]
    return parts.render("patients/_tabs.jinja", tabs=tabs, current=current)


@register.simple_tag(takes_context=True)
def panel(context: template.Context, name: str, data: Mapping[str, Any]) -> str:
    """A panel of the chart as it stood, with what its fetch returned beside the page's context."""
    with context.push(**data):
        return context.template.engine.get_template(name).render(context)  # type: ignore[union-attr]


@register.simple_tag(takes_context=True)
def chart_part(context: template.Context, name: str, data: Mapping[str, Any]) -> SafeString:
    """A panel of the overview: the part of this name with the patient, the page's address and what its fetch returned."""
    return parts.render(name, **{**data, "patient": context["patient"], "here": context["request"].get_full_path()})


@register.simple_tag
def quick_adds(patient: Any, current: str, here: str) -> SafeString:
    """The quick-add buttons that this user may use on this patient. The gate on the form's own view is the check."""
    if patient.is_archived:
        return SafeString("")
    items = [
        (item, reverse(item.url_name, kwargs={"patient_id": patient.pk}))
        for item in registry.of(QuickAdd)
        if item.perm in patient.held_perms
    ]
    return (
        parts.render("patients/_quick_adds.jinja", items=items, current=current, here=here) if items else SafeString("")
    )


@register.inclusion_tag("patients/_entry_marks.html")
def entry_marks(patient: Any, kind: str, pk: int, is_alone: bool = True) -> dict[str, Any]:
    """What is said of one entry; on its own page also what can be done about it. One query for a page."""
    offers = [offer for source in registry.of(EntryMarks) for offer in source.offer(patient, kind, pk)]
    return {"marks": timeline.marks_of(patient).get((kind, pk), ()), "offers": offers if is_alone else ()}


@register.simple_tag
def known(patient: Any, what: str, key: Any, label: Any) -> SafeString:
    """The label of a fact as the link to how it is known."""
    url, ask = escape(_known_url(patient, what, key)), escape(_("How do we know?"))
    return SafeString(
        f'<a class="known" href="{url}" title="{ask}" data-dialog>{escape(label)}<span class="vh"> {ask}</span></a>'
    )


@register.simple_tag
def known_icon(patient: Any, what: str, key: Any, label: Any) -> SafeString:
    """The same where a fact has no label of its own; `label` names it to who does not see where the sign stands."""
    url, ask = escape(_known_url(patient, what, key)), escape(_("How do we know?"))
    # The label not as text: it stands beside the sign already.
    return SafeString(
        f'<a class="known known--icon" href="{url}" title="{ask}" aria-label="{ask} {escape(label)}"'
        f" data-dialog>{icon('i-info', 14)}</a>"
    )


def _known_url(patient: Any, what: str, key: Any) -> str:
    """The address, made without asking the URLconf forty times a page."""
    base: str | None = patient.__dict__.get("_known_at")
    if base is None:
        kwargs = {"patient_id": patient.pk, "what": "what", "key": "key"}
        base = reverse("patients:show_known", kwargs=kwargs).removesuffix("what/key/")
        patient.__dict__["_known_at"] = base
    return f"{base}{what}/{key}/"


@register.filter
def step(moment: dt.datetime) -> str:
    """A moment as the address of the chart as it stood has it."""
    return step_to(moment)
