"""Why the services refused a record, in words that are safe to print.

Messages of the services are written for forms: they may repeat dates, numbers and names. Only fields and rules are
named here.
"""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError

from equipment.errors import ItemTaken, OtherItem, WrongTime
from interchange.errors import Failed

_RULES: dict[type[Exception], str] = {
    ItemTaken: "the thing was somewhere else at that time",
    OtherItem: "the register has its serial number for something else",
    WrongTime: "its times are in the future, outside the patient's life or out of order",
    DataError: "a value that the database cannot hold",
}
_FIELDS = {
    NON_FIELD_ERRORS: "values that do not go together",
    "date_of_birth": "its date of birth is not possible",
    "deceased_on": "its date of death is not possible",
    "patient_key": "its identifier was given to another chart at the same moment",
    "score_date": "its date is in the future or outside the patient's life",
    "score_time": "its time is in the future",
    "score_value": "its value is not on the scale of the measure",
}
_CODES = {"max_length": "is too long", "blank": "is missing"}


def explain(error: Exception) -> str:
    """One line for the report."""
    if isinstance(error, Failed):
        return str(error)
    if isinstance(error, ValidationError):
        return "; ".join(dict.fromkeys(_faults(error)))
    known = (text for rule, text in _RULES.items() if isinstance(error, rule))
    return next(known, f"it could not be entered ({type(error).__name__})")


def _faults(error: ValidationError) -> list[str]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return [_fault(field, one.code) for field, errors in by_field.items() for one in errors]


def _fault(field: str, code: str | None) -> str:
    if code in _CODES:
        return f"{field} {_CODES[code]}"
    return _FIELDS.get(field, f"{field} is not accepted")
