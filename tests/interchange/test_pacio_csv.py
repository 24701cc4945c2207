"""PACIO's tables: a row is an Observation, with the ids that the bundles give it, so that both are one record."""

from interchange.records import Kind
from mobility import catalogue
from mobility.models import Assessment, GoalSet
from tests.interchange.importing import run_import
from tests.interchange.samples import LOINC, person, score, write_ndjson, write_table

COLUMNS = [
    "resource.id", "subject.reference", "code.code", "code.display", "code.system", "value.code", "value.display",
    "value.system", "valueQuantity", "effectiveDateTime", "hasMember.reference[...]",
]  # fmt: skip
SELF_CARE = ["83232-9", "83230-3", "83228-7", "83226-1", "83224-6", "83222-0", "83220-4"]


def row(own_id, code, value="", members=(), **cells):
    return {
        "resource.id": own_id, "subject.reference": "pat1", "code.code": code, "code.system": LOINC,
        "value.code": value, "value.system": LOINC, "effectiveDateTime": "2021-02-21T08:00:00-05:00",
        "hasMember.reference[...]": "||".join(members), **cells,
    }  # fmt: skip


def tables(folder, *, items, collections):
    write_table(folder / "FPObservation.data.csv", COLUMNS, *items)
    write_table(folder / "FPCollection.data.csv", COLUMNS, *collections)


def test_rows_become_an_assessment_with_what_was_not_attempted_and_goals_apart(tmp_path, therapist):
    answers = ["LA10055-4", "LA28225-3", "LA10073-7", "LA26735-3", "LA10058-8", "LA9983-3", "LA27665-1"]
    items = [row(f"q{n}", code, answer) for n, (code, answer) in enumerate(zip(SELF_CARE, answers, strict=True))]
    items += [
        row("g1", "83217-0", "LA9983-3"),
        row("moca", "72172-0", valueQuantity="19 '{score}'"),
        row("x", "85070-1", "LA11539-6"),
    ]
    collections = [
        row("c1", "83233-7", members=[f"q{n}" for n in range(7)]),
        row("c2", "85056-0", members=["g1"]),
        row("c3", "72133-2", members=["moca"]),
    ]
    tables(tmp_path, items=items, collections=collections)
    write_ndjson(tmp_path / "a.ndjson", [person("P1-pat1")])
    outcome = run_import(tmp_path, therapist=therapist)
    assert outcome.failures == []
    done = Assessment.objects.get()
    assert done.answers == {
        "GG0130A": "3", "GG0130B": "4", "GG0130C": "5", "GG0130E": "88", "GG0130F": "07", "GG0130G": "6", "GG0130H": "1",
    }  # fmt: skip
    total = done.scores.get()
    assert (total.score_value, total.is_recoded, total.entry) == (21, True, "imported")
    assert GoalSet.objects.get().answers == {"GG0170A": "6"}
    assert outcome.totals("scores") == {"created": 1, "skipped": 2}  # MoCA; its panel, and what is no item of GG
    again = run_import(tmp_path, therapist=therapist)
    assert (again.totals("assessments"), again.totals("goals")) == ({"unchanged": 1}, {"unchanged": 1})


def test_a_row_and_the_bundle_made_from_it_are_one_record(tmp_path, therapist):
    tables(tmp_path, items=[row("moca", "72172-0", valueQuantity="19 '{score}'")], collections=[])
    same = score(
        "P1-moca", of="Patient/P1-pat1", loinc="72172-0", effectiveDateTime="2021-02-21T08:00:00-05:00",
        valueQuantity={"value": 19, "system": "http://unitsofmeasure.org", "code": "{score}"},
    )  # fmt: skip
    write_ndjson(tmp_path / "a.ndjson", [person("P1-pat1"), same])
    assert run_import(tmp_path, therapist=therapist).totals("scores") == {"created": 1, "unchanged": 1}


def test_an_answer_that_no_item_has_costs_its_collection_alone(tmp_path, therapist):
    items = [row("q1", "83232-9", "LA1-2"), row("q2", "83232-9", "LA9983-3"), row("q3", "83230-3", "LA9983-3")]
    tables(
        tmp_path,
        items=items,
        collections=[row("c1", "83233-7", members=["q1"]), row("c2", "83233-7", members=["q2", "q3"])],
    )
    write_ndjson(tmp_path / "a.ndjson", [person("P1-pat1")])
    outcome = run_import(tmp_path, therapist=therapist)
    assert outcome.totals("assessments") == {"created": 1, "failed": 1}
    assert outcome.failures[0].endswith("an answer that its item does not have")
    assert not Assessment.objects.get().is_complete


def test_every_code_of_section_gg_is_of_an_item_that_the_catalogue_has():
    from interchange.fhir_r4 import section_gg

    asked = catalogue.get("section_gg").questions
    known = {item.id for item in asked.items}
    assert set(section_gg.ABILITIES.values()) == known
    assert set(section_gg.GOALS.values()) <= known
    allowed = {*map(str, range(1, 7)), *asked.not_attempted.codes}
    assert set(section_gg.ANSWERS.values()) == allowed
    assert not section_gg.ABILITIES.keys() & section_gg.GOALS.keys()
    assert {section_gg.ANSWERS[code]: code for code in section_gg.ANSWER_CODES.values()} == section_gg.ANSWER_CODES
    assert Kind.GOALS == "goals"
