"""The audit trail in words: groups of events, pages behind their routes, and what of a chart was opened."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from audit.events import Event
from audit.relationships import TO_LOOK_AT, Relationship
from patients.as_of import parse_step
from ui.dates import show_moment

EVENTS: dict[str, Any] = dict(Event.choices)

# Groups to search by. An event is of the group that its first word is in, unless the group names it whole.
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "opened": (
        _("Charts opened or refused"),
        (Event.CHART_VIEWED, Event.CHART_WRITTEN, Event.CHART_REFUSED, Event.LIST_VIEWED, Event.PAGE_REFUSED),
    ),
    "emergencies": (_("Emergencies and requests for access"), ("emergency", "access")),
    "rights": (_("Care teams, handovers and leads"), ("care_team", Event.CHART_HANDED_OVER, "team")),
    "charted": (
        _("Registered, recorded and changed"),
        (
            "chart",
            "registration",
            "score",
            "assessment",
            "plan",
            "goals",
            "note",
            "note_draft",
            "follow_up",
            "equipment",
            "amendment",
        ),
    ),
    "accounts": (_("Accounts and signing in"), ("account", "admin")),
    "exported": (_("Searched, printed and exported"), (Event.LIST_SEARCHED, Event.SCORE_EXPORTED, "audit")),
    "operations": (_("Operations"), ()),
}


def group_of(event: str) -> str:
    """The group that an event is found under."""
    first_word = event.split(".")[0]
    named = (key for key, (_label, parts) in GROUPS.items() if event in parts)
    by_word = (key for key, (_label, parts) in GROUPS.items() if first_word in parts)
    return next(named, None) or next(by_word, "operations")


def events_of(group: str) -> list[str]:
    return [event for event in Event.values if group_of(event) == group]


def kind_choices() -> list[tuple[Any, Any]]:
    """For a select: every event below its group, each group with a choice of all that it holds."""
    found: list[tuple[Any, Any]] = [("", _("Every kind"))]
    for key, (label, _parts) in GROUPS.items():
        events = [(event, EVENTS[event]) for event in events_of(key)]
        found.append((label, [(key, _("All of these")), *events]))
    return found


# What happens on whatever page: these say nothing without it.
OF_PAGES = frozenset(
    {
        Event.CHART_VIEWED, Event.CHART_WRITTEN, Event.CHART_REFUSED, Event.LIST_VIEWED, Event.PAGE_REFUSED,
        Event.ADMIN_VIEWED, Event.ADMIN_WRITTEN,
    }
)  # fmt: skip

# A test asks for every page behind the gate.
PAGES: dict[str, Any] = {
    "home": _("Start page"),
    "patients:show_chart": _("Overview of the chart"),
    "patients:edit_patient": _("Particulars"),
    "patients:show_as_of": _("The chart as it stood"),
    "patients:show_known": _("How a fact of the chart is known"),
    "patients:change_status": _("Mobility status"),
    "patients:change_chart_status": _("Chart status"),
    "patients:add_member": _("Adding to the care team"),
    "patients:end_membership": _("Removing from the care team"),
    "patients:hand_over": _("Handing over"),
    "patients:hand_over_many": _("Handing over several charts"),
    "patients:end_emergency": _("Ending an emergency access"),
    "patients:list_caseload": _("Caseload"),
    "patients:find_patient": _("Finding a patient"),
    "patients:register_patient": _("Registering a patient"),
    "patients:list_registrations": _("Possible duplicates"),
    "patients:decide_registration": _("Deciding on a possible duplicate"),
    "patients:list_access_requests": _("Requests for access"),
    "patients:request_access": _("Asking for access"),
    "patients:decide_access": _("Deciding on a request for access"),
    "patients:list_emergencies": _("Emergency accesses"),
    "patients:open_emergency": _("Opening a chart in an emergency"),
    "patients:review_emergency": _("Reviewing an emergency access"),
    "mobility:show_scores": _("Scores"),
    "mobility:show_score": _("A score"),
    "mobility:record_score": _("Recording a score"),
    "mobility:assess": _("Scoring item by item"),
    "mobility:continue_assessment": _("Going on with an assessment"),
    "mobility:show_assessment": _("An assessment"),
    "mobility:mark_goals_in_error": _("Marking goals as entered in error"),
    "mobility:mark_assessment_in_error": _("Marking an assessment as entered in error"),
    "mobility:preview_total": _("Total while scoring"),
    "mobility:mark_in_error": _("Marking a score as entered in error"),
    "mobility:dismiss_suggestion": _("Leaving the mobility status as it is"),
    "mobility:show_plan": _("Measure plan"),
    "mobility:plan_measure": _("Changing the measure plan"),
    "mobility:undo_plan": _("Undoing a change of the measure plan"),
    "mobility:list_team_measures": _("Measure plans of the team"),
    "mobility:export_scores": _("Export of the scores"),
    "interchange:export_scores": _("Export of the scores as FHIR"),
    "mobility:list_measures": _("Outcome measures"),
    "mobility:show_measure": _("An outcome measure"),
    "equipment:show_custody": _("Equipment of the patient"),
    "equipment:check_out": _("Checking equipment out"),
    "equipment:return_item": _("Returning equipment"),
    "equipment:mark_lost": _("Marking a loan as lost"),
    "equipment:change_due_date": _("Due date of a loan"),
    "equipment:void_entry": _("Marking a loan as entered in error"),
    "equipment:list_items": _("Equipment register"),
    "equipment:register_item": _("Registering equipment"),
    "equipment:show_item": _("An item of equipment"),
    "equipment:edit_item": _("Editing an item"),
    "equipment:send_to_repair": _("Sending an item to repair"),
    "equipment:mark_item_lost": _("Marking an item as lost"),
    "equipment:retire_item": _("Retiring an item"),
    "equipment:return_to_stock": _("Taking an item back into stock"),
    "equipment:void_item_entry": _("Marking an entry of an item as entered in error"),
    "sessions_notes:list_notes": _("Session notes"),
    "sessions_notes:show_note": _("A note"),
    "sessions_notes:show_versions": _("Versions of a note"),
    "sessions_notes:write_note": _("Writing a note"),
    "sessions_notes:edit_note": _("Editing a note"),
    "sessions_notes:autosave": _("Saving a draft while typing"),
    "sessions_notes:continue_draft": _("Continuing a draft"),
    "sessions_notes:discard_draft": _("Discarding a draft"),
    "sessions_notes:mark_in_error": _("Marking a note as entered in error"),
    "sessions_notes:resolve_follow_up": _("Closing a follow-up"),
    "sessions_notes:reopen_follow_up": _("Opening a follow-up again"),
    "amendments:list_open": _("Open requests to amend"),
    "amendments:list_requests": _("Requests to amend the record"),
    "amendments:record_request": _("Recording a request to amend"),
    "amendments:show_request": _("A request to amend"),
    "amendments:extend_request": _("Extending the time for a request to amend"),
    "amendments:decide_request": _("Deciding on a request to amend"),
    "amendments:record_told": _("Who was told of an amendment"),
    "amendments:add_statement": _("Statement of disagreement"),
    "amendments:add_rebuttal": _("Rebuttal of a statement"),
    "amendments:show_letter": _("Letter on a request to amend"),
    "audit:show_history": _("Status history of the chart"),
    "audit:show_who_looked": _("Who looked at this chart"),
    "audit:list_status_history": _("Status history"),
    "audit:list_events": _("Audit trail"),
    "audit:export_events": _("Export of the audit trail"),
    "audit:show_looks": _("Who looked at a chart"),
    "audit:print_looks": _("Report of who looked at a chart"),
    "dashboards:show_dashboard": _("Dashboard of the team"),
}

CHILDREN: dict[str, Any] = {
    "note_id": _("Note %(key)s"),
    "draft_id": _("Draft %(key)s"),
    "follow_up_id": _("Follow-up %(key)s"),
    "score_id": _("Score %(key)s"),
    "goals_id": _("Goals %(key)s"),
    "assessment_id": _("Assessment %(key)s"),
    "measure": "%(key)s",
    "log_id": _("Loan %(key)s"),
    "item_id": _("Item %(key)s"),
    "member_id": _("Membership %(key)s"),
    "request_id": _("Request %(key)s"),
    "what": "%(key)s",
    "key": "%(key)s",
}


def page_words(route: str) -> str:
    """What people call the page behind a route; the route itself where nobody has said."""
    return str(PAGES.get(route, route))


def child_words(details: Mapping[str, Any]) -> str:
    """Which note, score or loan was opened, or which past moment; empty for a page of the chart as a whole."""
    child, moment = details.get("child"), parse_step(str(details.get("as_of", "")))
    known = child.items() if isinstance(child, Mapping) else ()
    found = [str(CHILDREN.get(name, name + " %(key)s")) % {"key": key} for name, key in known]
    if moment:
        found.append(_now("as of %(moment)s") % {"moment": show_moment(moment)})
    return ", ".join(found)


class InWords:
    """For a row of the trail: its codes as people read them."""

    event_type: Any
    route: Any
    details: Any
    relationship: Any
    actor_role: Any

    @property
    def label(self) -> str:
        """What happened, in words."""
        return str(EVENTS.get(self.event_type, self.event_type))

    @property
    def page(self) -> str:
        """The page that was opened, sent or refused, in words; empty where the event says it all."""
        return page_words(self.route) if self.event_type in OF_PAGES else ""

    @property
    def child(self) -> str:
        """Which note, score or loan of the chart."""
        return child_words(self.details)

    @property
    def relationship_label(self) -> str:
        return str(Relationship(self.relationship).label) if self.relationship else ""

    @property
    def role_label(self) -> str:
        """The role of who did it, as it was then."""
        return str(Role(self.actor_role).label) if self.actor_role else ""

    @property
    def is_to_look_at(self) -> bool:
        """Whether somebody without a care relationship opened a chart or tried to."""
        return self.relationship in TO_LOOK_AT
