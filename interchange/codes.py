"""Code systems, and the SNOMED CT codes that count as mobility equipment. Each code was seen in sample records."""

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"

MOBILITY_EQUIPMENT = frozenset(
    {
        "228869008",  # manual wheelchair
        "705427004",  # power-assisted wheelchair
        "705417005",  # wheelchair accessory
        "1255320005",  # wheeled walker
        "705406009",  # walker
        "467068002",  # walking frame, foldable
        "87405001",  # cane
        "360008003",  # commode
        "91537007",  # hospital bed
        "706112002",  # patient lifting system
    }
)

NOT_MOBILITY_EQUIPMENT = "not mobility equipment"
