"""Titles end up in histories and on shared screens: they tell a browser's tabs apart and never say who."""

import re

from tests.routes import patient_routes


def title(response):
    return re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)[1]


def test_every_page_of_a_chart_has_a_title_of_its_own_without_the_patient(sign_in, patient, lead):
    client, titles = sign_in(lead), {}
    for route in patient_routes():
        response = client.get(route.path(patient_id=patient.pk))
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):  # and no download
            titles[route.name] = title(response)
    assert titles["audit:show_history"] == "History \N{EN DASH} Patient chart \N{EN DASH} OT Tracker"
    assert titles["patients:show_chart"] == "Overview \N{EN DASH} Patient chart \N{EN DASH} OT Tracker"
    assert len(titles) > 10
    assert len(set(titles.values())) == len(titles)
    for found in titles.values():
        assert found.endswith("\N{EN DASH} Patient chart \N{EN DASH} OT Tracker")
        assert not any(part in found for part in (patient.family_name, patient.given_names, patient.patient_id))


def test_a_rejected_form_says_so_first(sign_in, patient, therapist):
    response = sign_in(therapist).post(f"/patients/{patient.pk}/scores/record/", {})
    assert title(response).startswith("Error: Record a score \N{EN DASH} Patient chart")
