"""{% load i18n %}, with a quicker {% translate "words" %}: in the place of Django's own (TEMPLATES), written as ever."""

from typing import Any

from django import template
from django.template.base import Parser, Token, Variable
from django.templatetags import i18n
from django.utils import translation
from django.utils.safestring import SafeString

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


@register.tag("trans")
@register.tag
def translate(parser: Parser, token: Token) -> template.Node:
    """Words and nothing but words, which most are, are asked for as they stand; anything else is left to Django."""
    node = i18n.do_translate(parser, token)
    said = node.filter_expression
    words = said.var.literal if isinstance(said.var, Variable) else None
    if said.filters or node.message_context or node.noop or not isinstance(words, str):
        return node
    return WordsNode(words, node.asvar)


class WordsNode(template.Node):
    child_nodelists = ()

    def __init__(self, words: str, asvar: str | None) -> None:
        self.words, self.asvar = str(words).replace("%", "%%"), asvar  # doubled in catalogues, as makemessages does

    def render(self, context: Any) -> str:
        words = SafeString(translation.gettext(self.words).replace("%%", "%"))  # found by makemessages in the template
        if self.asvar:
            context[self.asvar] = words
            return ""
        return words
