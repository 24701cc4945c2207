"""The wording that a score was made with, kept for ever: measures, items and answers as they were shown to who scored.

An edition is addressed by a hash of what it says, in one language. The same digest is the same wording, so a process
keeps what it has read once, and a score of today's wording needs no edition to be read at all.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.append_only import AppendOnly, AppendOnlyQuerySet
from mobility import catalogue
from mobility.catalogue import Band, BandRange, Instrument, Item, Quantity, Scale, plain
from mobility.catalogue.scale import NBSP
from mobility.catalogue.stretch import Stretch

DIGEST = 32


class InstrumentEdition(models.Model):
    """One wording of one version of an instrument, in one language. Written once; the key is a hash of `facts`."""

    site_rights: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT")

    digest = models.CharField(_("digest"), max_length=DIGEST, primary_key=True)
    instrument_id = models.CharField(_("measure"), max_length=60)
    version = models.CharField(_("version of the measure"), max_length=60)
    language = models.CharField(_("language"), max_length=20)
    facts = models.JSONField(_("wording"))

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition of a measure")
        verbose_name_plural = _("editions of measures")

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.digest}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise AppendOnly(type(self).__name__)


@dataclass(frozen=True)
class Wording:
    """What an edition says, for pages."""

    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.facts["name"])

    @property
    def abbreviation(self) -> str:
        return str(self.facts["abbreviation"])

    @property
    def version_label(self) -> str:
        return str(self.facts["version_label"])

    def scale(self, scale_id: str = "") -> Mapping[str, Any]:
        """The facts of a scale; of the first one where the id is "" or unknown."""
        scales: list[Mapping[str, Any]] = self.facts["scales"]
        return next((one for one in scales if one["id"] == scale_id), scales[0])

    def band(self, value: Decimal, scale_id: str = "") -> str:
        """What the descriptive set of that edition called a value of a scale; "" for none."""
        wanted = self.scale(scale_id)["id"]
        named = (
            one["label"] for one in self.facts["bands"] if one["scale"] == wanted and _stretch(one).contains(value)
        )
        return str(next(named, ""))

    @property
    def has_bands(self) -> bool:
        """Whether bands were kept with it; those made before they were have none."""
        return "bands" in self.facts

    def format(self, value: Decimal, scale_id: str = "") -> str:
        """65 of 100, 18.4 s: a value as that edition wrote it."""
        scale = self.scale(scale_id)
        if scale["max"] is not None and Quantity(scale["quantity"]).is_of_maximum:
            words = _now("%(value)s of %(max)s") % {"value": plain(value), "max": scale["max"]}
            return words.replace(" ", NBSP)
        return f"{plain(value)}{NBSP}{scale['unit']}" if scale["unit"] else plain(value)


def facts_of(instrument: Instrument) -> dict[str, Any]:
    """Everything that the person who scores reads of an instrument, in the active language."""
    asked = instrument.questions
    return {
        "instrument_id": instrument.id,
        "version": instrument.version,
        "language": _language(),
        "name": str(instrument.name),
        "abbreviation": instrument.abbreviation,
        "version_label": str(instrument.version_label),
        "entry_hint": str(instrument.entry_hint),
        "scales": [_scale(one) for one in instrument.scales],
        "bands": [
            _band(band, one)
            for scale in instrument.scales
            if (band := instrument.descriptive(scale.id))
            for one in band.ranges
        ],
        "items": [_item(one) for one in asked.items],
        "subtotals": [
            {"id": one.id, "label": str(one.label), "min": plain(one.min), "max": plain(one.max)}
            for one in asked.subtotals
        ],
        "times": [{"id": one.id, "item": one.item} for one in asked.times if one.may_be_shown],
        "not_attempted": {code: str(words) for code, words in asked.not_attempted.codes.items()}
        if asked.not_attempted
        else {},
        "not_assessed": asked.not_attempted.not_assessed if asked.not_attempted else "",
        "contexts": {str(one): str(one.label) for one in (*instrument.requires, *instrument.context)},
    }


def _scale(scale: Scale) -> dict[str, Any]:
    return {
        "id": scale.id,
        "label": str(scale.label),
        "quantity": str(scale.quantity),
        "min": None if scale.is_open_below else plain(scale.min),
        "max": None if scale.max is None else plain(scale.max),
        "unit": scale.unit,
        "decimals": scale.decimals,
    }


def _band(band: Band, one: BandRange) -> dict[str, Any]:
    low, high = ("" if bound is None else plain(bound) for bound in (one.low, one.high))
    ends = {"low": low, "low_included": one.low_included, "high": high, "high_included": one.high_included}
    return {"scale": band.scale_id, "label": str(one.label), **ends}


def _stretch(facts: Mapping[str, Any]) -> Stretch:
    low, high = (Decimal(facts[end]) if facts[end] else None for end in ("low", "high"))
    return Stretch(low=low, low_included=facts["low_included"], high=high, high_included=facts["high_included"])


def _item(item: Item) -> dict[str, Any]:
    levels = [{"value": plain(one), "label": str(item.levels.get(one, ""))} for one in item.allowed]
    return {
        "id": item.id,
        "label": str(item.label),
        "scale": item.scale_id,
        "only_if": str(item.only_if),
        "repeats": item.repeats,
        "alternate": item.is_alternate,
        "replaces": item.replaces,
        "levels": levels,
    }


def digest_of(facts: Mapping[str, Any]) -> str:
    """The address of these facts."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST]


_current: dict[tuple[str, str], tuple[Instrument, str, str]] = {}
_read: dict[str, Wording] = {}


def current(instrument: Instrument) -> str:
    """The digest of today's wording in the active language."""
    return _digests(instrument)[0]


def _digests(instrument: Instrument) -> tuple[str, str]:
    """The digest of today's wording, and what it was before bands were kept with it."""
    key = (instrument.id, _language())
    known = _current.get(key)
    if known is None or known[0] is not instrument:
        facts = facts_of(instrument)
        without = {name: said for name, said in facts.items() if name != "bands"}
        known = _current[key] = (instrument, digest_of(facts), digest_of(without))
        _read[known[1]] = Wording(facts)
    return known[1:]


def is_current(instrument: Instrument, digest: str) -> bool:
    """Whether an edition says what the catalogue says today, in whatever language it was kept."""
    if digest in _digests(instrument):
        return True
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            if digest in _digests(instrument):
                return True
    return False


def keep(instrument: Instrument) -> str:
    """Make sure that today's wording is kept, and return its digest. Runs in the caller's transaction."""
    facts = facts_of(instrument)
    row = InstrumentEdition(
        digest=current(instrument),
        instrument_id=instrument.id,
        version=instrument.version,
        language=facts["language"],
        facts=facts,
    )
    InstrumentEdition.objects.bulk_create([row], ignore_conflicts=True)
    return row.digest


def get(digest: str) -> Wording:
    """What an edition says.

    Today's wordings need no query. The first other one that this process does not know reads all that it does not know.
    """
    if digest not in _read:
        for one in catalogue.everything():
            current(one)
    if digest not in _read:
        unknown = InstrumentEdition.objects.exclude(digest__in=list(_read))
        _read.update((row.digest, Wording(row.facts)) for row in unknown)
    return _read[digest]


def _language() -> str:
    return translation.get_language() or ""
