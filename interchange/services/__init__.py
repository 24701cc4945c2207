"""Entering records of other systems. Everything is written through the services of the apps that own it."""

from interchange.services.run import import_records

__all__ = ["import_records"]
