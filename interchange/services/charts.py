"""A person of another system becomes a chart.

The one thing that a chart must have and no source gives is its mobility status. It is not guessed in silence: every
imported chart starts with the status that the operator chose (or supervision: whoever acts on it leaves nobody
unattended and lifts nobody without need), its StatusHistory says that the source had none, and an alert on every page
of the chart says so until a therapist has assessed the person and removes it.

Left out, and counted: administrative gender where the source does not give the sex at birth, which is something else;
email; and identifiers beside the one that becomes the patient ID.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext as _

from accounts.models import User
from interchange.errors import Failed
from interchange.known import OTHER_PERSON, are_different_people
from interchange.models import ImportedRecord
from interchange.records import PatientRecord, digest
from interchange.references import is_uuid
from interchange.services import ledger
from patients import services
from patients.models import Patient
from patients.names import tidy
from patients.vocabulary import ChartStatus

GENDER_LEFT_OUT = "administrative gender is not sex at birth, which stays not known"
EMAIL_LEFT_OUT = "an email address, for which a chart has no field"
IDENTIFIERS_LEFT_OUT = "identifiers beside the one that became the patient ID"
NAMELESS_NOTE = "no name in the source"
ID_ON_FILE = "its identifier is on file in a chart that was not imported: find out whether this is the same person"
ID_IMPORTED = "another record with its identifier was imported: find out whether this is the same person"
NO_ID_FREE = "other charts have all identifiers that it could have"


@dataclass(frozen=True, slots=True)
class _Identity:
    names: tuple[str, str]
    date_of_birth: Any


def register(record: PatientRecord, *, mobility_status: str, by: User) -> Patient:
    """Open the chart of a person whom no import has brought before. Runs in the caller's transaction.

    Raises Failed, and what the services raise.
    """
    if record.deceased_on and record.date_of_birth and record.deceased_on < record.date_of_birth:
        raise Failed("its date of death is before its date of birth")
    patient = services.register_patient(
        by=by,
        primary_therapist=by,
        mobility_status=mobility_status,
        details=_details(record) | {"patient_id": _free_id(record)},
        chart_status=ChartStatus.ACTIVE if record.is_active else ChartStatus.INACTIVE,
        reason=_("Imported: mobility status not in the source, assess at first contact"),
    )
    if record.is_deceased:
        patient = services.change_chart_status(
            patient=patient,
            to=ChartStatus.DECEASED,
            reason=_("Imported record"),
            by=by,
            deceased_on=record.deceased_on,
        )
    ledger.add(record, target=patient, patient_id=patient.pk, by=by)
    return patient


def require_same_person(record: PatientRecord, before: ImportedRecord) -> None:
    """Raise Failed where a record imported before now tells of somebody else.

    Without a namespace, the same id may mean another person in the export of another hospital.
    """
    if before.digest != digest(record):
        told = _identity(record)
        if all(are_different_people(told, kept) for kept in _identities(before)):
            raise Failed(OTHER_PERSON)


def left_out(record: PatientRecord) -> Counter[str]:
    """What of a record that entered is not in its chart."""
    said = {
        GENDER_LEFT_OUT: bool(record.gender and not record.sex_at_birth),
        EMAIL_LEFT_OUT: bool(record.email),
        IDENTIFIERS_LEFT_OUT: any(one.value not in record.patient_ids for one in record.identifiers),
        NAMELESS_NOTE: not record.has_name,
    }
    return Counter(note for note, is_so in said.items() if is_so)


def _details(record: PatientRecord) -> dict[str, Any]:
    family, given = record.family_name or _nameless(), record.given_names
    if record.suffix and record.has_name:
        # Kept with the name: "Jr" may be all that tells a son from his father.
        family, given = (family, f"{given} {record.suffix}") if given else (f"{family} {record.suffix}", "")
    return {
        "family_name": family,
        "given_names": given,
        "name_title": record.title,
        "preferred_name": record.preferred_name,
        "date_of_birth": record.date_of_birth,
        "sex_at_birth": record.sex_at_birth,
        "phone": record.phone,
        "address": record.address,
        "emergency_contact": record.emergency_contact,
        "alerts": "\n".join([_("Mobility status not assessed (imported)"), *record.notes]),
    }


def _nameless() -> str:
    return _("Name not recorded")


def _free_id(record: PatientRecord) -> str:
    """The first proposal that no chart has.

    A chart with the same identifier that was registered by hand may well be this person's, and one that was imported
    surely is if the same hospital gave the number, or if it is a UUID: nobody guesses, and no second chart is opened.
    Otherwise two hospitals have the same number for two people.
    """
    for proposal in record.patient_ids:
        key = Func(Value(proposal), function="ot_key", output_field=TextField())
        holder = Patient.objects.filter(patient_key=key).values_list("pk", flat=True).first()
        if holder is None:
            return proposal
        imported_as = ledger.key_of_chart(holder)
        if imported_as is None:
            raise Failed(ID_ON_FILE)
        if is_uuid(proposal) or _have_one_issuer(imported_as, record.source_key):
            raise Failed(ID_IMPORTED)
    raise Failed(NO_ID_FREE)


def _have_one_issuer(one_key: str, other_key: str) -> bool:
    """Whether two keys are of one named system; without a name nothing is known."""
    issuer = one_key.rpartition("|")[0]
    return not issuer.endswith("|") and issuer == other_key.rpartition("|")[0]


def _identity(record: PatientRecord) -> _Identity:
    details = _details(record)
    return _person(details["family_name"], details["given_names"], details["date_of_birth"])


def _identities(before: ImportedRecord) -> Iterator[_Identity]:
    """Who the chart has said that this is, from its import until now: names change, and mistakes are put right."""
    fields = ("family_name", "given_names", "date_of_birth")
    for row in Patient.history.filter(id=before.patient_id).order_by(F("history_date").desc()).values_list(*fields):
        yield _person(*row)


def _person(family: str, given: str, born: Any) -> _Identity:
    return _Identity(("" if family == _nameless() else tidy(family), tidy(given)), born)
