"""The list of measures, and one page about each."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import role_view
from accounts.http import StaffRequest
from mobility import catalogue
from mobility.reference import page


@require_safe
@role_view()
def list_measures(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("q", "")[: page.LONGEST_SEARCH].strip()
    context = {"section": "measures", "text": text, "rows": page.matching(text), "all": len(catalogue.everything())}
    return render(request, "mobility/measures/list_measures.html", context)


@require_safe
@role_view()
def show_measure(request: StaffRequest, measure: str) -> HttpResponse:
    instrument = catalogue.find(measure)
    if instrument is None:
        raise Http404
    context = {"section": "measures", "page": page.page_of(instrument), "measure": instrument}
    return render(request, "mobility/measures/show_measure.html", context)
