"""What the catalogue's own terms are called on a page."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility import wording
from mobility.catalogue import (
    BandKind,
    Confidence,
    Instrument,
    LicenceStatus,
    Magnitude,
    Method,
    Scoring,
    Sex,
    Target,
    Verified,
    plain,
)
from mobility.catalogue.facts import Fact
from mobility.catalogue.scale import Scale
from mobility.catalogue.stretch import Stretch

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SCORING = {
    Scoring.SUM: gettext_lazy("The answers are added up"),
    Scoring.MEASUREMENT: gettext_lazy("One measured value"),
    Scoring.LEVEL: gettext_lazy("One level is chosen"),
    Scoring.MEAN: gettext_lazy("The mean of the ratings"),
    Scoring.LOOKUP: gettext_lazy("The answers are added up, and a published table gives the score of the sum"),
    Scoring.FORMULA: gettext_lazy("Worked out by a formula"),
    Scoring.TOTAL_ONLY: gettext_lazy("The total of the form, scored elsewhere"),
}
CONFIDENCE = {
    Confidence.HIGH: gettext_lazy("High confidence"),
    Confidence.MEDIUM: gettext_lazy("Medium confidence"),
    Confidence.LOW: gettext_lazy("Low confidence"),
}
VERIFIED = {
    Verified.ABSTRACT: gettext_lazy("seen in the abstract of the paper"),
    Verified.FORM: gettext_lazy("seen in a published form or manual"),
    Verified.TERMINOLOGY: gettext_lazy("seen in the terminology"),
    Verified.CODE: gettext_lazy("seen in public implementations"),
    Verified.TERTIARY: gettext_lazy("seen in a secondary summary only"),
    Verified.NONE: gettext_lazy("not checked yet"),
}
LICENCES = {
    LicenceStatus.PUBLIC_DOMAIN: gettext_lazy("Public domain"),
    LicenceStatus.FREE: gettext_lazy("Free to use"),
    LicenceStatus.FREE_NONCOMMERCIAL: gettext_lazy("Free for non-commercial use"),
    LicenceStatus.PERMISSION_REQUIRED: gettext_lazy("Needs permission of the owner"),
    LicenceStatus.PROPRIETARY: gettext_lazy("Proprietary: needs a licence"),
}
BAND_KINDS = {
    BandKind.DESCRIPTIVE: gettext_lazy("What a score is called"),
    BandKind.RISK: gettext_lazy("Risk"),
    BandKind.DIAGNOSTIC_CRITERION: gettext_lazy("Diagnostic criterion"),
    BandKind.PROGNOSTIC: gettext_lazy("Prognosis"),
    BandKind.NORM: gettext_lazy("Norm"),
}
TARGETS = {
    Target.TOTAL: gettext_lazy("The score itself"),
    Target.PANEL: gettext_lazy("The whole form"),
    Target.ITEM: gettext_lazy("One item"),
    Target.COMPONENT: gettext_lazy("A part of the score"),
    Target.RELATED: gettext_lazy("A neighbouring test, not this one"),
}
METHODS = {
    Method.ANCHOR: gettext_lazy("compared with how much better people felt or were judged"),
    Method.DISTRIBUTION: gettext_lazy("worked out from the spread of scores"),
    Method.OPINION: gettext_lazy("judged by experts"),
    Method.MIXED: gettext_lazy("several methods"),
}
MAGNITUDES = {
    Magnitude.SMALL: gettext_lazy("a small change"),
    Magnitude.SUBSTANTIAL: gettext_lazy("a substantial change"),
}
SEXES = {Sex.FEMALE: gettext_lazy("women"), Sex.MALE: gettext_lazy("men")}


def trust(fact: Fact) -> str:
    """How far a fact can be trusted: High confidence, seen in the abstract of the paper."""
    return _("%(confidence)s, %(checked)s") % {
        "confidence": CONFIDENCE[fact.confidence],
        "checked": VERIFIED[fact.verified],
    }


def values_of(scale: Scale) -> str:
    """The possible values of a scale: 0 to 100 in steps of 5."""
    return wording.range_of(scale)


def entry(instrument: Instrument) -> "StrOrPromise":
    """How a score comes into a chart."""
    if instrument.scoring is Scoring.MEASUREMENT:
        return gettext_lazy("Measured value")
    if instrument.licence.item_level and instrument.questions.items:
        return gettext_lazy("Item by item, or total")
    return gettext_lazy("Total") if instrument.scoring is not Scoring.FORMULA else gettext_lazy("Worked-out value")


def earlier_score(stretch: Stretch | None) -> str:
    """For which earlier scores a threshold holds; "" for all."""
    if stretch is None:
        return ""
    if stretch.low is not None and stretch.high is not None:
        bounds = {"low": plain(stretch.low), "high": plain(stretch.high)}
        return _("where the earlier score is %(low)s to %(high)s") % bounds
    if stretch.low is not None:
        return _("where the earlier score is %(low)s or more") % {"low": plain(stretch.low)}
    return _("where the earlier score is %(high)s or less") % {"high": plain(stretch.high)} if stretch.high else ""


def ages(stretch: Stretch | None) -> str:
    """The years of age that a norm speaks of; "" for all."""
    if stretch is None:
        return ""
    if stretch.low is not None and stretch.high is not None:
        return _("aged %(low)s to %(high)s") % {"low": plain(stretch.low), "high": plain(stretch.high)}
    return _("aged %(low)s or more") % {"low": plain(stretch.low)} if stretch.low is not None else ""
