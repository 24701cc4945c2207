"""Which published thresholds judge a patient's changes: those of the diagnosis group chosen for the patient.

The rows are in catalogue/data/choices/thresholds.yaml, reviewed like the facts that they name. Without a group only an
instrument's `default_change` is used: never the nearest population, and never one that is held back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Perm
from mobility import catalogue
from mobility.catalogue import CatalogueError, Instrument, Threshold, decimal_yaml
from mobility.catalogue.nodes import Node
from mobility.change import NO_CHOICE, Choice, Verdict
from patients.vocabulary import DiagnosisGroup

if TYPE_CHECKING:
    from patients.models import Patient

FILE = catalogue.DATA / "choices" / "thresholds.yaml"
SCHEMA_VERSION = 1
KINDS = ("mdc", "mcid")
# No threshold goes by this name (ids begin with a letter), so that the default is not used either.
NONE_FITS = "-"

Key = tuple[str, str, str]  # group, instrument, scale


def choice(diagnosis_group: str, instrument: Instrument, scale_id: str | None = None) -> Choice:
    """The thresholds to judge one scale of an instrument by, for `change.compare`; the default scale for None."""
    key = (diagnosis_group, instrument.id, instrument.scale(scale_id).id)
    return _fits().get(key, NO_CHOICE)


@cache
def _fits() -> dict[Key, Choice]:
    return dict(read(FILE.read_text(encoding="utf-8"), f"choices/{FILE.name}"))


def check() -> None:
    """Raises CatalogueError where the file breaks a rule, naming file, group, instrument and key."""
    _fits()


def read(text: str, file: str) -> Iterator[tuple[Key, Choice]]:
    """The rows of a text of choices."""
    try:
        top = Node(decimal_yaml.load(text), file)
    except yaml.YAMLError as problem:
        raise CatalogueError(f"{file}: {problem}") from problem
    if top.whole("schema_version") != SCHEMA_VERSION:
        raise top.error("schema_version", f"must be {SCHEMA_VERSION}")
    top.text("reviewed_on")
    seen: set[Key] = set()
    for node in top.nodes("thresholds"):
        key, found = _row(node, file)
        if key in seen:
            raise node.error("", "is there twice")
        seen.add(key)
        yield key, found
    top.close()


def _row(node: Node, file: str) -> tuple[Key, Choice]:
    group, name = node.text("group"), node.text("instrument")
    node.where, node.path = f"{file}: {group}: {name}", ""
    if group not in DiagnosisGroup.values or group == DiagnosisGroup.NOT_CHOSEN:
        raise node.error("group", f"there is no diagnosis group {group}")
    instrument = catalogue.find(name)
    if instrument is None:
        raise node.error("instrument", f"there is no instrument {name}")
    scale_id = node.text("scale") if node.has("scale") else instrument.default_scale.id
    if scale_id not in {one.id for one in instrument.scales}:
        raise node.error("scale", f"there is no scale {scale_id}")
    without = node.texts("without") if node.has("without") else ()
    named = {kind: _threshold(node, kind, instrument, scale_id, without) for kind in KINDS}
    if unknown := set(without) - {*KINDS}:
        raise node.error("without", f"there is no {sorted(unknown)[0]}")
    if not any(named.values()):
        raise node.error("", "says nothing: neither a threshold nor a default that does not hold")
    node.text("why")
    node.close()
    return (group, name, scale_id), Choice(**named)


def _threshold(node: Node, kind: str, instrument: Instrument, scale_id: str, without: tuple[str, ...]) -> str:
    """The name to judge by: one that is shown, NONE_FITS where the default does not hold, "" where it does."""
    if node.is_null(kind):
        node.take(kind)
        if kind not in without:
            return ""
        if not getattr(instrument.default_change, kind):
            raise node.error("without", f"there is no default {kind} to leave out")
        return NONE_FITS
    name = node.text(kind)
    if kind in without:
        raise node.error("without", f"{kind} is chosen: its default is not used")
    shown: tuple[Threshold, ...] = getattr(instrument, kind)
    if not any(one.answers_to(name) and one.scale_id == scale_id for one in shown):
        held = any(one.answers_to(name) for one in getattr(instrument, f"held_{kind}"))
        raise node.error(kind, f"{name} is held back" if held else f"there is no {kind} {name} on scale {scale_id}")
    return name


# What pages say of it.


@dataclass(frozen=True)
class Basis:
    """Whose thresholds are used, in words; `url` leads to where the group is chosen, for who may."""

    text: str
    is_chosen: bool
    url: str = ""


def basis(patient: "Patient") -> Basis:
    """By what this patient's changes are judged."""
    may_change = Perm.CHANGE in patient.held_perms and not patient.is_archived
    url = reverse("patients:edit_patient", kwargs={"patient_id": patient.pk}) + "#id_diagnosis_group"
    if patient.diagnosis_group:
        text = _("Diagnosis group: %(group)s") % {"group": patient.diagnosis_group_label}
        return Basis(text, is_chosen=True, url=url if may_change else "")
    text = _("No diagnosis group is chosen, so that only thresholds that hold without a diagnosis are used.")
    return Basis(text, is_chosen=False, url=url if may_change else "")


def judged_by(verdict: Verdict) -> str:
    """Judged by: Chronic stroke, n=60; "" where no threshold was used."""
    used = [one.threshold for one in (verdict.mdc, verdict.mcid) if one]
    populations = list(dict.fromkeys(str(one.population) for one in used))
    return _("Judged by: %(populations)s") % {"populations": "; ".join(populations)} if populations else ""


def missing(diagnosis_group: str, instrument: Instrument) -> str:
    """Why there is no verdict where no threshold was used."""
    if not (instrument.mdc or instrument.mcid):
        return _("No published threshold on file")
    if diagnosis_group:
        return _("No published threshold on file for this diagnosis group")
    return _("How large a change is real depends on the diagnosis: choose the diagnosis group")
