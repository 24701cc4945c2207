"""{% load static %}, where the address of a file is asked for once: in the place of Django's own (TEMPLATES)."""

from functools import lru_cache
from typing import Any

from django import template
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template.base import Parser, Token
from django.templatetags import static as django_static

register = template.Library()
register.tags.update(django_static.register.tags)


@register.tag
def static(parser: Parser, token: Token) -> template.Node:
    return FileNode.handle_token(parser, token)


class FileNode(django_static.StaticNode):
    @classmethod
    def handle_simple(cls, path: str) -> str:
        return address_of(path)


@lru_cache(500)
def address_of(path: str) -> Any:
    """The address of a static file, which does not change while the site runs."""
    return django_static.StaticNode.handle_simple(path)


@receiver(setting_changed)
def forget(setting: str, **kwargs: Any) -> None:
    """A test has other files."""
    if setting in {"STORAGES", "STATIC_URL"}:
        address_of.cache_clear()
