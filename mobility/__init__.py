"""Outcome measures: the catalogue of instruments, their scores, trend and change."""
