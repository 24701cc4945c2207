"""The parts of a chart page that come from the registry."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from patients import timeline
from patients.registry import EntryMarks, QuickAdd, Tab, registry

register = template.Library()

CELL = '<td role="cell" data-label="{}">{}</td>'
CELL_OF_NUMBERS = '<td role="cell" data-label="{}" class="num">{}</td>'


@register.simple_tag
def chart_tabs(patient: Any) -> list[dict[str, Any]]:
    """The chart's tabs, in order."""
    return [
        {"key": tab.key, "label": tab.label, "url": reverse(tab.url_name, kwargs={"patient_id": patient.pk})}
        for tab in registry.of(Tab)
    ]


@register.simple_tag(takes_context=True)
def panel(context: template.Context, name: str, data: Mapping[str, Any]) -> str:
    """A registered panel, with what its fetch returned beside the page's context."""
    with context.push(**data):
        return context.template.engine.get_template(name).render(context)  # type: ignore[union-attr]


@register.simple_tag(takes_context=True)
def cell(context: template.Context, column: Any, value: Any) -> SafeString:
    """A cell of a registered caseload column. An include would cost as much again as what it includes."""
    with context.push(value=value):
        content = context.template.engine.get_template(column.template).nodelist.render(context)  # type: ignore[union-attr]
    start = CELL_OF_NUMBERS if column.is_number else CELL
    return format_html(start, column.label, content)


@register.simple_tag
def quick_adds(patient: Any) -> list[dict[str, Any]]:
    """The quick-add buttons that this user may use on this patient. The gate on the form's own view is the check."""
    if patient.is_archived:
        return []
    return [
        {"item": item, "url": reverse(item.url_name, kwargs={"patient_id": patient.pk})}
        for item in registry.of(QuickAdd)
        if item.perm in patient.held_perms
    ]


@register.inclusion_tag("patients/_entry_marks.html")
def entry_marks(patient: Any, kind: str, pk: int, is_alone: bool = True) -> dict[str, Any]:
    """What is said of one entry; on its own page also what can be done about it. One query for a page."""
    offers = [offer for source in registry.of(EntryMarks) for offer in source.offer(patient, kind, pk)]
    return {"marks": timeline.marks_of(patient).get((kind, pk), ()), "offers": offers if is_alone else ()}
