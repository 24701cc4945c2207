"""Entering an assessment: what the form of each instrument asks for, how it is read, and the total as it stands."""
