"""The History tab and the audit list, narrowed by what stands in the address."""

import pytest
from django.utils import timezone

from patients import services
from ui.dates import show_date


@pytest.fixture
def address(request, patient, therapist, lead, sign_in):
    """Each of the two pages, for who may read it."""
    services.change_mobility_status(patient=patient, to="hoist", reason="New left hip pain", by=therapist)
    sign_in(lead)
    return {"tab": f"/patients/{patient.pk}/history/", "list": "/status-history/"}[request.param]


BOTH = pytest.mark.parametrize("address", ["tab", "list"], indirect=True)


@BOTH
def test_filters_narrow_the_list(client, address):
    today = show_date(timezone.localdate())
    page = client.get(f"{address}?status_type=mobility_status&direction=declined&since={today}&until={today}")
    assert page.status_code == 200
    assert "New left hip pain" in page.content.decode()
    assert "New left hip pain" not in client.get(f"{address}?direction=improved").content.decode()


@BOTH
def test_filters_do_not_say_that_they_are_optional(client, address):
    assert "(optional)" not in client.get(address).content.decode()


@BOTH
@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("since=03/04/2026", "since", "Enter a date like"),
        ("until=soon", "until", "Enter a date like"),
        ("since=04-Mar-2026&until=03-Mar-2026", "until", "not before the first day"),
        ("status_type=planted", "status_type", "Select a valid choice"),
        ("direction=sideways", "direction", "Select a valid choice"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_beside_its_field_and_lists_nothing(
    client, address, query, field, message
):
    response = client.get(f"{address}?{query}")
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert f'id="id_{field}_error"' in page
    assert "There is a problem" in page
    assert "<title>Error: " in page
    assert "Nothing is listed until the filters are corrected" in page
    assert "New left hip pain" not in page
    if field in {"since", "until"}:
        assert query.split("=")[-1] in page


@BOTH
@pytest.mark.parametrize("query", ["since=%00", "before=planted", "since=" + "9" * 5000, "page=1&x=%ff"])
def test_nothing_in_the_address_breaks_the_page(client, address, query):
    assert client.get(f"{address}?{query}").status_code in {200, 400, 422}
