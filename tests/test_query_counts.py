"""Queries for each page: the same number for one row as for fifty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from equipment import services as equipment
from mobility import services as mobility
from patients import services
from sessions_notes import services as notes
from tests.factories import make_patient

# Sessions, user, gate and audit row included (transaction statements too).
PINNED = {
    "/caseload/": 0,
    "/caseload/?scope=team": 0,
    "/dashboard/": 0,
    "/patients/{pk}/": 0,
    "/patients/{pk}/history/": 0,
    "/status-history/": 0,
}


def fill(patient, by, count: int) -> None:
    """`count` of everything on one chart."""
    for number in range(count):
        now = timezone.now()
        mobility.record_score(
            patient=patient, score_type="barthel_index", score_value=str(number % 20 * 5), score_date=now.date(), by=by
        )
        services.change_mobility_status(
            patient=patient, to=("hoist", "assist_2")[number % 2], reason=f"Change {number}", by=by
        )


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection, ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("url", PINNED)
def test_queries_do_not_grow(sign_in, patient, therapist, lead, url):
    user = lead if "team" in url or url in {"/dashboard/", "/status-history/"} else therapist
    client = sign_in(user)
    url = url.format(pk=patient.pk)
    fill(patient, therapist, 1)
    few = queries(client, url)
    fill(patient, therapist, 49)
    for _ in range(49):
        fill(make_patient(therapist), therapist, 1)
    assert queries(client, url) == few
