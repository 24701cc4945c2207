"""What the pages of a request show beside the request itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.access import Perm
from accounts.models import but_names
from amendments.vocabulary import PARTS, LinkRole, StepKind
from patients import timeline
from patients.registry import TimelineSource, registry
from ui.dates import show_date

if TYPE_CHECKING:
    from accounts.models import User
    from amendments.models import AmendmentRequest
    from patients.models import Patient

OFFERED = 30  # of the latest entries, for a form


@dataclass(frozen=True)
class Linked:
    """An entry that a request names, as it is called, and where it is."""

    title: Any
    url: str = ""
    author_pk: int | None = None


def entry_choices(patient: "Patient", user: "User", also: Iterable[tuple[str, int]] = ()) -> list[tuple[str, str]]:
    """The latest entries of a chart as choices of a form, and those that were chosen before, however old."""
    kinds = {source.key for source in registry.of(TimelineSource) if source.find}
    read = timeline.read(patient, user, before=None, size=OFFERED)
    listed = {(e.kind, e.pk): e for _day, entries in read.days for e in entries if e.kind in kinds}
    older = {key: entry for key, entry in timeline.find(patient, also).items() if key not in listed}
    found = [*older.values(), *listed.values()]
    return [(f"{e.kind}:{e.pk}", f"{show_date(e.at)} · {e.title} · {str(e.byline).split(' · ')[0]}") for e in found]


def part_choices() -> list[tuple[str, Any]]:
    return [(f"{kind}:0", label) for kind, label in PARTS.items()]


def key_of(word: str) -> tuple[str, int] | None:
    """The kind and key in an address (note:12), or None for what is none."""
    kind, _colon, key = word.partition(":")
    return (kind, int(key)) if key.isdecimal() and len(key) < 18 and kind.isidentifier() else None


def links(asked: "AmendmentRequest", patient: "Patient") -> dict[str, list[Linked]]:
    """The entries that a request is about, and those that make the amendment: two queries, and one for each kind."""
    rows = list(asked.links.order_by("pk"))
    entries = timeline.find(patient, [(row.kind, row.entry) for row in rows])
    found: dict[str, list[Linked]] = {role: [] for role in LinkRole}
    for row in rows:
        entry = entries.get((row.kind, row.entry))
        if entry:
            title = f"{show_date(entry.at)} · {entry.title}"
            found[row.role].append(Linked(title, entry.url, entry.author_pk))
        else:
            found[row.role].append(Linked(PARTS.get(row.kind, _("Entry"))))
    return found


def context(asked: "AmendmentRequest", patient: "Patient", user: "User") -> dict[str, Any]:
    """All that is known of a request, and what this person may do about it."""
    steps = list(
        asked.steps.select_related("recorded_by").defer(*but_names("recorded_by")).order_by("created_at", "pk")
    )
    kinds = {step.kind for step in steps}
    of_kind = {step.kind: step for step in steps}
    found = links(asked, patient)
    held = patient.held_perms
    is_disagreed = StepKind.DISAGREEMENT in kinds
    return {
        "patient": patient,
        "tab": "amendments",
        "asked": asked,
        "steps": steps,
        "about": found[LinkRole.ABOUT],
        "amends": found[LinkRole.AMENDS],
        "statement": of_kind.get(StepKind.DISAGREEMENT),
        "rebuttal": of_kind.get(StepKind.REBUTTAL),
        "extension": of_kind.get(StepKind.EXTENDED),
        "is_informed": StepKind.INFORMED in kinds,
        "is_author": any(entry.author_pk == user.pk for entry in found[LinkRole.ABOUT]),
        "may_decide": asked.is_open and Perm.REASSIGN in held,
        "may_extend": asked.is_open and not asked.extended_to and asked.days_left >= 0 and Perm.REASSIGN in held,
        "may_tell": not asked.is_open and Perm.CHANGE in held,
        "may_disagree": asked.is_denied and not is_disagreed and Perm.ADD in held,
        "may_rebut": is_disagreed and StepKind.REBUTTAL not in kinds and Perm.CHANGE in held,
        "has_letter": (not asked.is_open and asked.state != "withdrawn") or asked.extended_to,
    }
