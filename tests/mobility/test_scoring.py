"""Answers into results. The twelve worked examples first, then what holds for any legal answers."""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from mobility import catalogue
from mobility.catalogue import Context, Instrument, Rule, Scoring, decimal_yaml
from mobility.catalogue.reading import read_catalogue
from mobility.change import Choice, Measured, choose, compare, judge, rounded
from mobility.scoring import AnswersRefused, Result, points_for, score, score_goals, score_speed, score_value
from tests.mobility.test_catalogue_schema import CODED, GOOD, LOOKUP

D = Decimal
VECTORS = decimal_yaml.load(Path(__file__).with_name("vectors.yaml").read_text(encoding="utf-8"))["vectors"]
HAND = {Context.HAND: "left", Context.WOUND: "heel"}
ITEMISED = [one for one in catalogue.everything() if one.questions.items and one.scoring is not Scoring.FORMULA]
SUBTOTALLED = [one for one in catalogue.everything() if one.questions.subtotals]


def result_of(vector: dict) -> Result:
    instrument = catalogue.get(vector["instrument"])
    if "value" in vector:
        return score_value(instrument, vector["value"])
    if "goals" in vector.get("inputs", {}):
        return score_goals(instrument, [(one["x"], one["w"]) for one in vector["inputs"]["goals"]])
    return score(instrument, vector.get("answers") or vector["subtotals"], context=HAND)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["id"])
def test_the_twelve_worked_examples(vector):
    instrument, expect = catalogue.get(vector["instrument"]), vector["expect"]
    if "error" in expect:
        with pytest.raises(AnswersRefused) as refused:
            result_of(vector)
        assert [one.kind for one in refused.value.problems] == [expect["error"]]
        return
    result = result_of(vector)
    scale = instrument.scale(vector.get("scale"))
    assert result.totals[scale.id] == expect["total"]
    assert {name: result.totals[name] for name in expect.get("scales", {})} == expect.get("scales", {})
    assert result.is_legacy_recode is bool(expect.get("legacy_recode"))
    assert result.raw == expect.get("raw")
    said = {}
    for band in instrument.bands + instrument.held_bands:
        found = band.range_of(result.totals[scale.id])
        said[band.id] = str(found.label).lower() if found else None
    for band_id, label in expect["bands"].items():
        assert said[band_id] == (label and label.lower())
    for change in vector.get("changes", []):
        follow(instrument, scale, change)


def follow(instrument, scale, change):
    """The numbers are judged also by thresholds that are held back; `compare` itself says nothing of those."""
    before, after = rounded(change["from"], scale), rounded(change["to"], scale)
    choice = Choice(mdc=change.get("mdc", ""), mcid=change.get("mcid", ""))
    context = dict.fromkeys(instrument.requires, "left")
    at = partial(Measured, scale_id=scale.id, version=instrument.version, instrument_id=instrument.id, context=context)
    verdict = compare(instrument, at(value=before), at(value=after), choice=choice)
    assert verdict.outcome == change["direction"]
    for key in ("mdc", "mcid"):
        if key not in change:
            continue
        everything = getattr(instrument, key) + getattr(instrument, f"held_{key}")
        threshold = choose(everything, change[key], scale, before)
        assert threshold.id == change[key]
        expected = change[f"{key}_result"]
        assert judge(threshold, before=before, change=after - before) == expected
        judged = getattr(verdict, key)
        assert (judged.size if judged else None) == (expected if threshold.may_be_shown else None)


def test_times_become_points_where_the_seconds_were_checked():
    sppb = catalogue.get("sppb")
    stands = {"side_by_side": 1, "semi_tandem": 1, "gait_points": 3}
    result = score(sppb, stands, times={"tandem_s": D("6.0"), "chair_5_s": "16.70"})
    assert result.totals == {"total": 7, "balance": 3, "gait": 3, "chair": 1}
    edges = {"11.19": 4, "11.20": 3, "13.69": 3, "13.70": 2, "16.69": 2, "16.70": 1, "60": 1, "60.01": 0}
    assert {time: points_for(sppb, "chair_5_s", time) for time in edges} == edges
    assert [points_for(sppb, "tandem_s", time) for time in ("2.99", "3", "9.99", "10")] == [0, 1, 1, 2]
    assert points_for(sppb, "chair_5_s", None) == 0, "unable"
    held = next(one for one in sppb.questions.times if one.id == "gait_4m_s")
    assert [held.points(D(time)) for time in ("4.81", "4.82", "5.10", "6.20", "6.21", "8.70", "8.71")] == [
        4, 3, 3, 3, 2, 2, 1
    ]  # fmt: skip
    for rule, seconds, kind in (
        ("gait_4m_s", "5.10", "not_verified"), ("chair_5_s", "0", "invalid_value"), ("chair_5_s", "1,5", "invalid_value"),
        ("chair_5_s", "10000", "invalid_value"), ("tandem_s", None, "invalid_value"), ("walk_s", "5", "unknown_item"),
    ):  # fmt: skip
        with pytest.raises(AnswersRefused) as refused:
            points_for(sppb, rule, seconds)
        assert refused.value.problems[0].kind == kind
    with pytest.raises(AnswersRefused, match="chair_points: duplicate"):
        score(sppb, stands | {"chair_points": 1}, times={"chair_5_s": "16.70"})


def test_a_stance_that_was_not_reached_counts_nothing_and_takes_no_points():
    sppb = catalogue.get("sppb")
    rest = {"gait_points": 1, "chair_points": 1}
    assert score(sppb, {"side_by_side": 0, **rest}).total == 2
    assert score(sppb, {"side_by_side": 1, "semi_tandem": 0, **rest}).total == 3
    assert score(sppb, {"side_by_side": 1, **rest}).missing["balance"] == ("semi_tandem", "tandem")
    with pytest.raises(AnswersRefused, match="tandem: conflict"):
        score(sppb, {"side_by_side": 1, "semi_tandem": 0, "tandem": 2, **rest})


def test_the_reflex_item_of_the_fugl_meyer_counts_only_after_full_marks_out_of_synergy():
    arm = catalogue.get("fugl_meyer_ue")
    full = {one.id: one.allowed[-1] for one in arm.questions.items}
    assert score(arm, full, context=HAND).total == 66
    less = full | {"a4_abduction_90": 1}
    with pytest.raises(AnswersRefused, match="a5_normal_reflex: conflict"):
        score(arm, less, context=HAND)
    del less["a5_normal_reflex"]
    assert score(arm, less, context=HAND).total == 63
    del full["a5_normal_reflex"]
    assert score(arm, full, context=HAND).missing["a_arm"] == ("a5_normal_reflex",)


def test_the_wheelchair_is_counted_only_for_somebody_who_cannot_walk():
    barthel = catalogue.get("modified_barthel_shah")
    best = {one.id: one.allowed[-1] for one in barthel.questions.items if not one.is_alternate}
    assert score(barthel, best).total == 100
    sitting = best | {"ambulation": 0, "wheelchair": 5}
    assert score(barthel, sitting).total == 90, "the maximum that a wheelchair user can reach"
    del sitting["ambulation"]
    assert score(barthel, sitting).counted == score(barthel, best).counted
    assert score(barthel, best | {"wheelchair": 0}).total == 100
    with pytest.raises(AnswersRefused, match="wheelchair: conflict"):
        score(barthel, best | {"wheelchair": 5})


def test_section_gg_recodes_what_was_not_attempted_and_has_no_total_for_what_nobody_looked_at():
    gg = catalogue.get("section_gg")
    care = {one.id: "06" for one in gg.questions.of_scale("self_care")}
    result = score(gg, care)
    assert (result.total, result.is_legacy_recode, result.is_complete) == (42, False, False)
    assert "mobility" not in result.totals
    for code in ("07", "09", "10", "88", 7, D(9), 88):
        recoded = score(gg, care | {"GG0130E": code})
        assert (recoded.total, recoded.recoded["self_care"]) == (37, ("GG0130E",))
    dash = score(gg, care | {"GG0130E": "-"})
    assert (dash.total, dash.missing["self_care"], dash.is_legacy_recode) == (None, ("GG0130E",), False)
    assert score(gg, care | {"GG0170R": 6}).totals == {"self_care": 42}, "the substitution rule is not known"
    with pytest.raises(AnswersRefused, match="GG0130E: invalid_value"):
        score(gg, care | {"GG0130E": "77"})


def test_every_problem_is_found_at_once_and_the_message_holds_no_answer():
    pairs = [("category", 1), ("category", 2), ("gait", 3)]
    with pytest.raises(AnswersRefused) as refused:
        score(catalogue.get("functional_ambulation_category"), [*pairs, ("category", "x")])
    assert [(one.item, one.kind) for one in refused.value.problems] == [
        ("category", "duplicate"), ("gait", "unknown_item"), ("category", "duplicate")
    ]  # fmt: skip
    for answer in (
        "6",
        "-1",
        "1.5",
        "1,0",
        "",
        "\N{SUPERSCRIPT TWO}",
        "1e0",
        D("NaN"),
        D("Infinity"),
        D("1E+999999"),
        D("1E-999999"),
        10**5000,
        "9" * 1_000_000,
    ):
        with pytest.raises(AnswersRefused) as refused:
            score(catalogue.get("functional_ambulation_category"), {"category": answer})
        assert [one.message for one in refused.value.problems] == ["Choose one of 0, 1, 2, 3, 4, 5"]
        assert str(refused.value) == "category: invalid_value"
    with pytest.raises(AnswersRefused) as refused:
        score(catalogue.get("braden"), {"mobility": 5})
    assert refused.value.problems[0].message == "Enter a whole number from 1 to 4"
    with pytest.raises(AnswersRefused, match="hand: missing_context"):
        score_value(catalogue.get("grip_strength"), "20.5")
    with pytest.raises(AnswersRefused) as refused:
        score_value(catalogue.get("tug"), "18,4")
    assert refused.value.problems[0].message.startswith("Use a point, not a comma")


def test_speed_and_goals_are_exact_and_rounded_half_up():
    walk, goals = catalogue.get("ten_metre_walk"), catalogue.get("goal_attainment_scaling")
    assert score_speed(walk, "10", "12.5").total == D("0.80")
    assert str(score_speed(walk, 6, "8").total) == "0.75"
    assert str(score_speed(walk, "1", "8").total) == "0.13", "0.125, half up"
    assert score_goals(goals, [(0, 1)] * 5).total == 50
    assert (score_goals(goals, [(2, 1)]).total, score_goals(goals, [(-2, 1)]).total) == (70, 30)
    assert (score_goals(goals, [(2, 1)] * 3).total, score_goals(goals, [(-2, 1)] * 3).total) == (D("77.4"), D("22.6"))
    assert score_goals(goals, []).total is None and not score_goals(goals, []).is_complete
    for rated, items in (([(3, 1)], ["goals[0].x"]), ([(1, 0), (1, "0.5")], ["goals[0].w", "goals[1].w"])):
        with pytest.raises(AnswersRefused) as refused:
            score_goals(goals, rated)
        assert [one.item for one in refused.value.problems] == items
    for distance, time, items in (
        ("10", "0", ["time_s"]),
        ("ten", "-1", ["distance_m", "time_s"]),
        ("9999", "0.01", ["time_s"]),
    ):
        with pytest.raises(AnswersRefused) as refused:
            score_speed(walk, distance, time)
        assert [one.item for one in refused.value.problems] == items
    with pytest.raises(ValueError, match=f"not scored by {Rule.SPEED}"):
        score_speed(goals, "10", "10")


def test_a_mean_and_a_table_of_another_instrument_are_followed():
    (mean,) = read_catalogue(GOOD.replace("scoring: sum", "scoring: mean"), "demo.yaml")
    assert score(mean, {"one": 2, "two": 3}).total == 3, "2.5, half up to whole points"
    (table,) = read_catalogue(LOOKUP, "demo.yaml")
    result = score(table, {"one": 4, "two": 6})
    assert (result.total, result.raw) == (10, 10)
    assert score(table, {"one": 4}).missing == {"raw": ("two",), "total": ("two",)}
    (coded,) = read_catalogue(CODED, "demo.yaml")
    assert score(coded, {"one": 4, "two": "88"}).recoded == {"total": ("two",)}


def legal(instrument: Instrument) -> st.SearchStrategy[dict[str, D]]:
    """Any answers that an instrument takes, all items answered, alternates left out."""
    items = [one for one in instrument.questions.items if not one.is_alternate]
    drawn = st.fixed_dictionaries({one.id: st.sampled_from(one.allowed) for one in items})

    def settle(answers):
        for one in items:
            if one.counts_if and sum(answers[name] for name in one.counts_if.items) < one.counts_if.at_least:
                answers = answers | {one.id: D(0)}
        return answers

    return drawn.map(settle)


@settings(max_examples=60)
@given(st.data())
def test_any_legal_answers_give_a_total_within_range_whatever_their_order(data):
    instrument = data.draw(st.sampled_from(ITEMISED))
    answers = data.draw(legal(instrument))
    result = score(instrument, answers, context=HAND)
    assert result.is_complete
    for scale in instrument.scales:
        assert scale.min <= result.totals[scale.id] <= scale.max
        assert scale.clean(result.totals[scale.id]) == result.totals[scale.id]
    shuffled = data.draw(st.permutations(list(answers.items())))
    assert score(instrument, shuffled, context=HAND).totals == result.totals


@settings(max_examples=60)
@given(st.data())
def test_a_better_answer_to_one_item_never_lowers_a_total(data):
    instrument = data.draw(st.sampled_from(ITEMISED))
    answers = data.draw(legal(instrument))
    item = data.draw(st.sampled_from([one for one in instrument.questions.items if not one.is_alternate]))
    better = answers | {item.id: data.draw(st.sampled_from([one for one in item.allowed if one >= answers[item.id]]))}
    try:
        higher = score(instrument, better, context=HAND)
    except AnswersRefused:
        reject()  # the answer depends on another one that was not given
    lower = score(instrument, answers, context=HAND)
    assert all(higher.totals[name] >= lower.totals[name] for name in lower.totals)


@settings(max_examples=60)
@given(st.data())
def test_one_item_missing_is_no_total(data):
    instrument = data.draw(st.sampled_from(ITEMISED))
    answers = data.draw(legal(instrument))
    item = data.draw(
        st.sampled_from([one for one in instrument.questions.items if not one.is_alternate and not one.counts_if])
    )
    del answers[item.id]
    result = score(instrument, answers, context=HAND)
    assert item.scale_id not in result.totals and item.id in result.missing[item.scale_id]
    assert not result.is_complete


@settings(max_examples=40)
@given(st.data())
def test_sub_totals_add_up_and_one_missing_is_no_total(data):
    instrument = data.draw(st.sampled_from(SUBTOTALLED))
    parts = instrument.questions.subtotals
    answers = {one.id: data.draw(st.integers(int(one.min), int(one.max))) for one in parts}
    result = score(instrument, answers, context=HAND)
    assert result.total == sum(answers.values()) == instrument.clean_value(result.total)
    assert all(result.totals[one.id] == answers[one.id] for one in parts if one.id in result.totals)
    del answers[data.draw(st.sampled_from(parts)).id]
    assert score(instrument, answers, context=HAND).total is None


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 9999)), min_size=1, max_size=12), st.data())
def test_goals_in_any_order_give_one_score_that_rises_with_each(goals, data):
    gas = catalogue.get("goal_attainment_scaling")
    total = score_goals(gas, goals).total
    assert D("13.5") <= total <= D("86.5")
    assert score_goals(gas, data.draw(st.permutations(goals))).total == total
    (x, w), *others = goals
    assert score_goals(gas, [(min(x + 1, 2), w), *others]).total >= total


def floats(thing, seen):
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, float):
        yield thing
    elif is_dataclass(thing):
        for one in fields(thing):
            yield from floats(getattr(thing, one.name), seen)
    elif isinstance(thing, dict):
        yield from (found for pair in thing.items() for one in pair for found in floats(one, seen))
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from (found for one in thing for found in floats(one, seen))


def test_there_is_no_binary_float_in_the_catalogue_nor_in_any_result_and_none_gets_in():
    results = [result_of(one) for one in VECTORS if "error" not in one["expect"]]
    assert list(floats([catalogue.everything(), results], set())) == []
    assert list(floats([{"a": (1.5,)}], set())) == [1.5], "the walk would find one"
    fac, walk, gas = (
        catalogue.get(name) for name in ("functional_ambulation_category", "ten_metre_walk", "goal_attainment_scaling")
    )
    for call in (
        lambda: score(fac, {"category": 1.0}),
        lambda: score(fac, {"category": True}),
        lambda: score_speed(walk, 10.0, 8),
        lambda: score_goals(gas, [(1, 1.0)]),
        lambda: score_value(walk, 0.8),
        lambda: points_for(catalogue.get("sppb"), "chair_5_s", 16.7),
        lambda: rounded(0.8, walk.default_scale),
    ):
        with pytest.raises(TypeError):
            call()
