"""A malformed catalogue refuses to load, and says in which file, instrument and key."""

from decimal import Decimal

import pytest

from mobility.catalogue import CatalogueError, Context, decimal_yaml
from mobility.catalogue.reading import read_catalogue

D = Decimal

GOOD = """\
schema_version: 2
reviewed_on: "2026-11-21"
instruments:
- id: demo
  name: Demo
  abbreviation: D
  domain: gait
  direction: higher_is_better
  version: {id: v1, label: first}
  definition: {source: Somebody, confidence: high, verified: form}
  scales:
    - {id: total, label: Total, quantity: score, min: 0, max: 10, step: 1, unit: "", ucum: "{score}", decimals: 0}
  entry: total
  licence: {status: free, item_level: true, note: Anybody may., confidence: high}
  scoring: sum
  context: [pace]
  items:
    - {id: one, label: One, allowed: [0, 2, 4], levels: {0: None, 2: Some, 4: All}, loinc: "83184-2"}
    - {id: two, label: Two, allowed: [0, 3, 6], counts_if: {items: [one], at_least: 2}}
    - {id: other, label: Other, allowed: [0, 3], alternate: true, replaces: two, only_if: Cannot do two}
  mdc:
    - id: low
      family: by_score
      baseline: {ge: 0, le: 4}
      value: 2
      unit: points
      level: 95
      population: Everybody
      source: Somebody
      confidence: high
      verified: form
    - {id: high, family: by_score, baseline: {ge: 5, le: 10}, value: 3, unit: points, level: null, population: Everybody,
       source: Somebody, confidence: high, verified: form}
  mcid:
    - {id: all, value: 2, value_high: 4, unit: points, method: anchor, magnitude: small, population: Everybody,
       source: Somebody, confidence: high, verified: form}
  default_change: {mdc: by_score, mcid: all}
  reassessment: {text: Weekly, source: Somebody, confidence: high, verified: form}
  codes:
    loinc:
      - {code: "96761-2", display: Demo, target: total, scale: total, verified: code, context: {hand: left}}
    snomed:
      - {code: "273302005", display: Demo, target: total, verified: code}
  cautions: [Mind the step.]
  bands:
    - id: halves
      kind: descriptive
      population: Everybody
      source: Somebody
      confidence: high
      verified: form
      ranges:
        - {ge: 0, lt: 5, label: Low, short: Low}
        - {ge: 5, le: 10, label: High, short: High}
"""


def read(text):
    return read_catalogue(text, "demo.yaml")


def test_the_sample_itself_is_sound():
    (demo,) = read(GOOD)
    assert demo.bands[0].range_of(D(5)).label == "High"
    assert (demo.reassessment.text, demo.cautions) == ("Weekly", ("Mind the step.",))
    assert (demo.context, demo.codes[0].context) == ((Context.PACE,), {Context.HAND: "left"})


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("schema_version: 2", "schema_version: 1", "demo.yaml: schema_version"),
        ("schema_version: 2\n", "", "demo.yaml: schema_version: is missing"),
        ('"2026-11-21"', '"yesterday"', "demo.yaml: reviewed_on"),
        ("instruments:\n", "instrument:\n", "demo.yaml: instruments: is missing"),
        ("- id: demo", "- id: Demo!", "demo.yaml: instruments[0].id"),
        ("  name: Demo\n", "", "demo.yaml: demo: name: is missing"),
        ("  name: Demo\n", "  name: 7\n", "demo.yaml: demo: name: must be text"),
        ("  name: Demo\n", "  name: ''\n", "demo.yaml: demo: name"),
        ("  name: Demo\n", "  name: Demo\n  nmae: Demo\n", "demo.yaml: demo: nmae: is not a key"),
        ("domain: gait", "domain: gate", "demo.yaml: demo: domain: must be one of adl"),
        ("direction: higher_is_better", "direction: up", "demo.yaml: demo: direction"),
        ("version: {id: v1, label: first}", "version: v1", "demo.yaml: demo: version: must be a mapping"),
        ("version: {id: v1, label: first}", "version: {id: v 1, label: first}", "demo.yaml: demo: version.id"),
        (
            "definition: {source: Somebody, confidence: high",
            "definition: {source: Somebody, confidence: sure",
            "demo.yaml: demo: definition.confidence",
        ),
        ("min: 0, max: 10", "min: 10, max: 10", "demo.yaml: demo: scales[0].max"),
        ("min: 0, max: 10", "min: 0, max: 100000", "demo.yaml: demo: scales[0].max"),
        ("min: 0, max: 10", "min: -1, max: 10", "demo.yaml: demo: scales[0].max"),
        ("min: 0, max: 10", "min: 0, max: null", "demo.yaml: demo: scales[0].axis_max: is missing"),
        ("max: 10, step: 1", "max: 10, step: 0", "demo.yaml: demo: scales[0].step"),
        ("max: 10, step: 1", "max: 10, step: 3", "demo.yaml: demo: scales[0].step"),
        ("max: 10, step: 1", "max: 10, step: 0.5", "demo.yaml: demo: scales[0].step"),
        ("max: 10, step: 1", "max: 10, step: 1e0", "demo.yaml: demo: scales[0].step: must be a plain decimal"),
        ("max: 10, step: 1", "max: 10, step: 1_0", "demo.yaml: demo: scales[0].step: must be a plain decimal"),
        ("max: 10, step: 1", "max: 10, step: !!float 1", "demo.yaml: demo: scales[0].step: must be a plain decimal"),
        ("decimals: 0}", "decimals: 0.5}", "demo.yaml: demo: scales[0].decimals: must be a whole number"),
        ("decimals: 0}", "decimals: 3}", "demo.yaml: demo: scales[0].decimals"),
        ("decimals: 0}", "decimals: 0, exclusive_min: yes}", "demo.yaml: demo: scales[0].exclusive_min"),
        ("decimals: 0}", "decimals: 0, soft_max: 11}", "demo.yaml: demo: scales[0].soft_max"),
        ("quantity: score", "quantity: points", "demo.yaml: demo: scales[0].quantity"),
        ('code: "96761-2"', 'code: "96761-3"', "demo.yaml: demo: codes.loinc[0].code: 96761-3 has a wrong check digit"),
        ('code: "96761-2"', 'code: "BI"', "demo.yaml: demo: codes.loinc[0].code"),
        (
            "scale: total, verified",
            "scale: sum, verified",
            "demo.yaml: demo: codes.loinc[0].scale: there is no scale sum",
        ),
        ("kind: descriptive", "kind: nice", "demo.yaml: demo: bands[0].kind"),
        ("source: Somebody\n      conf", "conf", "demo.yaml: demo: bands[0].source: is missing"),
        ("population: Everybody", "population: null", "demo.yaml: demo: bands[0].population"),
        ("ge: 5, le: 10", "ge: 6, le: 10", "demo.yaml: demo: bands[0].ranges[1]: leaves a gap"),
        ("ge: 5, le: 10", "gt: 5, le: 10", "demo.yaml: demo: bands[0].ranges[1]: leaves a gap"),
        ("ge: 5, le: 10", "ge: 4, le: 10", "demo.yaml: demo: bands[0].ranges[1]: overlaps"),
        ("ge: 0, lt: 5", "ge: 0, le: 5", "demo.yaml: demo: bands[0].ranges[1]: overlaps"),
        ("ge: 5, le: 10", "ge: 5, lt: 10", "demo.yaml: demo: bands[0].ranges: a descriptive set must cover"),
        ("ge: 0, lt: 5", "gt: 0, lt: 5", "demo.yaml: demo: bands[0].ranges: a descriptive set must cover"),
        ("ge: 5, le: 10", "ge: 5, le: 11", "demo.yaml: demo: bands[0].ranges[1]: reaches outside"),
        ("ge: 5, le: 10", "ge: 5, lt: 5", "demo.yaml: demo: bands[0].ranges[1]: holds no value"),
        ("ge: 5, le: 10", "ge: 5, gt: 5", "demo.yaml: demo: bands[0].ranges[1].ge: stands beside gt"),
        ("ge: 5, le: 10, label", "label", "demo.yaml: demo: bands[0].ranges[1]: needs a bound"),
        ("entry: total", "entry: often", "demo.yaml: demo: entry"),
        ("entry: total", "entry: total\n  requires: [hand]", "demo.yaml: demo: entry: must be none"),
        ("status: free,", "status: cheap,", "demo.yaml: demo: licence.status"),
        ("item_level: true", "item_level: false", "demo.yaml: demo: items: may not be listed"),
        ("scoring: sum", "scoring: product", "demo.yaml: demo: scoring: must be one of sum"),
        ("scoring: sum", "scoring: lookup", "demo.yaml: demo: conversion: is missing: the scoring is lookup"),
        ("scoring: sum", "scoring: total_only", "demo.yaml: demo: items: has no place where the scoring is total_only"),
        ("context: [pace]", "context: [mood]", "demo.yaml: demo: context[0]: must be one of hand"),
        ("  items:\n", "  subtotals: []\n  items:\n", "demo.yaml: demo: subtotals: must be a list that is not empty"),
        ("- {id: one,", "- {id: 1,", "demo.yaml: demo: items[0].id"),
        ("- {id: two,", "- {id: one,", "demo.yaml: demo: items: one is there twice"),
        ("allowed: [0, 2, 4]", "allowed: [0, 4, 2]", "demo.yaml: demo: items[0].allowed: must be numbers in ascending"),
        ("allowed: [0, 2, 4]", "allowed: [0, 2.0e0, 4]", "demo.yaml: demo: items[0].allowed: must be a plain decimal"),
        (
            "allowed: [0, 3, 6]",
            "allowed: [0, 3, 5]",
            "demo.yaml: demo: items: go from 0 to 9, the scale total from 0 to 10",
        ),
        ("levels: {0: None, 2", "levels: {2", "demo.yaml: demo: items[0].levels: must have a label for each allowed"),
        ("levels: {0: None, 2", "levels: {none: None, 2", "demo.yaml: demo: items[0].levels.none: must be a number"),
        ('loinc: "83184-2"', 'loinc: "83184-3"', "demo.yaml: demo: items[0].loinc: 83184-3 has a wrong check digit"),
        (
            "items: [one], at",
            "items: [other], at",
            "demo.yaml: demo: items[1].counts_if: must name items that come before",
        ),
        ("replaces: two", "replaces: three", "demo.yaml: demo: items[2].replaces: must name another item"),
        ("value: 2\n", "value: 0\n", "demo.yaml: demo: mdc[0].value: must be more than 0"),
        ("value_high: 4", "value_high: 2", "demo.yaml: demo: mcid[0].value_high: must be more than value"),
        ("unit: points\n", "unit: s\n", "demo.yaml: demo: mdc[0].unit: must be points or percent_of_baseline, not s"),
        ("level: 95", "level: 80", "demo.yaml: demo: mdc[0].level: must be 90, 95 or null"),
        ("method: anchor", "method: guess", "demo.yaml: demo: mcid[0].method"),
        ("magnitude: small", "magnitude: huge", "demo.yaml: demo: mcid[0].magnitude"),
        ("magnitude: small", "level: 95", "demo.yaml: demo: mcid[0].level: is not a key that is known here"),
        ("ge: 5, le: 10}, value", "ge: 4, le: 10}, value", "demo.yaml: demo: mdc: by_score: overlaps"),
        ("ge: 5, le: 10}, value", "ge: 5, le: 11}, value", "demo.yaml: demo: mdc[1].baseline: must have two bounds"),
        ("baseline: {ge: 5, le: 10}, value", "value", "demo.yaml: demo: mdc: the rule by_score is ambiguous"),
        ("- id: low\n      family: by_score", "- id: low", "demo.yaml: demo: mdc[0].family: is missing"),
        ("- {id: high", "- {id: low", "demo.yaml: demo: mdc: low is there twice"),
        ("{mdc: by_score,", "{mdc: stroke,", "demo.yaml: demo: default_change.mdc: there is no mdc stroke"),
        ("verified: form}\n  codes", "verified: seen}\n  codes", "demo.yaml: demo: reassessment.verified"),
        ("target: total, scale", "target: test, scale", "demo.yaml: demo: codes.loinc[0].target"),
        (
            "context: {hand: left}",
            "context: {foot: left}",
            "demo.yaml: demo: codes.loinc[0].context.foot: is not a key",
        ),
        ('"273302005"', '"BI"', "demo.yaml: demo: codes.snomed[0].code"),
        ("[Mind the step.]", "[7]", "demo.yaml: demo: cautions[0]: must be text"),
        ("short: High", "short: A label too long for charts", "demo.yaml: demo: bands[0].ranges[1].short"),
    ],
)
def test_a_broken_rule_is_named_with_its_place(old, new, where):
    assert old in GOOD
    with pytest.raises(CatalogueError) as refused:
        read(GOOD.replace(old, new))
    assert str(refused.value).startswith(where)


SCALE = '    - {id: total, label: Total, quantity: score, min: 0, max: 10, step: 1, unit: "", ucum: "{score}", decimals: 0}\n'
RAW = SCALE.replace("id: total, label: Total", "id: raw, label: Raw")
TABLE = """\
  conversion:
    from: raw
    to: total
    table: {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10}
    source: Somebody
    confidence: high
    verified: form
"""
LOOKUP = (
    GOOD.replace(SCALE, SCALE.replace("step: 1", "step: null") + RAW + TABLE)
    .replace("scoring: sum", "scoring: lookup")
    .replace("allowed: [0", "scale: raw, allowed: [0")
)
GAS = GOOD.replace(
    "  scoring: sum\n",
    "  scoring: formula\n  formula: {rule: gas_t, rho: 0.3, text: T, inputs: [{id: time_s, unit: s}]}\n",
)
TIMES = """\
  times:
    - id: one_s
      item: one
      source: Somebody
      confidence: high
      verified: form
      unable: 0
      ranges: [{gt: 0, lt: 5, points: 4}, {ge: 5, points: 2}]
"""
TIMED = GOOD.replace("  mdc:\n", TIMES + "  mdc:\n", 1)
CODES = """\
  not_attempted:
    codes: {"88": Not safe}
    not_assessed: "-"
    source: Somebody
    confidence: high
    verified: form
  legacy_recode: {value: 1, note: Counted as 1, source: Somebody, confidence: high, verified: none}
"""
CODED = GOOD.replace("  mdc:\n", CODES + "  mdc:\n", 1)
PARTS = GOOD.replace(SCALE, SCALE.replace("decimals: 0}", "decimals: 0, sum_of: [raw]}") + RAW)


@pytest.mark.parametrize(
    ("sound", "old", "new", "where"),
    [
        (LOOKUP, "from: raw", "from: rare", "conversion.from: there is no scale rare"),
        (LOOKUP, "table: {0: 0, 1: 1,", "table: {0: 1, 1: 1,", "conversion.table: must rise"),
        (LOOKUP, "table: {0: 0, 1: 1,", "table: {0: 0,", "conversion.table: must have every value of the scale raw"),
        (LOOKUP, "10: 10}", "10: 9.5}", "conversion.table: must reach from end to end"),
        (LOOKUP, "table: {0: 0", "table: {none: 0", "conversion.table.none: must be a number"),
        (LOOKUP, "scoring: lookup", "scoring: sum", "conversion: has no place"),
        (GAS, "rule: gas_t, rho: 0.3", "rule: guess", "formula.rule"),
        (GAS, "rule: gas_t, rho: 0.3", "rule: gas_t", "formula.rho: belongs to the rule gas_t"),
        (GAS, "rule: gas_t,", "rule: speed,", "formula.rho"),
        (TIMED, "item: one", "item: three", "times[0].item: there is no item three"),
        (TIMED, "ge: 5, points: 2", "ge: 6, points: 2", "times[0].ranges[1]: leaves a gap"),
        (TIMED, "ge: 5, points: 2", "ge: 5, points: 3", "times[0].ranges: give points that the item does not allow"),
        (TIMED, "confidence: high\n      verified: form\n      unable", "unable", "times[0].confidence: is missing"),
        (CODED, '    not_assessed: "-"\n', "", "not_attempted.not_assessed: is missing"),
        (CODED, "  legacy_recode: {value: 1,", "  recode: {value: 1,", "recode: is not a key"),
        (PARTS, "sum_of: [raw]", "sum_of: [total]", "scales[0].sum_of: must name other scales"),
        (PARTS, "id: raw, label: Raw, quantity: score, min: 0, max: 10", "id: raw, label: R, quantity: score, min: 0, max: 9",
         "scales[0].sum_of: the maxima of the parts"),
    ],
)  # fmt: skip
def test_a_broken_rule_of_another_way_of_scoring_is_named_with_its_place(sound, old, new, where):
    read(sound)
    assert old in sound
    with pytest.raises(CatalogueError) as refused:
        read(sound.replace(old, new, 1))
    assert str(refused.value).startswith(f"demo.yaml: demo: {where}")


@pytest.mark.parametrize(("key", "held"), [("mdc", "held_mdc"), ("mcid", "held_mcid")])
def test_a_doubtful_threshold_is_kept_but_held_back(key, held):
    start = GOOD.index(f"  {key}:\n")
    place = GOOD.index("confidence: high", start)
    (demo,) = read(GOOD[:place] + GOOD[place:].replace("confidence: high", "confidence: low", 1))
    assert len(getattr(demo, held)) == 1
    assert len(getattr(demo, key)) == len({"mdc": "12", "mcid": "1"}[key]) - 1


def test_the_same_instrument_twice_is_refused():
    with pytest.raises(CatalogueError, match=r"demo\.yaml: id: demo is there twice"):
        read(GOOD + GOOD[GOOD.index("- id: demo") :])


def test_the_same_code_for_two_instruments_is_refused():
    second = (
        GOOD[GOOD.index("- id: demo") :].replace("id: demo", "id: other").replace("abbreviation: D", "abbreviation: O")
    )
    with pytest.raises(CatalogueError, match=r"demo\.yaml: loinc: 96761-2 is there twice"):
        read(GOOD + second)


@pytest.mark.parametrize("text", ["", "[]", "instruments", "a: [", "a: 1\na: 2\n", "\x00", "? [a]\n: 1\n"])
def test_what_is_no_catalogue_at_all_names_the_file(text):
    with pytest.raises(CatalogueError, match=r"^demo\.yaml: "):
        read(text)


def test_a_risk_set_may_leave_values_out_but_not_overlap():
    text = GOOD.replace("kind: descriptive", "kind: risk").replace("ge: 5, le: 10", "ge: 7, le: 10")
    (demo,) = read(text)
    assert demo.bands[0].range_of(D(6)) is None
    with pytest.raises(CatalogueError, match="overlaps"):
        read(text.replace("ge: 7", "ge: 4"))


@pytest.mark.parametrize("fact", ["confidence: low\n      verified: form", "confidence: high\n      verified: none"])
def test_a_doubtful_set_is_kept_but_held_back(fact):
    (demo,) = read(GOOD.replace("confidence: high\n      verified: form", fact))
    assert (demo.bands, [one.id for one in demo.held_bands]) == ((), ["halves"])
    assert demo.band_for(D(3)) is None
    assert demo.shown_band is None


def test_numbers_keep_the_digits_they_are_written_with():
    numbers = decimal_yaml.load("[0.1, 18.40, 5, -2]")
    assert [(type(one), str(one)) for one in numbers] == [(D, "0.1"), (D, "18.40"), (D, "5"), (D, "-2")]


def test_nothing_else_turns_into_another_type():
    assert decimal_yaml.load("[2026-11-21, '12', 12:30, yes, 1_000, 010, .5, 1e3, ~]") == [
        "2026-11-21",
        "12",
        "12:30",
        "yes",
        "1_000",
        "010",
        ".5",
        "1e3",
        "~",
    ]
    assert decimal_yaml.load("[true, false, null]") == [True, False, None]
