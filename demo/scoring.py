"""Values of the outcome measures that fit how able somebody is."""

from decimal import Decimal

from demo.course import Visit
from demo.people import Person, read
from mobility import catalogue

# What to expect at each level of mobility, 1 hoist to 6 independent; 0 and 7 give the curve its ends.
# Nobody who is moved with a hoist or by two people is timed walking.
EXPECTED: dict[str, tuple[float | None, ...]] = {
    "barthel_index": (0, 10, 33, 55, 75, 90, 98, 100),
    "berg_balance_scale": (0, 3, 12, 25, 37, 46, 53, 56),
    "tug": (None, None, None, 42, 28, 17, 9.5, 8),
    "tinetti_poma": (0, 1, 7, 14, 19, 23, 27, 28),
    "elderly_mobility_scale": (0, 1, 5, 9, 12, 16, 19, 20),
    "functional_ambulation_category": (0, 0, 1, 2, 3, 4, 5, 5),
    "ten_metre_walk": (None, None, None, 0.28, 0.45, 0.75, 1.15, 1.3),
    "katz_adl": (0, 0, 1, 2.6, 4, 5.3, 6, 6),
}
STEPS = {"tug": Decimal("0.1")}


def instruments(person: Person, visit: Visit) -> list[str]:
    """The measures of the person's condition that can be done that day, the main one first."""
    wanted = read("conditions")[person.condition]["instruments"]
    return [one for one in wanted if EXPECTED[one][visit.level] is not None]


def value(person: Person, visit: Visit, instrument_id: str, bias: float) -> Decimal:
    """A legal value: by ability and the person's own bias, but never out of keeping with the level recorded."""
    if instrument_id == "functional_ambulation_category":
        return Decimal(visit.level - 1)
    ability = visit.ability + bias + person.rng.gauss(0, 0.08)
    ability = min(max(ability, visit.level - 0.45), visit.level + 0.45)
    scale = catalogue.get(instrument_id).default_scale
    step = STEPS.get(instrument_id, scale.step)
    found = round(Decimal(_expected(instrument_id, ability)) / step) * step
    lowest = scale.min + step if scale.exclusive_min else scale.min
    return scale.clean(max(lowest, found if scale.max is None else min(found, scale.max)))


def _expected(instrument_id: str, ability: float) -> float:
    """Between the values of the levels below and above; a timed walk of the lowest level goes on as it began."""
    values = EXPECTED[instrument_id]
    below = min(int(ability), len(values) - 2)
    low, high = values[below], values[below + 1]
    if high is None:
        raise LookupError(f"{instrument_id} is not done at level {below}")
    if low is None:
        after = values[below + 2]
        low = 2 * high - after if after is not None else high
    return low + (high - low) * (ability - below)
