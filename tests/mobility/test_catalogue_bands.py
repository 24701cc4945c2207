"""Bands, cut-offs and direction of the instruments. Vectors: clinical README, "Twelve worked examples"."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility import catalogue
from mobility.catalogue import BandKind, Confidence, Direction, Instrument, Outcome, Sex, Verified

D = Decimal
INSTRUMENTS = catalogue.everything()
instruments = pytest.mark.parametrize("instrument", [pytest.param(one, id=one.id) for one in INSTRUMENTS])


def bands_of(instrument: Instrument, value: D) -> dict[str, str | None]:
    """What every set says, those held back included: the vectors judge the numbers, not what may be shown."""
    found = {}
    for band in instrument.bands + instrument.held_bands:
        stretch = band.range_of(value)
        found[band.id] = str(stretch.label).lower() if stretch else None
    return found


# Bands. V01, V03, V04, V05 of the clinical README; the others by the same rules.
VECTORS = [
    ("barthel_index", "60", {"shah_dependency": "severe dependency"}),
    (
        "berg_balance_scale",
        "35",
        {
            "berg_thirds": "medium balance ability (typically walks with assistance)",
            "fall_risk_45": "increased fall risk (historic cut-off)",
        },
    ),
    (
        "tug",
        "18.40",
        {
            "podsiadlo": "mostly independent",
            "steadi": "at risk of falling",
            "parkinson_falls": "fall risk (parkinson)",
            "ewgsop2_performance": None,
        },
    ),
    ("tinetti_poma", "18", {"fall_risk": "high fall risk"}),
    ("elderly_mobility_scale", "13", {"smith": "borderline for safe independent mobility"}),
    ("functional_ambulation_category", "3", {"three_groups": "walks with supervision"}),
    (
        "ten_metre_walk",
        "0.80",
        {"perry": "limited community walking", "ewgsop2_performance": "low physical performance"},
    ),
    ("ten_metre_walk", "0.81", {"perry": "community walking", "ewgsop2_performance": None}),
    ("katz_adl", "5", {"katz_anchor": "moderate impairment"}),
]


@pytest.mark.parametrize(("instrument_id", "value", "expected"), VECTORS)
def test_worked_examples_fall_in_their_bands(instrument_id, value, expected):
    assert bands_of(catalogue.get(instrument_id), D(value)) == expected


@pytest.mark.parametrize(
    ("instrument_id", "set_id", "edges"),
    [
        ("barthel_index", "shah_dependency", ["0 20", "25 60", "65 90", "95 95", "100 100"]),
        ("tug", "podsiadlo", ["0.01 9.99", "10 19.99", "20 29.99", "30 9999"]),
        ("tug", "steadi", ["12 9999"]),
        ("tug", "parkinson_falls", ["11.5 9999"]),
        ("tinetti_poma", "fall_risk", ["0 18", "19 23", "24 28"]),
        ("functional_ambulation_category", "three_groups", ["0 2", "3 3", "4 5"]),
        ("katz_adl", "katz_anchor", ["0 2", "3 5", "6 6"]),
        ("berg_balance_scale", "berg_thirds", ["0 20", "21 40", "41 56"]),
        ("berg_balance_scale", "fall_risk_45", ["0 44"]),
        ("elderly_mobility_scale", "smith", ["0 9", "10 13", "14 20"]),
        ("ten_metre_walk", "perry", ["0 0.39", "0.4 0.8", "0.81 3"]),
    ],
)
def test_each_cut_off_lies_on_one_side_only(instrument_id, set_id, edges):
    instrument = catalogue.get(instrument_id)
    band = next(one for one in instrument.bands + instrument.held_bands if one.id == set_id)
    for stretch, edge in zip(band.ranges, edges, strict=True):
        assert [band.range_of(D(one)) for one in edge.split()] == [stretch, stretch]
        assert sum(other.contains(D(edge.split()[0])) for other in band.ranges) == 1


def test_facts_without_verification_or_with_low_confidence_are_never_shown():
    shown = [band for one in INSTRUMENTS for band in one.bands]
    held = [(one.id, band.id) for one in INSTRUMENTS for band in one.held_bands]
    assert all(one.confidence is not Confidence.LOW and one.verified is not Verified.NONE for one in shown)
    assert held == [
        ("berg_balance_scale", "berg_thirds"),
        ("elderly_mobility_scale", "smith"),
        ("ten_metre_walk", "perry"),
        ("six_minute_walk", "bode_component"),
        ("five_times_sit_to_stand", "falls_tiedemann"),
        ("five_times_sit_to_stand", "falls_buatois"),
        ("fugl_meyer_ue", "hoonhorst_capacity"),
        ("moca", "screening_original"),
        ("moca", "screening_23"),
    ]
    for one in INSTRUMENTS:
        assert all(fact.may_be_shown for fact in one.mdc + one.mcid)
        assert not any(fact.may_be_shown for fact in one.held_mdc + one.held_mcid)
        assert one.reassessment is None, "how often to repeat was never checked against its source"
    assert catalogue.get("berg_balance_scale").band_for(D(35)) is None
    assert catalogue.get("elderly_mobility_scale").band_for(D(13)) is None
    assert catalogue.get("ten_metre_walk").band_for(D("0.8")) is None


def test_the_band_of_a_value_is_the_descriptive_one():
    band = catalogue.get("tug").band_for(D("18.40"))
    assert (band.label, band.short) == ("Mostly independent", "Mostly independent")


def test_statements_name_the_population_and_the_source():
    found = catalogue.get("tug").statements_for(D("11.80"))
    assert [(one.band.id, str(one.range.label)) for one in found] == [
        ("podsiadlo", "Mostly independent"),
        ("parkinson_falls", "Fall risk (Parkinson)"),
    ]
    assert all(one.band.population and one.band.source for one in found)
    assert catalogue.get("berg_balance_scale").statements_for(D(45)) == ()


@pytest.mark.parametrize(
    ("instrument_id", "words"),
    [
        ("barthel_index", ["0\N{EN DASH}20", "21\N{EN DASH}60", "61\N{EN DASH}90", "91\N{EN DASH}99", "100"]),
        ("tug", ["under 10\xa0s", "10 to under 20\xa0s", "20 to under 30\xa0s", "30\xa0s or more"]),
        ("functional_ambulation_category", ["0\N{EN DASH}2", "3", "4\N{EN DASH}5"]),
    ],
)
def test_cut_offs_are_put_in_words(instrument_id, words):
    instrument = catalogue.get(instrument_id)
    assert [one.cutoffs(instrument.default_scale) for one in instrument.shown_band.ranges] == words


def test_cut_offs_with_other_bounds_are_put_in_words():
    walk = catalogue.get("ten_metre_walk")
    perry = walk.held_bands[0]
    assert [one.cutoffs(walk.default_scale) for one in perry.ranges] == [
        "under 0.4\xa0m/s",
        "0.4 to 0.8\xa0m/s",
        "over 0.8\xa0m/s",
    ]
    assert walk.bands[0].ranges[0].cutoffs(walk.default_scale, with_unit=False) == "up to 0.8"


@given(st.data())
def test_a_descriptive_set_says_exactly_one_thing_of_every_possible_value(data):
    instrument = data.draw(st.sampled_from(INSTRUMENTS))
    scale = instrument.default_scale
    highest = scale.max or D("9999.99")
    steps = data.draw(st.integers(1 if scale.exclusive_min else 0, int((highest - scale.min) / scale.step)))
    value = scale.min + steps * scale.step
    for band in instrument.bands + instrument.held_bands:
        matches = sum(one.contains(value) for one in band.ranges)
        assert matches == 1 if band.kind is BandKind.DESCRIPTIVE else matches <= 1


@pytest.mark.parametrize(
    ("instrument_id", "before", "after", "amount", "outcome", "text"),
    [
        ("barthel_index", "60", "70", "10", Outcome.IMPROVED, "Up 10"),
        ("berg_balance_scale", "28", "35", "7", Outcome.IMPROVED, "Up 7"),
        ("tug", "22.10", "18.40", "-3.70", Outcome.IMPROVED, "Down 3.7\xa0s"),
        ("tug", "18.40", "22.10", "3.70", Outcome.WORSENED, "Up 3.7\xa0s"),
        ("tinetti_poma", "14", "18", "4", Outcome.IMPROVED, "Up 4"),
        ("ten_metre_walk", "0.72", "0.82", "0.10", Outcome.IMPROVED, "Up 0.1\xa0m/s"),
        ("katz_adl", "4", "3", "-1", Outcome.WORSENED, "Down 1"),
        ("elderly_mobility_scale", "9", "9", "0", Outcome.SAME, "Same"),
    ],
)
def test_change_is_exact_and_judged_by_direction(instrument_id, before, after, amount, outcome, text):
    change = catalogue.get(instrument_id).change(D(before), D(after))
    assert (change.amount, change.outcome, change.text) == (D(amount), outcome, text)
    assert (change.is_up, change.is_down) == (D(amount) > 0, D(amount) < 0)


@given(st.sampled_from(INSTRUMENTS), st.integers(0, 500), st.integers(0, 500))
def test_a_change_there_and_back_mirrors(instrument, first, second):
    a, b = D(first) / 100, D(second) / 100
    there, back = instrument.change(a, b), instrument.change(b, a)
    assert there.amount == -back.amount
    mirrored = {Outcome.IMPROVED: Outcome.WORSENED, Outcome.WORSENED: Outcome.IMPROVED, Outcome.SAME: Outcome.SAME}
    assert back.outcome is mirrored[there.outcome]


@instruments
def test_no_binary_float_gets_in(instrument):
    for call in (instrument.band_for, instrument.statements_for, lambda value: instrument.change(value, D(1))):
        with pytest.raises(TypeError):
            call(1.5)


def test_lower_is_better_only_where_the_file_says_so():
    lower = {one.id for one in INSTRUMENTS if one.direction is Direction.LOWER}
    assert lower == {"tug", "five_times_sit_to_stand", "push_tool_3", "clinical_frailty_scale", "nine_hole_peg"}


def test_norms_for_one_sex_and_some_ages_speak_of_nobody_else():
    stands = catalogue.get("chair_stand_30s")
    assert stands.statements_for(D(10)) == ()
    assert stands.statements_for(D(10), sex=Sex.FEMALE) == stands.statements_for(D(10), age=82) == ()
    said = {
        (sex, age): [one.band.id for one in stands.statements_for(D(9), sex=sex, age=age)]
        for sex, age in ((Sex.MALE, 80), (Sex.MALE, 84), (Sex.MALE, 85), (Sex.FEMALE, 80), (Sex.FEMALE, 95))
    }
    assert list(said.values()) == [["steadi_m_80_84"], ["steadi_m_80_84"], [], [], []]
    grip = catalogue.get("grip_strength")
    assert [one.band.id for one in grip.statements_for(D("20.0"), sex=Sex.MALE, age=70)] == ["ewgsop2_men", "awgs_men"]
