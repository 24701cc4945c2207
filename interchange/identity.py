"""Keys that make a second import find what the first one made, and proposals for the clinic's own identifier."""

import hashlib
import re

MAX_KEY = 200
MAX_PATIENT_ID = 64
_SOURCE_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def is_source_id(text: object) -> bool:
    """Whether this may be used, and printed, as the id of a record: the form that FHIR allows."""
    return isinstance(text, str) and _SOURCE_ID.fullmatch(text) is not None


def short_hash(text: str, *, digits: int = 8) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def source_key(*parts: str) -> str:
    """The parts in one key; what is too long for a column ends in a hash of the whole."""
    key = "|".join(parts)
    if len(key) <= MAX_KEY:
        return key
    return f"{key[: MAX_KEY - 65]}~{hashlib.sha256(key.encode()).hexdigest()}"


def patient_ids(wanted: str, *, key: str) -> tuple[str, ...]:
    """The wanted identifier, then one that only this record can have, for when the first is taken.

    Two hospitals may both have a patient 12345: the second to arrive becomes 12345~1a2b3c4d, the same at each import.
    """
    suffix = f"~{short_hash(key)}"
    long = wanted[: MAX_PATIENT_ID - len(suffix)].rstrip() + suffix
    return (wanted, long) if len(wanted) <= MAX_PATIENT_ID else (long,)
