"""Which thresholds a diagnosis group is judged by: only published ones of that very group, and never the nearest."""

from decimal import Decimal

import pytest

from mobility import catalogue, populations
from mobility.catalogue import CatalogueError
from mobility.change import NO_CHOICE, Choice, Measured, compare
from patients.vocabulary import DiagnosisGroup

GOOD = """\
schema_version: 1
reviewed_on: "2026-11-21"
thresholds:
- group: parkinson
  instrument: tug
  mdc: parkinson
  mcid: null
  why: Published for it.
"""


def verdict(instrument_id, group, before, after):
    one = catalogue.get(instrument_id)
    both = (
        Measured(value=Decimal(value), scale_id=one.default_scale.id, version=one.version, instrument_id=one.id)
        for value in (before, after)
    )
    return compare(one, *both, choice=populations.choice(group, one))


def test_every_row_names_thresholds_that_are_shown():
    rows = dict(populations.read(populations.FILE.read_text(), "thresholds.yaml"))
    assert len(rows) > 15
    for (_, instrument_id, scale_id), chosen in rows.items():
        one = catalogue.get(instrument_id)
        for name, shown in ((chosen.mdc, one.mdc), (chosen.mcid, one.mcid)):
            if name not in {"", populations.NONE_FITS}:
                assert any(each.answers_to(name) and each.scale_id == scale_id for each in shown)
    for one in catalogue.everything():
        assert populations.choice("", one) == NO_CHOICE, "without a group only the default is used"


def test_the_group_decides_which_threshold_judges():
    assert populations.choice("stroke_chronic", catalogue.get("barthel_index")) == Choice(mdc="stroke_chronic")
    chronic = verdict("barthel_index", "stroke_chronic", 60, 70)
    assert (chronic.mdc.threshold.id, chronic.is_beyond_error, chronic.mcid) == ("stroke_chronic", False, None)
    assert populations.judged_by(chronic) == "Judged by: Chronic stroke, n=60, retest about 2 weeks"
    unknown = verdict("barthel_index", "", 60, 70)
    assert (unknown.mdc, unknown.mcid, populations.judged_by(unknown)) == (None, None, "")
    assert verdict("tug", "parkinson", "22.10", "18.40").is_beyond_error
    assert verdict("berg_balance_scale", "", 28, 35).mdc.threshold.id == "older_25_34"
    # Donoghue and Stokes left people with Parkinson's disease out: their error is not that of this patient.
    assert verdict("berg_balance_scale", "parkinson", 28, 35).mdc is None
    copm = catalogue.get("copm")
    chosen = [populations.choice("older_reablement", copm, one.id).mcid for one in copm.scales]
    assert chosen == ["reablement_performance", "reablement_satisfaction"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("group: parkinson", "group: parkinsons", "file: parkinsons: tug: group: there is no diagnosis group"),
        ("group: parkinson", 'group: ""', "group: must be one line of text"),
        ("instrument: tug", "instrument: tugg", "file: parkinson: tugg: instrument: there is no instrument"),
        ("mdc: parkinson", "mdc: alzheimer", "file: parkinson: tug: mdc: alzheimer is held back"),
        ("mdc: parkinson", "mdc: nobody", "file: parkinson: tug: mdc: there is no mdc nobody on scale time"),
        ("mdc: parkinson", "mdc: null", "file: parkinson: tug: says nothing"),
        ("  why:", "  without: [mdc]\n  why:", "without: mdc is chosen"),
        ("  why:", "  without: [mcid]\n  why:", "without: there is no default mcid"),
        ("  why:", "  scale: pace\n  why:", "scale: there is no scale pace"),
        ("  why:", "  wy:", "file: parkinson: tug: why: is missing"),
        ("  why:", "  more: x\n  why:", "more: is not a key that is known here"),
        ("schema_version: 1", "schema_version: 2", "file: schema_version: must be 1"),
        ("thresholds:", "thresholds: [", "file: "),
    ],
)
def test_a_malformed_row_stops_the_start_and_says_where(old, new, problem):
    assert dict(populations.read(GOOD, "file"))
    with pytest.raises(CatalogueError) as error:
        dict(populations.read(GOOD.replace(old, new), "file"))
    assert problem in str(error.value)
    with pytest.raises(CatalogueError, match="is there twice"):
        dict(populations.read(GOOD + GOOD.split("thresholds:\n")[1], "file"))


def test_the_group_is_chosen_in_the_form_and_known_afterwards(sign_in, therapist, patient):
    client = sign_in(therapist)
    assert not populations.basis(patient).is_chosen
    url = f"/patients/{patient.pk}/edit/"
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    wrong = client.post(url, data | {"diagnosis_group": "plague", "phone": "0123"})
    assert wrong.status_code == 422
    assert wrong.context["form"]["phone"].value() == "0123"
    assert client.post(url, data | {"diagnosis_group": "stroke_chronic"}).status_code == 302
    label = str(DiagnosisGroup.STROKE_CHRONIC.label)
    assert label in client.get(f"/patients/{patient.pk}/").content.decode()
    known = client.get(f"/patients/{patient.pk}/known/patient/diagnosis_group/").context["answer"].said
    assert [str(one.value) for one, _ in known] == [label, "Not chosen"]
    # Somebody else's page from before: both are told apart by their words, not by codes.
    stale = client.post(url, data | {"diagnosis_group": "parkinson"})
    assert stale.status_code == 409
    told = [(typed, stored) for field, typed, stored in stale.context["differing"]]
    assert told == [(DiagnosisGroup.PARKINSON.label, label)]
    patient.refresh_from_db()
    patient.held_perms = frozenset({"change_patient"})
    assert populations.basis(patient).text == f"Diagnosis group: {label}"
