"""Scores and loans of another system become entries of a chart."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

import equipment.services
import mobility.services
from accounts.access import Perm
from accounts.models import User
from equipment.errors import ItemTaken
from equipment.models import EquipmentItem
from interchange.errors import Failed, Skipped
from interchange.identity import short_hash
from interchange.models import RecordKind
from interchange.records import EquipmentRecord, LoanRecord, Moment, ScoreRecord, StartBasis
from interchange.services import ledger
from mobility import catalogue
from mobility.catalogue import Context, Instrument, Scale
from mobility.models import EntryWay
from patients.models import Patient

NO_CHART = "its patient was not imported"
NOT_OPEN = "its chart is no longer open to this therapist"
OTHER_VERSION = "another version of the measure than the catalogue has"
UNKNOWN_MEASURE = "a measure that the catalogue does not know"
OUT_ALREADY = "the thing was out to this patient already"


def find_chart(pk: uuid.UUID | None, *, by: User) -> Patient:
    """The chart that an entry goes into, if `by` may write in it. Raises Skipped.

    An earlier import's chart may have been handed over since; nobody's name is put under entries in a chart that is
    closed to them.
    """
    if pk is None:
        raise Skipped(NO_CHART)
    patient: Patient | None = Patient.objects.permitting(by, Perm.ADD).filter(pk=pk).first()
    if patient is None:
        raise Skipped(NOT_OPEN)
    return patient


def enter_score(record: ScoreRecord, *, patient: Patient, by: User) -> None:
    """Add a score to a chart. Runs in the caller's transaction. Raises Skipped, Failed, and what the service raises."""
    instrument, scale, context = _measured(record)
    if scale not in instrument.scored_scales:
        raise Skipped("a score on a scale that charts do not record")
    if any(one not in context for one in instrument.requires):
        raise Skipped("a score that does not say of which hand, side or wound")
    if not scale.accepts_unit(record.unit):
        raise Failed("its unit is not that of the measure")
    if record.effective_on is None:
        raise Failed("it has no date")
    at = record.effective_at
    score = mobility.services.record_score(
        patient=patient,
        score_type=instrument.id,
        score_value=record.value,
        score_date=timezone.localdate(at) if at else record.effective_on,
        scored_at=at,
        notes=imported_notes(record.notes),
        context=context,
        scale="" if scale is instrument.default_scale else scale.id,
        entry=EntryWay.IMPORTED,
        by=by,
    )
    ledger.add(record, target=score, patient_id=patient.pk, by=by)


def _measured(record: ScoreRecord) -> tuple[Instrument, Scale, dict[str, str]]:
    """What a value was measured with, and what the code and the record say of how. Raises Skipped."""
    if record.measure is None:
        known = catalogue.by_loinc(record.loinc)
        if known is None:
            raise Skipped(UNKNOWN_MEASURE)
        instrument, scale, said = known.instrument, known.scale, dict(known.context)
    else:
        found = catalogue.find(record.measure.instrument)
        scales = {one.id: one for one in found.scales} if found else {}
        wanted = record.measure.scale or (found.default_scale.id if found else "")
        if found is None or wanted not in scales:
            raise Skipped(UNKNOWN_MEASURE)
        if record.measure.version and record.measure.version != found.version:
            raise Skipped(OTHER_VERSION)
        instrument, scale, said = found, scales[wanted], {}
    said |= {Context(kind): words for kind, words in record.context if kind in set(Context)}
    kept = {*instrument.requires, *instrument.context}
    return instrument, scale, {str(kind): words for kind, words in said.items() if kind in kept}


def enter_loan(record: LoanRecord, *, patient: Patient, by: User) -> None:
    """Add a loan to a chart, and its item to the register. Runs in the caller's transaction.

    Raises Skipped, Failed, and what the service raises.
    """
    item = _item(record.item, patient=patient, by=by)
    start, end = _times(record)
    try:
        log = equipment.services.record_loan(
            patient=patient,
            equipment_name=item.equipment_name,
            serial_number=item.serial_number,
            checked_out_at=start,
            returned_at=end,
            notes=imported_notes(record.notes, _basis(record.start_basis)),
            by=by,
        )
    except ItemTaken as taken:
        if end is None and taken.log.is_out and taken.log.patient_id == patient.pk:
            raise Skipped(OUT_ALREADY) from taken
        raise
    ledger.add(record, target=log, patient_id=patient.pk, by=by)


def _item(thing: EquipmentRecord, *, patient: Patient, by: User) -> EquipmentItem:
    """The register's item for a thing: what an earlier import made of it, else the one with its serial number."""
    if before := ledger.find(thing):
        found: EquipmentItem = EquipmentItem.objects.get(pk=int(before.target_id))
        return found
    # The register needs a number. One that the source does not give is made from the record's key, and says so.
    serial = thing.serial_number or f"NO-SERIAL-{short_hash(thing.source_key, digits=12).upper()}"
    item: EquipmentItem | None = EquipmentItem.objects.with_serial(serial).first()
    if item is None:
        item = equipment.services.register_item(
            equipment_name=thing.name, serial_number=serial, notes=_about(thing), by=by
        )
    elif ledger.is_imported(RecordKind.ITEM, item.pk):
        raise Failed("another imported thing has its serial number")
    elif item.equipment_name.casefold() != thing.name.casefold():
        raise Failed("the register has its serial number for something else")
    owner = None if thing.is_single_item else patient.pk
    ledger.add(thing, target=item, patient_id=owner, by=by)
    return item


def _about(thing: EquipmentRecord) -> str:
    known = {
        "UDI": thing.udi,
        _("Manufacturer"): thing.manufacturer,
        _("Model"): thing.model,
        _("Lot"): "" if thing.lot_number in thing.udi else thing.lot_number,
    }
    return "\n".join(f"{what} {text}" for what, text in known.items() if text)


def imported_notes(*more: str) -> str:
    """Notes that say where they come from, once: what we exported and read again says it already."""
    said = _("Imported from another system")
    text = "\n".join(filter(None, more))
    return text if text.startswith(said) else "\n".join(filter(None, (said, text)))


def _basis(basis: StartBasis) -> str:
    words: dict[StartBasis, Any] = {
        StartBasis.MOMENT: _("In use at the time given; when it was handed out is not known"),
        StartBasis.RECORDED: _("Recorded in use at the time given; when it was handed out is not known"),
    }
    return words.get(basis, "")


def _times(record: LoanRecord) -> tuple[dt.datetime, dt.datetime | None]:
    """Start and end as the clinic keeps them. Of a day alone the hour is unknown: it never puts the end first."""
    start = _at_clinic(record.checked_out_at)
    if record.returned_at is None:
        return start, None
    end = _at_clinic(record.returned_at)
    if end < start and not isinstance(record.checked_out_at, dt.datetime):
        start = end
    return start, max(start, end)


def _at_clinic(at: Moment) -> dt.datetime:
    """A time as it is; a day alone as its noon in the clinic, or as now if it is today and noon is still to come."""
    if isinstance(at, dt.datetime):
        return at
    noon = timezone.make_aware(dt.datetime.combine(at, dt.time(12)))
    return min(noon, timezone.now()) if at == timezone.localdate() else noon
