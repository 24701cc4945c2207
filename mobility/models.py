"""MobilityScore: one total of one instrument on one day. Never edited: a wrong one is marked, and the right one added."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from audit.api import FieldHistory, stamp
from mobility import catalogue, details, editions, wording
from mobility.assessments import NOTES_LENGTH, REASON_LENGTH, Assessment
from mobility.catalogue import BandRange, Change, Context, Instrument
from mobility.change import Measured, Verdict, compare
from mobility.editions import InstrumentEdition
from mobility.goals import GoalSet
from mobility.plans.models import DueMeasure, PlannedMeasure, Rule, TeamMeasure
from mobility.querysets import MobilityScoreQuerySet, Previous
from mobility.vocabulary import EntryWay
from patients.constraints import ChecksAtOnce

__all__ = [
    "NOTES_LENGTH",
    "REASON_LENGTH",
    "Assessment",
    "DueMeasure",
    "EntryWay",
    "GoalSet",
    "InstrumentEdition",
    "MobilityScore",
    "PlannedMeasure",
    "Rule",
    "TeamMeasure",
]
SERIES_LENGTH = 200


class MobilityScore(ChecksAtOnce):
    """A score as it was recorded. Which values are possible is for the catalogue to say, in services.record_score."""

    # No index of its own: both indexes below begin with the patient.
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="mobility_scores", db_index=False
    )
    score_date = models.DateField(_("date"))
    score_type = models.CharField(_("measure"), max_length=60, help_text=_("Id of an instrument of the catalogue"))
    score_value = models.DecimalField(_("score"), max_digits=6, decimal_places=2)
    # Scores are only compared with scores of the same version of their instrument.
    instrument_version = models.CharField(_("version of the measure"), max_length=60, editable=False)
    scale = models.CharField(
        _("scale"), max_length=60, blank=True, editable=False, help_text=_("Empty for the default scale of the measure")
    )
    context = models.JSONField(_("context"), default=dict, blank=True, editable=False)
    # Scores are one trend, and compared, within one series: a scale, and the context without which it means nothing.
    series = models.CharField(
        _("series"),
        max_length=SERIES_LENGTH,
        blank=True,
        editable=False,
        help_text=_("Empty for the default scale of a measure that needs no context"),
    )
    entry = models.CharField(
        _("way of entry"), max_length=10, choices=EntryWay.choices, default=EntryWay.VALUE, editable=False
    )
    is_recoded = models.BooleanField(_("counts activities that were not attempted"), default=False, editable=False)
    # Null for scores from before wordings were kept. Neither key is looked for but from a score.
    edition = models.ForeignKey(
        InstrumentEdition,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wording"),
        db_index=False,
        editable=False,
    )
    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="scores",
        verbose_name=_("assessment"),
        editable=False,
    )
    notes = models.TextField(_("notes"), max_length=NOTES_LENGTH, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="recorded_scores",
        verbose_name=_("recorded by"),
    )
    # For the order of scores: score_date at the time given; without one, the moment of recording on that day, or noon.
    occurred_at = models.DateTimeField(_("when"), editable=False)
    has_time = models.BooleanField(_("time is known"), default=False, editable=False)
    created_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
        help_text=_("The score entered in error that this one stands for"),
    )

    entered_in_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    entered_in_error_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    entered_in_error_reason = models.TextField(_("reason"), max_length=REASON_LENGTH, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    history = FieldHistory(excluded_fields=["form_token"], custom_model_name="MobilityScoreFieldHistory")
    objects: ClassVar[Any] = MobilityScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("mobility score")
        verbose_name_plural = _("mobility scores")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The upper bound is what keeps NaN out: to PostgreSQL it is greater than every number.
            models.CheckConstraint(
                condition=Q(score_value__gte=0, score_value__lt=10_000),
                name="score_value_possible",
                violation_error_message=_("Enter a score from 0 to below 10000"),
            ),
            models.CheckConstraint(condition=~Q(score_type="") & ~Q(instrument_version=""), name="score_type_given"),
            models.CheckConstraint(condition=Q(entry__in=EntryWay.values), name="score_entry_known"),
            models.CheckConstraint(
                condition=Q(entered_in_error_at=None, entered_in_error_by=None, entered_in_error_reason="")
                | Q(entered_in_error_at__isnull=False, entered_in_error_by__isnull=False)
                & ~Q(entered_in_error_reason=""),
                name="score_error_has_who_and_why",
                violation_error_message=_("Enter the reason"),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(entered_in_error_at=None),
                name="score_corrected_once",
                violation_error_message=_("The correct score has been recorded already"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", F("occurred_at").desc(), F("id").desc(), name="score_by_patient"),
            models.Index("patient", "score_type", F("occurred_at").desc(), F("id").desc(), name="score_by_type"),
        ]

    def __str__(self) -> str:
        return f"Mobility score {self.pk}"

    @property
    def is_in_error(self) -> bool:
        return self.entered_in_error_at is not None

    def may_be_marked_by(self, user: Any, held_perms: Collection[str]) -> bool:
        """Who recorded it may, while able to add to this chart; others only with the right to change the chart."""
        return Perm.CHANGE in held_perms or (Perm.ADD in held_perms and self.recorded_by_id == user.pk)

    # What the catalogue says of it.

    @cached_property
    def instrument(self) -> Instrument | None:
        """The instrument it was scored with; None if the catalogue no longer has it, its scale, or has another version."""
        known = catalogue.find(self.score_type)
        if known is None or known.version != self.instrument_version:
            return None
        return known if not self.scale or self.scale in {one.id for one in known.scales} else None

    @cached_property
    def wording(self) -> editions.Wording | None:
        """The wording of the time, where the catalogue says it otherwise by now; None where today's wording is right."""
        if self.edition_id is None or (self.instrument and editions.is_current(self.instrument, self.edition_id)):
            return None
        return editions.get(self.edition_id)

    @property
    def scale_id(self) -> str | None:
        """The scale as the catalogue takes it: None for the default one."""
        return self.scale or None

    @property
    def measure(self) -> str:
        """The name of the instrument as it was scored with, or its id if nothing knows it any more."""
        if self.wording:
            return self.wording.name
        return str(catalogue.find(self.score_type) or self.score_type)

    @property
    def scale_label(self) -> str:
        """Which scale of its measure, where it is not the default one, or the measure has several that are kept."""
        if self.wording:
            return str(self.wording.scale(self.scale)["label"]) if self.scale else ""
        known = self.instrument
        if known is None or len(known.scored_scales) == 1:
            return ""
        return str(known.scale(self.scale_id).label)

    @property
    def series_label(self) -> str:
        """Which scale, hand or wound of its measure; "" where the measure has but one trend."""
        instrument = self.instrument
        kinds = instrument.requires if instrument else ()
        required = [details.words(one, self.context[one]) for one in kinds if self.context.get(one)]
        return ", ".join(part for part in (self.scale_label, *required) if part)

    @property
    def title(self) -> str:
        """The measure with its scale, hand or wound: Hand grip strength, left."""
        return ", ".join(part for part in (self.measure, self.series_label) if part)

    @property
    def version_label(self) -> str:
        """The version of the measure in words; its id where nothing knows it any more."""
        if self.wording:
            return self.wording.version_label
        return str(self.instrument.version_label) if self.instrument else self.instrument_version

    @property
    def value_text(self) -> str:
        """65 of 100; the bare number where nothing knows any more what it is of."""
        if self.wording:
            return self.wording.format(self.score_value, self.scale)
        if self.instrument:
            return self.instrument.format_value(self.score_value, self.scale_id)
        return catalogue.plain(self.score_value)

    @property
    def is_typed_total(self) -> bool:
        """Whether only a total was typed of a measure that is scored item by item here."""
        return self.entry == EntryWay.VALUE and bool(self.instrument and self.instrument.has_item_form)

    @property
    def context_lines(self) -> list[tuple[str, str]]:
        """What was said of how it was scored: (kind, words), in the order of the catalogue."""
        return wording.context_lines(self.context)

    @property
    def band(self) -> BandRange | None:
        return self.instrument.band_for(self.score_value, self.scale_id) if self.instrument else None

    @property
    def previous_value(self) -> Decimal | None:
        """The value of the score before it (`with_previous`); None for a first one."""
        previous = self._previous
        return previous.value if previous else None

    @property
    def previous_context(self) -> dict[str, str]:
        """How the score before it was scored (`with_previous`)."""
        previous = self._previous
        return previous.context if previous else {}

    @property
    def previous_recoded(self) -> bool:
        """Whether the score before it counts activities that were not attempted (`with_previous`)."""
        previous = self._previous
        return bool(previous and previous.is_recoded)

    @cached_property
    def _previous(self) -> Previous | None:
        return Previous.read(getattr(self, "previous", None))

    def measured(self) -> Measured:
        """The score as a comparison takes it."""
        return self._measured(self.score_value, self.context, self.is_recoded)

    def _measured(self, value: Decimal, context: dict[str, str], is_recoded: bool) -> Measured:
        instrument = self.instrument
        known = {Context(kind): words for kind, words in context.items() if kind in set(Context)}
        return Measured(
            value=value,
            scale_id=self.scale or (instrument.default_scale.id if instrument else ""),
            version=self.instrument_version,
            instrument_id=self.score_type,
            context=known,
            is_legacy_recode=is_recoded,
        )

    @cached_property
    def verdict(self) -> Verdict | None:
        """What became of the score before it (`with_previous`); None for a first one and one entered in error."""
        previous = self._previous
        if self.instrument is None or self.is_in_error or previous is None:
            return None
        before = self._measured(previous.value, previous.context, previous.is_recoded)
        return compare(self.instrument, before, self.measured())

    @property
    def change(self) -> Change | None:
        """The change since the score before it; None where there is none that it may be compared with."""
        return self.verdict.change if self.verdict else None

    @property
    def move(self) -> str:
        """The direction of the number, as the tag `move` takes it: up, down, same; "" where there is no change to tell."""
        change = self.change
        if change is None:
            return ""
        return "up" if change.is_up else "down" if change.is_down else "same"

    @property
    def move_label(self) -> str:
        """Up 10; Up 3.7 s (lower is better); Not comparable; First score."""
        if self.instrument is None or self.is_in_error:
            return ""
        if self.verdict is None:
            return str(wording.FIRST)
        return wording.change(self.instrument, self.change) if self.change else str(wording.NOT_COMPARABLE)
