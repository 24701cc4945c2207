"""The lead's dashboard."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Perm, caseload_view
from accounts.http import StaffRequest
from accounts.roles import Role
from dashboards import queries
from patients import notices
from patients.querysets import PatientQuerySet


@require_safe
@caseload_view(Perm.REASSIGN, roles=frozenset({Role.LEAD}))
def show_dashboard(request: StaffRequest, patients: PatientQuerySet) -> HttpResponse:
    team = queries.TEAM.base(patients, request.user)
    counts = queries.count_team(team)
    context = {
        "section": "team",
        "now": timezone.localtime(),
        "figures": counts.figures,
        "statuses": counts.statuses,
        "flags": counts.flags,
        "therapists": counts.therapists,
        "changes": queries.status_changes(team),
        "equipment": queries.out_longest(team),
        "follow_ups": queries.open_follow_ups(team),
        "notices": notices.read(request.user),
        "emergencies": queries.open_reviews(request.user),
    }
    return render(request, "dashboards/show_dashboard.html", context)
