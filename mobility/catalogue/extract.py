"""Keep words.py in step with the catalogue, so that makemessages finds what the YAML says.

python -m mobility.catalogue.extract
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mobility.catalogue import Instrument

WORDS = Path(__file__).with_name("words.py")
HEAD = '''"""Every catalogue text that people read, for makemessages. Made by mobility.catalogue.extract; do not edit."""
# fmt: off

from django.utils.translation import gettext_noop

'''


def texts(instruments: "tuple[Instrument, ...]") -> Iterator[tuple[str, str]]:
    """Each text that is shown, with a note for translators."""
    for one in instruments:
        yield str(one.name), "name of an outcome measure"
        yield str(one.version_label), f"version of {one.abbreviation}"
        yield str(one.entry_hint), f"hint when entering {one.abbreviation}"
        yield str(one.licence.note), f"licence of {one.abbreviation}"
        for scale in one.scales:
            yield str(scale.label), f"scale of {one.abbreviation}"
        yield from _questions(one)
        for band in one.bands + one.held_bands:
            yield str(band.population), f"population of a set of bands of {one.abbreviation}"
            for each in band.ranges:
                yield str(each.label), f"band of {one.abbreviation}"
                yield str(each.short), f"band of {one.abbreviation}, short for charts"
        for threshold in one.mdc + one.held_mdc + one.mcid + one.held_mcid:
            yield str(threshold.population), f"population of a size of change of {one.abbreviation}"
        for reassessment in (one.reassessment, one.held_reassessment):
            if reassessment:
                yield str(reassessment.text), f"when to repeat {one.abbreviation}"
        for caution in one.cautions:
            yield str(caution), f"caution about {one.abbreviation}"


def _questions(instrument: "Instrument") -> Iterator[tuple[str, str]]:
    asked, name = instrument.questions, instrument.abbreviation
    for item in asked.items:
        yield str(item.label), f"item of {name}"
        yield str(item.only_if), f"when an item of {name} is scored"
        for level in item.levels.values():
            yield str(level), f"answer of {name}"
    for subtotal in asked.subtotals:
        yield str(subtotal.label), f"sub-total of {name}"
    if asked.not_attempted:
        for reason in asked.not_attempted.codes.values():
            yield str(reason), f"why an activity of {name} was not attempted"
    if asked.recode:
        yield str(asked.recode.note), f"how older sums of {name} counted"


def module(instruments: "tuple[Instrument, ...]") -> str:
    """The source of words.py for these instruments."""
    notes: dict[str, str] = {}
    for text, note in texts(instruments):
        if text:
            notes.setdefault(text, note)
    lines = (
        f"# Translators: {note}\ngettext_noop({json.dumps(text, ensure_ascii=False)})\n" for text, note in notes.items()
    )
    return HEAD + "".join(lines)


def main() -> None:
    """Write words.py."""
    from django.conf import settings
    from django.utils import translation

    from mobility import catalogue

    if not settings.configured:
        settings.configure(USE_I18N=False)
    with translation.override(None):
        WORDS.write_text(module(catalogue.everything()), encoding="utf-8")


if __name__ == "__main__":
    main()
