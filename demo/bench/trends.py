"""Long courses in the measured clinic: twelve measures of forty scores each, one chart for each account that measures."""

# ruff: noqa: S608 (all parts of the SQL are written here)

from demo.bench.expressions import instrument_row, local_date
from demo.bench.rows import insert
from mobility import catalogue
from mobility.catalogue import Instrument
from mobility.models import MobilityScore

INSTRUMENTS, SCORES = 12, 40
# As many accounts as make requests at once: see actions.actors.
CHARTS = 8


def measures() -> list[Instrument]:
    """Twelve that one evenly spaced value without further context is a score of."""
    found = (one for one in catalogue.recordable() if not one.requires and not one.default_scale.values)
    return list(found)[:INSTRUMENTS]


def trends(patients: int) -> dict[str, int]:
    """Twelve times forty scores for the first patient of every account that the bench uses; `scores` adds their history."""
    instruments = ", ".join(instrument_row(place, one) for place, one in enumerate(measures()))
    at = f"opened + (now() - opened) * ((k + 0.3) / {SCORES}) + make_interval(mins => s.place)"
    found = insert(
        MobilityScore,
        f"""FROM (SELECT p.id AS patient, p.by_id, p.i, k, {at} AS at, s.* FROM b_patient p
            CROSS JOIN generate_series(0, {SCORES} - 1) k
            CROSS JOIN (VALUES {instruments}) s(place, code, version, lowest, step, steps)
            WHERE mod(p.i, greatest((SELECT count(*) FROM b_therapist) / {CHARTS}, 1)) = 0
                AND p.i < (SELECT count(*) FROM b_therapist)) x""",
        patient_id="patient",
        score_date=local_date("at"),
        score_type="code",
        score_value="lowest + step * pg_temp.ot_r(i, 100 + place * 40 + k, steps)",
        instrument_version="version",
        recorded_by_id="by_id",
        occurred_at="at",
        has_time="true",
        created_at="at + interval '4 minutes'",
    )
    return {"long courses": found}
