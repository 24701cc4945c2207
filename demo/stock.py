"""Kinds of equipment that the demo clinic lends, and for whom each makes sense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`low` to `high`: the levels of mobility (1 hoist to 6 independent) at which somebody uses it."""

    name: str
    prefix: str
    first: int
    low: int
    high: int
    spare: int = 1


KINDS = {
    "wheelchair": Kind("Wheelchair, self-propelling, 46 cm", "WC", 412, 1, 4, spare=2),
    "standing_aid": Kind("Standing aid", "SA", 31, 2, 3),
    "hoist_sling": Kind("Hoist sling, toileting, size M", "HS", 208, 1, 2),
    "transfer_board": Kind("Transfer board, curved", "TB", 88, 1, 3, spare=2),
    "commode": Kind("Commode chair", "CC", 640, 1, 4),
    "wheeled_frame": Kind("Wheeled walking frame", "WF", 1204, 3, 5, spare=2),
    "quad_stick": Kind("Quad stick", "QS", 77, 4, 5),
    "walking_stick": Kind("Walking stick, adjustable", "WS", 915, 4, 5, spare=2),
    "crutches": Kind("Elbow crutches, pair", "EC", 350, 4, 6),
    "kaye_walker": Kind("Posterior walker, child", "PW", 12, 3, 5),
    "raised_toilet_seat": Kind("Raised toilet seat with arms", "RT", 520, 2, 5, spare=2),
    "bath_board": Kind("Bath board", "BB", 301, 3, 5),
    "perching_stool": Kind("Perching stool", "PS", 466, 4, 5),
    "shower_chair": Kind("Shower chair, wheeled", "SC", 140, 1, 5),
    "bed_lever": Kind("Bed lever", "BL", 233, 2, 5),
    "bed_sensor": Kind("Bed exit sensor", "BS", 19, 1, 5),
    "pressure_cushion": Kind("Pressure relief cushion", "PC", 702, 1, 4),
    "riser_chair": Kind("Riser recliner chair", "RC", 8, 1, 3),
}
