"""What was imported, from where: so that a second import finds what the first one made, and a chart its origin."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.append_only import AppendOnlyModel, AppendOnlyQuerySet
from interchange.identity import MAX_KEY


class RecordKind(models.TextChoices):
    """What a record was made into; an item is the thing that loans are of."""

    PATIENT = "patient", _("Patient")
    SCORE = "score", _("Mobility score")
    ASSESSMENT = "assessment", _("Assessment")
    GOALS = "goals", _("Goals for discharge")
    EQUIPMENT = "equipment", _("Equipment log entry")
    ITEM = "item", _("Equipment item")


class ImportedRecordQuerySet(AppendOnlyQuerySet):
    def of_record(self, kind: str, source_key: str) -> "ImportedRecordQuerySet":
        """What a record of the source was made into: one row or none."""
        return self.filter(kind=kind, source_key=source_key)

    def made_into(self, kind: str, target_id: Any) -> "ImportedRecordQuerySet":
        """The records that a row of ours was made from."""
        return self.filter(kind=kind, target_id=str(target_id))


class ImportedRecord(AppendOnlyModel):
    """A record of another system, and the row of ours that was made from it. Never changed.

    Kept of the source: its key (namespace, resource type and id as the source gave them) and a fingerprint of what it
    said. Not kept: the name of the file, which in exports is often the patient's name, and any content.
    """

    kind = models.CharField(_("made into"), max_length=20, choices=RecordKind.choices)
    source_key = models.CharField(_("key in the source"), max_length=MAX_KEY)
    resource = models.CharField(_("resource"), max_length=130, blank=True, help_text=_("FHIR type and id"))
    digest = models.CharField(_("fingerprint of the content"), max_length=64)
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, related_name="imported_records"
    )
    target_id = models.CharField(_("key of the row made from it"), max_length=36)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The true time of the import; nobody replays one.
    created_at = models.DateTimeField(_("imported at"), auto_now_add=True)

    objects: ClassVar[Any] = ImportedRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "source_key"], name="imported_record_once"),
            models.CheckConstraint(condition=models.Q(kind__in=RecordKind.values), name="imported_kind_known"),
            models.CheckConstraint(condition=~models.Q(source_key=""), name="imported_key_given"),
            models.CheckConstraint(
                condition=models.Q(patient__isnull=False) | models.Q(kind=RecordKind.ITEM),
                name="imported_has_patient",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "resource"], name="imported_by_resource"),
            models.Index(fields=["kind", "target_id"], name="imported_by_target"),
        ]

    def __str__(self) -> str:
        return f"Imported record {self.pk}"
