"""Which measures a patient is to have and how often, and what is due: docs/adr/0017-measure-plans.md."""
