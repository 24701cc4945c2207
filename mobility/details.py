"""How something was scored, in words: the usual choices of each kind. What is stored is the key, so that scores of the
same aid are the same in every language; what somebody wrote in their own words is shown as they wrote it."""

from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mobility.catalogue import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

CHOICES: "Mapping[Context, Mapping[str, StrOrPromise]]" = {
    Context.HAND: {"left": _("Left"), "right": _("Right")},
    Context.PACE: {"comfortable": _("Usual, comfortable"), "fast": _("As fast as is safe")},
    Context.WALKING_AID: {
        "none": _("None"),
        "stick": _("One stick"),
        "two_sticks": _("Two sticks"),
        "quad_stick": _("Quad stick"),
        "elbow_crutches": _("Elbow crutches"),
        "frame": _("Walking frame"),
        "wheeled_frame": _("Wheeled frame or rollator"),
        "parallel_bars": _("Parallel bars"),
        "other": _("Another aid (say which in the notes)"),
    },
    Context.FOOTWEAR: {
        "shoes": _("Usual shoes"),
        "slippers": _("Slippers or socks"),
        "barefoot": _("Barefoot"),
        "orthosis": _("With an ankle-foot orthosis"),
    },
    Context.ASSISTANCE: {
        "none": _("No help"),
        "supervision": _("Supervision or prompts"),
        "one": _("Hands-on help of one"),
        "two": _("Hands-on help of two"),
    },
    Context.EDUCATION_POINT: {"added": _("Added"), "not_added": _("Not added")},
}
# In the person's own words, with these to choose from.
SUGGESTIONS: "Mapping[tuple[Context, str], tuple[StrOrPromise, ...]]" = {
    (Context.DISTANCE, "six_minute_walk"): (_("10 m track"), _("15 m track"), _("20 m track"), _("30 m track")),
    (Context.PROTOCOL, "grip_strength"): (_("best of 3"), _("mean of 3")),
    (Context.PROTOCOL, "five_times_sit_to_stand"): (_("arms crossed"), _("arms used")),
}
HINTS: "Mapping[Context, StrOrPromise]" = {
    Context.WOUND: _("The same words each time, such as left heel: each wound has a trend of its own"),
    Context.DISTANCE: _("Keep it the same from test to test"),
    Context.PROTOCOL: _("Keep it the same from test to test"),
}
# Few enough to be seen at once.
AS_RADIOS = frozenset({Context.HAND, Context.PACE, Context.EDUCATION_POINT})


def label(kind: Context) -> str:
    """The kind as the label of a field."""
    return capfirst(str(kind.label))


def words(kind: Context, value: str) -> str:
    """What was chosen, or what was written."""
    return str(CHOICES.get(kind, {}).get(value, value))
