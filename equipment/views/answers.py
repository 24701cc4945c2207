"""How equipment views answer what a service refused: 422 beside the field, 409 where somebody was faster."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from equipment import wording
from equipment.errors import CustodyError, ItemTaken, NotOut
from equipment.forms import ErrorsForm
from patients.errors import AlreadyRecorded, ChartArchived, RecordedOtherwise, StaleVersion

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def attempt(form: ErrorsForm, act: Callable[[], Any], *, viewer: "User", patient: "Patient | None" = None) -> Any:
    """What the service returned, or returned the first time for a form sent twice; None if refused, and the form says why."""
    try:
        return act()
    except RecordedOtherwise as repeat:
        form.renew()
        form.clash(repeat.existing, wording.recorded_otherwise(repeat.existing))
    except AlreadyRecorded as repeat:
        return repeat.existing
    except NotOut as late:
        form.clash(late.current, wording.how_ended(late.current))
    except StaleVersion as late:
        form.clash(late.current, _("Somebody else changed this while the form was open. Nothing was overwritten"))
    except ItemTaken as taken:
        form.refuse(taken.field, wording.why_taken(taken, viewer=viewer, patient=patient))
    except CustodyError as refusal:
        form.refuse(refusal.field, refusal.message)
    except ChartArchived:
        form.refuse("", _("This chart is archived: it takes no entries until it is active again"))
    except ValidationError as invalid:
        form.refuse_all(invalid)
    return None


def form_answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form with everything that was typed: 200, 422 or 409."""
    form: ErrorsForm = context["form"]
    status = 409 if form.conflict is not None else 422 if form.errors else 200
    return render(request, template, context, status=status)
