"""What surrounds a score: licence, codes, context and how often to measure again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from mobility.catalogue.facts import Confidence, Fact, Verified

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Direction(StrEnum):
    """Which way along the scale is better."""

    HIGHER = "higher_is_better"
    LOWER = "lower_is_better"

    @property
    def words(self) -> "StrOrPromise":
        """Higher is better, or lower is better, inside a sentence."""
        return gettext_lazy("higher is better") if self is Direction.HIGHER else gettext_lazy("lower is better")


class Domain(StrEnum):
    """What an instrument measures, in the order of lists."""

    ADL = "adl"
    IADL = "iadl"
    BALANCE = "balance"
    MOBILITY = "mobility"
    GAIT = "gait"
    STRENGTH = "strength"
    UPPER_LIMB = "upper_limb"
    PARTICIPATION = "participation"
    COGNITION = "cognition"
    SKIN = "skin"
    FRAILTY = "frailty"

    @property
    def label(self) -> "StrOrPromise":
        """The domain as a heading."""
        return _DOMAINS[self]


_DOMAINS = {
    Domain.ADL: gettext_lazy("Activities of daily living"),
    Domain.IADL: gettext_lazy("Instrumental activities of daily living"),
    Domain.BALANCE: gettext_lazy("Balance"),
    Domain.MOBILITY: gettext_lazy("Mobility"),
    Domain.GAIT: gettext_lazy("Gait"),
    Domain.STRENGTH: gettext_lazy("Strength"),
    Domain.UPPER_LIMB: gettext_lazy("Arm and hand"),
    Domain.PARTICIPATION: gettext_lazy("Goals and participation"),
    Domain.COGNITION: gettext_lazy("Cognition"),
    Domain.SKIN: gettext_lazy("Skin"),
    Domain.FRAILTY: gettext_lazy("Frailty"),
}


class Entry(StrEnum):
    """Whether one typed value is a score. Every measure has a page of its own beside that."""

    COMMON = "common"  # it is, and the measure is among those that are offered first
    TOTAL = "total"  # it is
    NONE = "none"  # it is not: one value alone would not say which wound, hand or scale it is of


class Context(StrEnum):
    """What was the same or not when a score was taken. Scores are compared only where it was the same."""

    HAND = "hand"
    WALKING_AID = "walking_aid"
    FOOTWEAR = "footwear"
    PACE = "pace"
    DISTANCE = "distance"
    ASSISTANCE = "assistance"
    PROTOCOL = "protocol"
    WOUND = "wound"
    EDUCATION_POINT = "education_point"

    @property
    def label(self) -> "StrOrPromise":
        """The kind of context inside a sentence."""
        return _CONTEXTS[self]


_CONTEXTS = {
    Context.HAND: gettext_lazy("hand or side"),
    Context.WALKING_AID: gettext_lazy("walking aid"),
    Context.FOOTWEAR: gettext_lazy("footwear"),
    Context.PACE: gettext_lazy("pace"),
    Context.DISTANCE: gettext_lazy("distance or track"),
    Context.ASSISTANCE: gettext_lazy("level of help"),
    Context.PROTOCOL: gettext_lazy("protocol"),
    Context.WOUND: gettext_lazy("wound"),
    Context.EDUCATION_POINT: gettext_lazy("education point"),
}


class Target(StrEnum):
    """What a terminology code stands for. A neighbouring test (`related`) is never the same test."""

    TOTAL = "total"
    PANEL = "panel"
    ITEM = "item"
    COMPONENT = "component"
    RELATED = "related"


@dataclass(frozen=True, kw_only=True)
class Code:
    """A terminology code; of the score itself on one scale where the target is the total."""

    code: str
    display: str
    target: Target
    scale_id: str
    verified: Verified
    context: Mapping[Context, str]


class LicenceStatus(StrEnum):
    """Who may use an instrument."""

    PUBLIC_DOMAIN = "public_domain"
    FREE = "free"
    FREE_NONCOMMERCIAL = "free_noncommercial"
    PERMISSION_REQUIRED = "permission_required"
    PROPRIETARY = "proprietary"


@dataclass(frozen=True, kw_only=True)
class Licence:
    """What the owner of an instrument allows; `item_level`: its items may be listed, in our own words."""

    status: LicenceStatus
    item_level: bool
    note: "StrOrPromise"
    confidence: Confidence


@dataclass(frozen=True, kw_only=True)
class Definition(Fact):
    """Where range and scoring of an instrument come from."""


@dataclass(frozen=True, kw_only=True)
class Reassessment(Fact):
    """When to measure again."""

    text: "StrOrPromise"
