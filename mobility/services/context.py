"""How something was scored: hand, walking aid, pace. What a result means nothing without is required."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mobility.catalogue import Context, Instrument

LONGEST = 80


def clean_context(instrument: Instrument, given: Mapping[Context, str] | Mapping[str, str]) -> dict[Context, str]:
    """What was said, tidied, by kind. Raises ValidationError by field (context_hand) for what is missing or too long."""
    known = (*instrument.requires, *instrument.context)
    said = {Context(kind): " ".join(words.split()) for kind, words in given.items() if words.strip()}
    problems = {f"context_{one}": _("This measure has no such detail") for one in said.keys() - set(known)}
    problems |= {
        f"context_{one}": _("Say which %(context)s") % {"context": one.label}
        for one in instrument.requires
        if one not in said
    }
    problems |= {
        f"context_{one}": _("Enter no more than %(count)s characters") % {"count": LONGEST}
        for one, words in said.items()
        if len(words) > LONGEST
    }
    if problems:
        raise ValidationError(problems)
    return {one: said[one] for one in known if one in said}
