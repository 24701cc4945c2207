"""The caseload, and finding a patient."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Perm, caseload_view
from accounts.http import StaffRequest
from accounts.roles import CLINICAL, TREATING, Role
from patients import caseload, searches
from patients.querysets import PatientQuerySet
from patients.vocabulary import MobilityStatus


@require_http_methods(["GET", "HEAD", "POST"])
@caseload_view(Perm.VIEW, roles=CLINICAL, only_reads=True)
def list_caseload(request: StaffRequest, patients: PatientQuerySet) -> HttpResponse:
    state = caseload.CaseloadState.read(request.GET)
    if request.method == "POST":  # a search: its text stays out of the address
        searches.record_search(request)
        return redirect(state.url(s=searches.keep_search(request, request.POST.get("q", ""))))
    text = request.session.get("searches", {}).get(state.s, "")
    listed = caseload.read(patients, state, text, request.user)
    page, count = listed.page, listed.counts["all"]
    context = {
        "section": "caseload" if state.scope != "team" else "team",
        "state": state,
        "text": text,
        "page": page,
        "rows": listed.rows,
        "columns": listed.columns,
        "is_team": state.scope == "team",
        "may_hand_over": state.scope == "team" and request.user.role == Role.LEAD,
        "may_register": request.user.role in TREATING,
        "notices": listed.notices,
        "chips": caseload.chips(listed.counts, state),
        "orders": caseload.orders(),
        "count": count,
        "listed": caseload.listed_words(page.paginator.count),
        "searched": caseload.searched_words(count),
        "statuses": MobilityStatus.choices,
        "charts": caseload.CHARTS.items(),
        "now": timezone.localtime(),
        "previous_url": state.url(page=str(page.number - 1)) if page.has_previous() else "",
        "next_url": state.url(page=str(page.number + 1)) if page.has_next() else "",
        "is_narrowed": bool(text or state.flag or state.status or state.charts or state.therapist),
    }
    return render(request, "patients/list_caseload.html", context)


@require_POST
@caseload_view(Perm.VIEW, roles=CLINICAL)
def find_patient(request: StaffRequest, patients: PatientQuerySet) -> HttpResponse:
    text = request.POST.get("q", "")[:100]
    if not text.strip():
        return redirect("patients:list_caseload")
    searches.record_search(request)
    found = list(patients.matching(text).by_name()[:2])
    if len(found) == 1:
        return redirect("patients:show_chart", patient_id=found[0].pk)
    scope = "team" if request.user.role == "lead" else ""
    state = caseload.CaseloadState(s=searches.keep_search(request, text), charts="all", scope=scope)
    return redirect(state.url())
