"""Every read of scores. All start from a patient, or from patients that somebody may see."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf

from accounts.models import but_names
from ui.paging import Key, older_than
from ui.prepared import EqualsAny

if TYPE_CHECKING:
    from mobility.catalogue import Instrument
    from mobility.models import MobilityScore


def context_of(words: str) -> dict[str, str]:
    """What was said of how it was scored. JSON until it is asked for, because of most scores nothing was said."""
    found: dict[str, str] = {} if words == "{}" else json.loads(words)
    return found


class SeriesRow(NamedTuple):
    """What a trend in a list needs of a score. Rows, not models: a caseload page reads 200 of them."""

    patient_id: uuid.UUID
    score_type: str
    instrument_version: str
    score_date: dt.date
    score_value: Decimal
    scale: str
    series: str
    context_words: str
    is_recoded: bool
    edition_id: str | None

    @property
    def context(self) -> dict[str, str]:
        return context_of(self.context_words)


class Previous(NamedTuple):
    """What a comparison needs of the score before another one."""

    value: Decimal
    context: dict[str, str]
    is_recoded: bool

    @classmethod
    def read(cls, found: "dict[str, Any] | Previous | None") -> "Previous | None":
        """From what `with_previous` annotates: JSON, in which the value is text so that it stays exact."""
        if found is None or isinstance(found, Previous):
            return found
        return cls(Decimal(found["value"]), found["context"], found["is_recoded"])


class TrendRow(NamedTuple):
    """What a trend needs of a score. Rows, not models, and no column more: a tab reads hundreds of them."""

    pk: int
    score_type: str
    instrument_version: str
    scale: str
    series: str
    score_value: Decimal
    score_date: dt.date
    context_words: str
    is_recoded: bool
    entered_in_error_at: dt.datetime | None

    @property
    def context(self) -> dict[str, str]:
        return context_of(self.context_words)


class ListRow(NamedTuple):
    """What a table of scores says of each. Rows, not models: each would bring a model of the person who recorded it."""

    pk: int
    score_type: str
    instrument_version: str
    scale: str
    series: str
    score_value: Decimal
    score_date: dt.date
    context_words: str
    is_recoded: bool
    edition_id: str | None
    entry: str
    occurred_at: dt.datetime
    has_time: bool
    notes: str
    entered_in_error_at: dt.datetime | None
    entered_in_error_reason: str
    recorder: str

    @property
    def context(self) -> dict[str, str]:
        return context_of(self.context_words)


Row = TypeVar("Row", bound=NamedTuple)


def read_rows(kind: type[Row], found: Iterable[Any]) -> list[Row]:
    """Rows of a kind (SeriesRow, TrendRow, ListRow), from what its queryset method finds."""
    return list(map(kind._make, found))


class Unnest(Func):
    """The rows of an array."""

    function = "unnest"
    output_field = BigIntegerField()
    set_returning = True


class MobilityScoreQuerySet(QuerySet["MobilityScore"]):
    def live(self) -> Self:
        """Without the scores that were entered in error: what trends and last values are made of."""
        return self.filter(entered_in_error_at=None)

    def in_error(self) -> Self:
        return self.filter(entered_in_error_at__isnull=False)

    def of_type(self, score_type: str) -> Self:
        return self.filter(score_type=score_type)

    def newest_first(self) -> Self:
        return self.order_by("-occurred_at", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("occurred_at", "pk")

    def with_people(self) -> Self:
        people = ("recorded_by", "entered_in_error_by")
        return self.select_related(*people).defer(*but_names(*people))

    def with_previous(self) -> Self:
        """With `previous`, from which `change` is told: the live score before each, of the same series.

        One subquery of JSON and not three of columns: each would look for the same row again.
        """
        same = {name: OuterRef(name) for name in ("patient", "score_type", "instrument_version", "series")}
        at = OuterRef("occurred_at")
        # The first condition lets the index start at the score.
        earlier = self.model.objects.live().filter(**same, occurred_at__lte=at)
        earlier = earlier.filter(Q(occurred_at__lt=at) | Q(pk__lt=OuterRef("pk"))).newest_first()
        row = JSONObject(value=Cast("score_value", TextField()), context="context", is_recoded="is_recoded")
        return self.annotate(previous=Subquery(earlier.values(row=row)[:1]))

    def page(self, before: Key | None, limit: int) -> "list[MobilityScore]":
        """The newest scores that come after `before` in a merged list."""
        rows = older_than(self.newest_first(), before, field="occurred_at", kind="score")
        return list(rows[:limit])

    def readings(self, instrument: "Instrument", series: str = "") -> list[tuple[dt.date, Decimal]]:
        """Day and value of each live score of one series, oldest first."""
        rows = self.live().of_type(instrument.id).filter(instrument_version=instrument.version, series=series)
        return list(rows.oldest_first().values_list("score_date", "score_value"))

    def context_used(self, instrument: "Instrument", kind: str) -> list[str]:
        """What this detail of the live scores of an instrument said, the last first: to choose from again."""
        rows = self.live().of_type(instrument.id).newest_first().values_list(f"context__{kind}", flat=True)
        return list(dict.fromkeys(one for one in rows[:50] if one))

    def trend_rows(self) -> Self:
        """Every score, those in error included, oldest first: for `read_rows`."""
        return self.oldest_first()._as(TrendRow)

    def list_rows(self) -> Self:
        """Newest first: for `read_rows`."""
        name = Coalesce(NullIf("recorded_by__display_name", Value("")), "recorded_by__username")
        return self.newest_first().annotate(recorder=name)._as(ListRow)

    def of_series(self, series: str) -> Self:
        return self.filter(series=series)

    def counts_by_type(self) -> dict[str, int]:
        """How many live scores there are of each instrument."""
        return dict(self.live().order_by().values_list("score_type").annotate(n=Count("pk")))

    def last_series(self, patients: Sequence[uuid.UUID], limit: int) -> Self:
        """Of each patient the last scores, newest first, of the instrument used last: for `read_rows`."""
        of_patient = self.live().filter(patient=OuterRef("pk")).newest_first()
        last = of_patient.filter(score_type=OuterRef("last_type")).values("pk")[:limit]
        chosen = apps.get_model("patients", "Patient").objects.filter(EqualsAny(F("pk"), patients))
        chosen = chosen.alias(last_type=Subquery(of_patient.values("score_type")[:1]))
        rows = self.filter(pk__in=chosen.values(key=Unnest(ArraySubquery(last)))).newest_first()
        return rows._as(SeriesRow)

    def _as(self, row: type[Row]) -> Self:
        """The columns of a row, the context as the text of its JSON."""
        found: Any = self.annotate(context_words=Cast("context", TextField())).values_list(*row._fields)
        rows: Self = found
        return rows

    def last_moment_of_outer_patient(self) -> Subquery:
        """For an order of patients: when each was last scored."""
        return Subquery(self.live().filter(patient=OuterRef("pk")).newest_first().values("occurred_at")[:1])


class AssessmentQuerySet(QuerySet[Any]):
    def live(self) -> Self:
        """Without the assessments that were entered in error."""
        return self.filter(entered_in_error_at=None)

    def unfinished(self) -> Self:
        """Begun, and neither completed nor entered in error; the one worked on last comes first."""
        return self.live().filter(completed_at=None).order_by("-saved_at", "-pk")

    def with_people(self) -> Self:
        people = ("recorded_by", "saved_by", "completed_by", "entered_in_error_by")
        return self.select_related(*people).defer(*but_names(*people))

    def of_chart(self, assessment_id: int) -> Self:
        """One of them, with who began, saved and finished it."""
        return self.with_people().select_related("corrects").filter(pk=assessment_id)

    def last_answers(self, instrument: "Instrument") -> dict[str, str]:
        """What was answered last with this version of an instrument; nothing where hands or wounds may differ."""
        if instrument.requires:
            return {}
        done = self.live().filter(score_type=instrument.id, instrument_version=instrument.version)
        rows = done.exclude(completed_at=None).order_by("-occurred_at", "-pk")
        return rows.values_list("answers", flat=True).first() or {}
