"""FHIR R4 in JSON: bundles, NDJSON and single resources, into records."""
