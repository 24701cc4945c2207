"""The caseload: whose patients, found, narrowed, sorted and paged, with no name in an address."""

import pytest
from django.db import connection
from django.urls import reverse

from patients import services
from patients.models import Patient
from tests.factories import make_patient

URL = "/caseload/"


def names(response) -> list[str]:
    return [row.patient.family_name for row in response.context["rows"]]


def search(client, text: str, url: str = URL):
    return client.post(url, {"q": text}, follow=True)


def test_a_therapist_sees_their_own_patients_only(sign_in, patient, therapist, stranger):
    make_patient(stranger, family_name="Elsewhere")
    response = sign_in(therapist).get(URL)
    assert names(response) == ["Oluwaseun-Falade"]
    assert "OLUWASEUN-FALADE, Tobi" in response.content.decode()
    assert "OT-PLANTED-1" in response.content.decode()


def test_search_finds_by_name_and_identifier_without_accents_and_keeps_them_out_of_the_address(sign_in, therapist):
    make_patient(therapist, family_name="Ó Ceallaigh", given_names="Pádraig", patient_id="999 604 1123")
    make_patient(therapist, family_name="Other")
    client = sign_in(therapist)
    for text in ("o ceallaigh", "PADRAIG", "9996041123", "999 604"):
        response = search(client, text)
        assert names(response) == ["Ó Ceallaigh"], text
        address = response.redirect_chain[-1][0]
        assert "ceall" not in address.lower()
        assert "999" not in address


def test_search_stays_while_sorting_and_is_of_this_session_only(client, sign_in, patient, therapist, lead):
    key = search(sign_in(therapist), "oluwaseun").redirect_chain[-1][0].split("s=")[1]
    assert names(sign_in(therapist).get(URL, {"s": key, "sort": "level"})) == ["Oluwaseun-Falade"]
    client.logout()
    response = sign_in(lead).get(URL, {"s": key, "scope": "team"})
    assert response.context["text"] == ""


def test_empty_and_filtered_empty_say_what_to_do(sign_in, therapist):
    client = sign_in(therapist)
    assert "No patients on your caseload yet" in client.get(URL).content.decode()
    make_patient(therapist)
    response = search(client, "nobody")
    assert "No patients match “nobody”" in response.content.decode()
    assert "Remove search and filters" in response.content.decode()


@pytest.mark.parametrize(
    "params",
    [
        {"page": "99999999999999999999"}, {"page": "x"}, {"sort": "'; DROP TABLE"}, {"flag": "nope"}, {"status": "%00"},
        {"therapist": "-1"}, {"therapist": "9" * 400}, {"scope": "all"}, {"s": "../../etc"}, {"charts": "x" * 5000},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_falls_back(sign_in, patient, therapist, params):
    assert sign_in(therapist).get(URL, params).status_code in {200, 400}


def test_flags_count_what_they_list(sign_in, patient, therapist):
    services.change_mobility_status(patient=patient, to="hoist", reason="Fell", by=therapist)
    make_patient(therapist)
    client = sign_in(therapist)
    for chip in client.get(URL).context["chips"]:
        assert client.get(chip.url).context["page"].paginator.count == chip.count, chip.label
    assert names(client.get(URL, {"flag": "declined"})) == ["Oluwaseun-Falade"]


def test_status_filter_and_charts_that_are_not_active(sign_in, patient, therapist):
    services.change_chart_status(patient=patient, to="archived", reason="Discharged", by=therapist)
    make_patient(therapist, family_name="Hoisted", mobility_status="hoist")
    client = sign_in(therapist)
    assert names(client.get(URL, {"status": "hoist"})) == ["Hoisted"]
    assert names(client.get(URL)) == ["Hoisted"]
    assert names(client.get(URL, {"charts": "archived"})) == ["Oluwaseun-Falade"]
    assert names(client.get(URL, {"charts": "all"})) == ["Hoisted", "Oluwaseun-Falade"]


def test_paging(sign_in, therapist):
    for number in range(30):
        make_patient(therapist, family_name=f"P{number:02}")
    client = sign_in(therapist)
    first, second = client.get(URL), client.get(URL, {"page": "2"})
    assert len(names(first)) == 25
    assert names(second) == ["P25", "P26", "P27", "P28", "P29"]
    assert "1 to 25 of 30" in first.content.decode()


def test_a_lead_has_an_own_caseload_and_the_teams(sign_in, patient, lead, other_team):
    mine = make_patient(lead, family_name="Mine")
    client = sign_in(lead)
    assert names(client.get(URL)) == ["Mine"]
    assert set(names(client.get(URL, {"scope": "team"}))) == {"Mine", "Oluwaseun-Falade"}
    assert names(client.get(URL, {"scope": "team", "therapist": patient.primary_therapist_id})) == ["Oluwaseun-Falade"]
    assert mine.team == lead.team


def test_scope_team_gives_a_therapist_nothing_more(sign_in, patient, colleague):
    assert names(sign_in(colleague).get(URL, {"scope": "team", "charts": "all"})) == []


def test_finding_one_patient_opens_the_chart_and_several_list_them(sign_in, patient, therapist):
    client = sign_in(therapist)
    response = client.post(reverse("patients:find_patient"), {"q": "falade"})
    assert response.url == f"/patients/{patient.pk}/"
    make_patient(therapist, family_name="Falade")
    response = client.post(reverse("patients:find_patient"), {"q": "falade"}, follow=True)
    assert len(names(response)) == 2


def test_finding_somebody_elses_patient_finds_nobody(sign_in, patient, stranger):
    response = sign_in(stranger).post(reverse("patients:find_patient"), {"q": "OT-PLANTED-1"}, follow=True)
    assert "OLUWASEUN" not in response.content.decode()
    assert response.redirect_chain[-1][0].startswith("/caseload/?s=")


@pytest.mark.parametrize(
    "typed",
    ["OT-20777", "ot20777", "OT 20777", "ot/20777", "OT.20777", "20 777", "t-2077"],
)
def test_signs_and_spaces_in_an_identifier_do_not_matter(sign_in, therapist, typed):
    make_patient(therapist, patient_id="OT-20777", family_name="Wanted")
    make_patient(therapist, patient_id="OT-30888", family_name="Other")
    page = search(sign_in(therapist), typed).content.decode()
    assert "WANTED" in page
    assert "OTHER" not in page


@pytest.mark.parametrize("typed", ["ot20777", "O T 20777", "OT20777", "ot-20-777", "OT 2077 7"])
def test_nor_do_those_that_the_clinic_writes(sign_in, therapist, typed):
    make_patient(therapist, patient_id="OT 20-777.", family_name="Wanted")
    assert "WANTED" in search(sign_in(therapist), typed).content.decode()


@pytest.mark.parametrize("typed", ["%", "_", "-", "1%", "\\", "'1'"])
def test_signs_alone_find_only_what_holds_them(sign_in, therapist, typed):
    make_patient(therapist, patient_id="AB-234", family_name="Other")
    response = search(sign_in(therapist), typed)
    assert response.status_code == 200
    assert ("OTHER" in response.content.decode()) is (typed == "-")


def test_both_ways_to_write_an_identifier_are_looked_up_in_the_index(patient):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Patient.objects.matching("ot-20777").explain()
    assert plan.count("Bitmap Index Scan on patient_search") == 2
