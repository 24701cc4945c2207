"""A malformed catalogue refuses to load, and says in which file, instrument and key."""

from decimal import Decimal

import pytest

from mobility.catalogue import FILE, CatalogueError, decimal_yaml
from mobility.catalogue.schema import read_catalogue

D = Decimal

GOOD = """\
schema_version: 1
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
  loinc:
    - {code: "96761-2", scale: total, verified: code}
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


def test_the_real_file_is_sound():
    assert len(read_catalogue(FILE.read_text(encoding="utf-8"), FILE.name)) == 8


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("schema_version: 1", "schema_version: 2", "demo.yaml: schema_version"),
        ("schema_version: 1\n", "", "demo.yaml: schema_version: is missing"),
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
            "confidence: high, verified: form",
            "confidence: sure, verified: form",
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
        ('code: "96761-2"', 'code: "96761-3"', "demo.yaml: demo: loinc[0].code: 96761-3 has a wrong check digit"),
        ('code: "96761-2"', 'code: "BI"', "demo.yaml: demo: loinc[0].code"),
        ("scale: total, verified", "scale: sum, verified", "demo.yaml: demo: loinc[0].scale: there is no scale sum"),
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
        ("short: High", "short: A label too long for charts", "demo.yaml: demo: bands[0].ranges[1].short"),
    ],
)
def test_a_broken_rule_is_named_with_its_place(old, new, where):
    assert old in GOOD
    with pytest.raises(CatalogueError) as refused:
        read(GOOD.replace(old, new))
    assert str(refused.value).startswith(where)


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
