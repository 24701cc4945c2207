"""A patient's scores as tables for a spreadsheet."""
