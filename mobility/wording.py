"""What pages say of scores. Neutral: whether a change means something waits for thresholds with a source."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility import details
from mobility.catalogue import Change, Context, Direction, Instrument, Scale, plain

FIRST = gettext_lazy("First score")
NOT_COMPARABLE = gettext_lazy("Not comparable")


def change(instrument: Instrument, found: Change) -> str:
    """Up 10; Same; Up 3.7 s (lower is better), so that an arrow upwards is not taken for progress."""
    if instrument.direction is Direction.LOWER and found.amount:
        return _("%(change)s (lower is better)") % {"change": found.text}
    return found.text


def context_lines(context: Mapping[str, str]) -> list[tuple[str, str]]:
    """How something was scored, kind by kind in the order of the catalogue: (Walking aid, stick)."""
    return [(details.label(kind), details.words(kind, context[kind])) for kind in Context if context.get(kind)]


def range_of(scale: Scale) -> str:
    """Which values there are, in short: 0 to 100 in steps of 5; more than 0 s; 0 m/s or more."""
    low = plain(scale.min)
    if scale.is_open_below:
        return _("no fixed range")
    if scale.max is None:
        words = _("more than %(min)s") if scale.exclusive_min else _("%(min)s or more")
        return words % {"min": scale.with_unit(low)}
    words = _("%(min)s to %(max)s in steps of %(step)s") if scale.step > 1 else _("%(min)s to %(max)s")
    return words % {"min": low, "max": scale.with_unit(plain(scale.max)), "step": plain(scale.step)}
