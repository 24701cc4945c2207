"""The instruments: what may be entered, how it is written, codes, units and texts."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from mobility import catalogue
from mobility.catalogue import Scale, extract

D = Decimal

# Recorded scores rely on these: id and version of the instruments that were there first.
FIRST = {
    "barthel_index": "mahoney-1965-100",
    "katz_adl": "katz-6-independence",
    "berg_balance_scale": "berg-1989-56",
    "tinetti_poma": "tinetti-1986-28",
    "tug": "podsiadlo-1991-3m",
    "elderly_mobility_scale": "smith-1994-20",
    "functional_ambulation_category": "holden-1984-0-5",
    "ten_metre_walk": "comfortable-speed",
}
INSTRUMENTS = catalogue.everything()
SCALES = [pytest.param(scale, id=f"{one.id}-{scale.id}") for one in INSTRUMENTS for scale in one.scales]
instruments = pytest.mark.parametrize("instrument", [pytest.param(one, id=one.id) for one in INSTRUMENTS])


def refusal(instrument_id: str, entered: str | D) -> str:
    with pytest.raises(ValidationError) as refused:
        catalogue.get(instrument_id).clean_value(entered)
    return refused.value.messages[0]


def test_all_instruments_are_described_and_the_first_eight_are_as_they_were_recorded_with():
    assert len(INSTRUMENTS) == 29
    assert {one.id: one.version for one in catalogue.instruments()} == FIRST
    held_apart = {one.id for one in INSTRUMENTS} - {one.id for one in catalogue.recordable()}
    assert held_apart == {
        "section_gg", "am_pac_6_clicks", "copm", "push_tool_3", "fugl_meyer_ue", "grip_strength", "box_and_block",
        "nine_hole_peg",
    }, "one value of these would not say of which scale, wound or hand it is"  # fmt: skip


def test_it_is_read_once():
    assert catalogue.get("tug") is catalogue.find("tug")


def test_an_unknown_instrument_is_a_key_error():
    with pytest.raises(KeyError):
        catalogue.get("tug2")


@pytest.mark.parametrize(
    ("instrument_id", "typed", "value"),
    [
        ("barthel_index", "65", "65"),
        ("barthel_index", " 65 ", "65"),
        ("barthel_index", "065", "65"),
        ("barthel_index", "65.0", "65"),
        ("barthel_index", "+65", "65"),
        ("barthel_index", "\N{FULLWIDTH DIGIT SIX}\N{FULLWIDTH DIGIT FIVE}", "65"),
        ("barthel_index", "-0", "0"),
        ("tug", "18.4", "18.40"),
        ("tug", ".5", "0.50"),
        ("tug", "0.01", "0.01"),
        ("tug", "18.4000000000000000000000000000", "18.40"),
        ("ten_metre_walk", "0", "0.00"),
        ("ten_metre_walk", "0.82", "0.82"),
    ],
)
def test_what_a_therapist_types_becomes_an_exact_decimal(instrument_id, typed, value):
    cleaned = catalogue.get(instrument_id).clean_value(typed)
    assert (cleaned, str(cleaned)) == (D(value), value)


@pytest.mark.parametrize(
    ("instrument_id", "typed", "message"),
    [
        ("barthel_index", "", "Enter a score from 0 to 100"),
        ("barthel_index", "105", "Enter a score from 0 to 100"),
        ("barthel_index", "-5", "Enter a score from 0 to 100"),
        ("barthel_index", "sixty", "Enter a score from 0 to 100"),
        ("barthel_index", "65/100", "Enter a score from 0 to 100"),
        ("barthel_index", "1e2", "Enter a score from 0 to 100"),
        ("barthel_index", "NaN", "Enter a score from 0 to 100"),
        ("barthel_index", "inf", "Enter a score from 0 to 100"),
        ("barthel_index", "6\N{SUPERSCRIPT TWO}", "Enter a score from 0 to 100"),
        ("barthel_index", "\N{ARABIC-INDIC DIGIT SIX}0", "Enter a score from 0 to 100"),
        ("barthel_index", "6_5", "Enter a score from 0 to 100"),
        ("barthel_index", "65\x00", "Enter a score from 0 to 100"),
        ("barthel_index", "6" * 1_000_000, "Enter a score from 0 to 100"),
        ("barthel_index", "63", "Enter 60 or 65: this scale goes in steps of 5"),
        ("barthel_index", "62.5", "Enter 60 or 65: this scale goes in steps of 5"),
        ("barthel_index", "65,0", "Enter a whole number, without a comma, such as 50"),
        ("berg_balance_scale", "57", "Enter a score from 0 to 56"),
        ("berg_balance_scale", "45.5", "Enter a whole number from 0 to 56"),
        ("tinetti_poma", "29", "Enter a score from 0 to 28"),
        ("elderly_mobility_scale", "21", "Enter a score from 0 to 20"),
        ("functional_ambulation_category", "6", "Enter a category from 0 to 5"),
        ("katz_adl", "7", "Enter a score from 0 to 6"),
        ("tug", "0", "Enter a time in seconds, more than 0"),
        ("tug", "-1", "Enter a time in seconds, more than 0"),
        ("tug", "18.4 s", "Enter the number alone, in seconds, such as 20.4"),
        ("tug", "18.4 min", "Enter the number alone, in seconds, such as 20.4"),
        ("tug", "18.", "Enter a time in seconds, more than 0"),
        ("tug", "0:18", "Enter a time in seconds, more than 0"),
        ("tug", "10000", "Enter a time in seconds, below 10000"),
        ("tug", "18,4", "Use a point, not a comma, for decimals, such as 20.4"),
        ("tug", "18\N{FULLWIDTH COMMA}4", "Use a point, not a comma, for decimals, such as 20.4"),
        ("tug", "18.456", "Enter no more than 2 decimals, such as 20.4"),
        ("tug", "0.001", "Enter no more than 2 decimals, such as 20.4"),
        ("ten_metre_walk", "-0.1", "Enter a speed in metres per second, 0 or more"),
        ("ten_metre_walk", "0.825", "Enter no more than 2 decimals, such as 0.8"),
        ("demmi", "47", "Enter 44 or 48: this scale has no value between them"),
        ("demmi", "101", "Enter a score from 0 to 100"),
        ("six_minute_walk", "350.5", "Enter a whole number"),
        ("six_minute_walk", "far", "Enter a distance in metres, 0 or more"),
        ("chair_stand_30s", "-1", "Enter a number of 0 or more"),
        ("clinical_frailty_scale", "0", "Enter a level from 1 to 9"),
        ("goal_attainment_scaling", "good", "Enter a T score"),
        ("fim", "17", "Enter a score from 18 to 126"),
    ],
)
def test_an_impossible_entry_is_answered_with_an_instruction(instrument_id, typed, message):
    assert refusal(instrument_id, typed) == message


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "-1E+999999"])
def test_a_decimal_that_is_no_number_of_the_scale_is_refused(value):
    assert refusal("barthel_index", D(value)) == "Enter a score from 0 to 100"


@pytest.mark.parametrize("value", ["1E-999999", "18.40000000000000000000000000000000000000001"])
def test_a_decimal_with_too_many_digits_is_refused_not_rounded(value):
    assert refusal("tug", D(value)) == "Enter no more than 2 decimals, such as 20.4"


@pytest.mark.parametrize("value", [18.4, 18, True, None, b"18"])
def test_binary_floats_and_other_types_are_a_programming_error(value):
    with pytest.raises(TypeError):
        catalogue.get("tug").clean_value(value)


@pytest.mark.parametrize("scale", SCALES)
def test_the_instruction_and_the_example_of_each_scale_hold(scale: Scale):
    assert scale.instruction().startswith("Enter a ")
    assert "%(" not in scale.instruction()
    scale.clean(scale.example())
    assert scale.counted_in


@given(st.text())
def test_no_text_whatever_breaks_the_entry(text):
    for instrument in INSTRUMENTS:
        answer = ""
        try:
            assert instrument.clean_value(text).is_finite()
        except ValidationError as refused:
            answer = refused.messages[0]
        assert "%(" not in answer


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_no_decimal_whatever_breaks_the_entry(number):
    for instrument in INSTRUMENTS:
        scale = instrument.default_scale
        try:
            value = scale.clean(number)
        except ValidationError:
            continue
        assert value == number
        assert -value.as_tuple().exponent == scale.decimals
        assert (value - scale.min) % scale.step == 0


@given(st.data())
def test_a_possible_value_survives_writing_and_reading(data):
    scale = data.draw(st.sampled_from([scale for one in INSTRUMENTS for scale in one.scales]))
    lowest = 1 if scale.exclusive_min else 0
    steps = data.draw(st.integers(lowest, int((scale.axis_max - scale.min) / scale.step)))
    value = data.draw(st.sampled_from(scale.values)) if scale.values else scale.min + scale.step * steps
    assert scale.clean(catalogue.plain(value)) == value
    assert scale.clean(value) == value


@pytest.mark.parametrize(
    ("instrument_id", "value", "shown"),
    [
        ("barthel_index", "65", "65\xa0of\xa0100"),
        ("barthel_index", "0", "0\xa0of\xa0100"),
        ("barthel_index", "100.00", "100\xa0of\xa0100"),
        ("functional_ambulation_category", "3", "3\xa0of\xa05"),
        ("tug", "18.40", "18.4\xa0s"),
        ("tug", "120.00", "120\xa0s"),
        ("tug", "0.50", "0.5\xa0s"),
        ("ten_metre_walk", "0.82", "0.82\xa0m/s"),
        ("ten_metre_walk", "1.00", "1\xa0m/s"),
        ("ten_metre_walk", "0.00", "0\xa0m/s"),
        ("clinical_frailty_scale", "6", "6\xa0of\xa09"),
        ("chair_stand_30s", "12", "12"),
        ("goal_attainment_scaling", "53.3", "53.3"),
    ],
)
def test_values_are_written_with_maximum_or_unit_and_without_trailing_zeros(instrument_id, value, shown):
    assert catalogue.get(instrument_id).format_value(D(value)) == shown


def test_an_implausible_value_asks_for_a_second_look_but_is_taken():
    scale = catalogue.get("tug").default_scale
    assert scale.warning_for(D("180")) == ""
    assert scale.warning_for(scale.clean("180.01")) == "More than 180\xa0s is unusual: check the value"
    assert catalogue.get("barthel_index").default_scale.warning_for(D(100)) == ""


def test_tinetti_has_its_subtotals_as_further_scales():
    poma = catalogue.get("tinetti_poma")
    assert [(one.id, one.max) for one in poma.scales] == [("total", 28), ("balance", 16), ("gait", 12)]
    assert poma.clean_value("16", "balance") == 16
    with pytest.raises(ValidationError):
        poma.clean_value("17", "balance")
    assert poma.band_for(D(10), "balance") is None
    with pytest.raises(KeyError):
        poma.scale("speed")


@pytest.mark.parametrize(("code", "instrument_id"), [("96761-2", "barthel_index"), ("89423-8", "tug")])
def test_a_loinc_code_of_the_score_itself_finds_its_instrument(code, instrument_id):
    instrument, scale, context = catalogue.by_loinc(code)
    assert (instrument.id, scale, context) == (instrument_id, instrument.default_scale, {})


@pytest.mark.parametrize("code", ["96762-0", "89422-0", "83172-7", "83184-2", "", "barthel_index"])
def test_panels_items_and_neighbouring_tests_find_nothing(code):
    assert catalogue.by_loinc(code) is None


@pytest.mark.parametrize(
    ("instrument_id", "unit", "fits"),
    [
        ("tug", "s", True),
        ("tug", "min", False),
        ("tug", "", False),
        ("ten_metre_walk", "m/s", True),
        ("ten_metre_walk", "km/h", False),
        ("barthel_index", "{score}", True),
        ("barthel_index", "", True),
        ("barthel_index", "%", False),
        ("chair_stand_30s", "{#}/(30.s)", True),
        ("chair_stand_30s", "{score}", False),
    ],
)
def test_a_unit_fits_only_if_the_number_needs_no_conversion(instrument_id, unit, fits):
    assert catalogue.get(instrument_id).default_scale.accepts_unit(unit) is fits


@instruments
def test_every_text_that_people_read_is_there(instrument):
    for text, _ in extract.texts((instrument,)):
        assert text == text.strip()
    assert str(instrument) == str(instrument.name)
    assert instrument.direction.words in {"higher is better", "lower is better"}
    assert instrument.domain.label


def test_makemessages_finds_every_text_of_the_catalogue():
    assert extract.WORDS.read_text(encoding="utf-8") == extract.module(INSTRUMENTS), (
        "run: python -m mobility.catalogue.extract"
    )
