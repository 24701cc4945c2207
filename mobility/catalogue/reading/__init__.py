"""Reading a catalogue text strictly: one module for each part of an instrument."""

from mobility.catalogue.reading.instruments import read_catalogue, refuse_doubles

__all__ = ["read_catalogue", "refuse_doubles"]
