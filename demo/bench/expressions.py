"""SQL expressions that the measured clinic is made of."""

from typing import Any

from django.conf import settings

from demo.scoring import EXPECTED
from patients.vocabulary import MobilityStatus

TEXT = (
    "Sit to stand with one person, three sets of five. Walked 12 m with the wheeled frame, chair following. "
    "Washing and dressing the upper body seated, one prompt. Fatigue after 25 minutes, pain 2 of 10. "
    "Plan: practise the bathroom transfer with the family, order the raised seat, review in a week. "
)

# A number below n for row i; `salt` makes another series of it.
RANDOM = """
CREATE OR REPLACE FUNCTION pg_temp.ot_r(i bigint, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT mod(abs(hashint8(i * 64 + salt)::bigint), n)::int $$
"""


def one_of(words: str, salt: int) -> str:
    quoted = ", ".join(f"'{word}'" for word in words.split())
    return f"(ARRAY[{quoted}])[1 + pg_temp.ot_r(i, {salt}, {len(words.split())})]"


def status(index: str) -> str:
    statuses = ", ".join(f"'{status}'" for status in MobilityStatus)
    return f"(ARRAY[{statuses}])[1 + {index}]"


def local_date(moment: str) -> str:
    return f"({moment} AT TIME ZONE '{settings.TIME_ZONE}')::date"


def instrument_row(place: int, instrument: Any) -> str:
    """A row of VALUES: the instrument and its possible values, as far as anybody scores them."""
    scale = instrument.default_scale
    known = [value for value in EXPECTED.get(instrument.id, ()) if value is not None] or [scale.axis_max]
    step = max(scale.step, scale.step * 10 if scale.decimals == 2 and instrument.id == "tug" else scale.step)
    lowest = scale.min + step if scale.exclusive_min else scale.min
    highest = scale.max if scale.max is not None else max(known)
    steps = int((float(highest) - float(lowest)) / float(step)) + 1
    version = instrument.version.replace("'", "''")
    return f"({place}, '{instrument.id}', '{version}', {lowest}::numeric, {step}::numeric, {steps})"
