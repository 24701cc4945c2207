"""A chart's scores as FHIR R4. docs/adr/0019-scores-in-fhir.md says why in this shape."""
