"""What a trend chart says in words. Neutral: what a change means waits for thresholds with a source."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobility.catalogue import Change, Direction, Instrument, Scale, plain
from mobility.charts.shapes import Mark, Reading
from ui.dates import show_date

if TYPE_CHECKING:
    from mobility.charts.trend import Context

_LISTED = 12


def finding(instrument: Instrument, scale: Scale, readings: tuple[Reading, ...]) -> str:
    """The heading: Up 35 since the first score; No change since the first score; One score: 65 of 100."""
    if len(readings) == 1:
        return _("One score: %(value)s") % {"value": scale.format(readings[0].value)}
    change = instrument.change(readings[0].value, readings[-1].value, scale.id)
    if not change.amount:
        return _("No change since the first score")
    return _since_first(change, instrument.direction) % {"amount": scale.with_unit(plain(abs(change.amount)))}


def _since_first(change: Change, direction: Direction) -> str:
    if direction is Direction.HIGHER:
        return _("Up %(amount)s since the first score") if change.is_up else _("Down %(amount)s since the first score")
    if change.is_up:
        return _("Up %(amount)s since the first score (lower is better)")
    return _("Down %(amount)s since the first score (lower is better)")


def summary(instrument: Instrument, readings: tuple[Reading, ...]) -> str:
    """The line below the heading: which instrument and version, which way is better, when it was last scored."""
    return _("%(name)s (%(version)s), %(direction)s. Last scored %(date)s.") % {
        "name": instrument.name,
        "version": instrument.version_label,
        "direction": instrument.direction.words,
        "date": show_date(readings[-1].on),
    }


def title(instrument: Instrument, readings: tuple[Reading, ...]) -> str:
    """The name of the picture: instrument and period."""
    first, last = show_date(readings[0].on), show_date(readings[-1].on)
    if first == last:
        return f"{instrument.name}, {last}"
    return _("%(name)s, %(first)s to %(last)s") % {"name": instrument.name, "first": first, "last": last}


def description(
    instrument: Instrument,
    scale: Scale,
    readings: tuple[Reading, ...],
    heading: str,
    context: "Context",
    *,
    is_paged: bool = False,
) -> str:
    """The picture for people who do not see it: the values, the finding, the band, what surrounds them, and where all
    values are.

    `is_paged` where the table beside the picture shows them a page at a time.
    """
    parts = [_values(scale, readings)]
    if len(readings) > 1:
        parts.append(f"{heading}.")
    band = instrument.band_for(readings[-1].value, scale.id)
    if band is not None:
        parts.append(_("The last score is in the band %(band)s.") % {"band": band.label})
    parts += [f"{one.words}." for one in context.corridors[-1:]]
    parts += _surroundings(readings, context)
    if is_paged:
        parts.append(_("The table below lists every value, newest first, a page at a time."))
    else:
        parts.append(_("Every value is in the table below."))
    return " ".join(parts)


def _surroundings(readings: tuple[Reading, ...], context: "Context") -> list[str]:
    parts = []
    if apart := sum(one.mark is Mark.APART for one in readings):
        words = ngettext(
            "%(count)s score is not comparable with its baseline.",
            "%(count)s scores are not comparable with their baseline.",
            apart,
        )
        parts.append(words % {"count": apart})
    if episodes := len(context.starts):
        words = ngettext("%(count)s further episode begins.", "%(count)s further episodes begin.", episodes)
        parts.append(words % {"count": episodes})
    if events := len(context.events):
        words = ngettext(
            "%(count)s event is marked, and named below the picture.",
            "%(count)s events are marked, and named below the picture.",
            events,
        )
        parts.append(words % {"count": events})
    return parts


def _values(scale: Scale, readings: tuple[Reading, ...]) -> str:
    values = [one.value for one in readings]
    count = len(values)
    if count <= _LISTED:
        listed = ", ".join([*(plain(one) for one in values[:-1]), scale.format(values[-1])])
        words = ngettext("%(count)s score: %(values)s.", "%(count)s scores: %(values)s.", count)
        return words % {"count": count, "values": listed}
    return _("%(count)s scores, the lowest %(low)s, the highest %(high)s, the last %(last)s.") % {
        "count": count,
        "low": plain(min(values)),
        "high": plain(max(values)),
        "last": scale.format(values[-1]),
    }


def band_note(instrument: Instrument, scale: Scale) -> str:
    """Where the drawn bands come from and whom they were found in (clinical README: never a cut-off without both)."""
    band = instrument.shown_band
    if band is None or band.scale_id != scale.id:
        return ""
    return _("Bands: %(population)s. %(source)s. A guide, not a diagnosis.") % {
        "population": band.population,
        "source": band.source,
    }
