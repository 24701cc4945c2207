"""Several statements at once: each answered in order, and the connection left as it was, whatever happens between them."""

import psycopg
import pytest
from django.db import DataError, connection
from psycopg.pq import PipelineStatus, TransactionStatus

from accounts.models import Team
from tests.factories import TeamFactory
from ui.statements import answers, execute, fetch

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = [("SELECT %s::int", [number]) for number in (1, 2, 3)]


def is_at_rest():
    """Whether nobody waits for anything on this connection: as the driver has it, and as the server has it."""
    info = connection.connection.info
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        (state,) = other.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [info.backend_pid]).fetchone()
    return (info.pipeline_status, info.transaction_status, state) == (
        PipelineStatus.OFF,
        TransactionStatus.IDLE,
        "idle",
    )


def test_each_has_its_answer_in_order():
    with answers(NUMBERS) as found:
        assert list(found) == [[(1,)], [(2,)], [(3,)]]
    assert is_at_rest()


@pytest.mark.parametrize("taken", range(4))
def test_what_is_asked_between_them_is_answered_and_left_behind(taken):
    TeamFactory()
    with answers(NUMBERS) as found:
        for number in range(1, taken + 1):
            assert next(found) == [(number,)]
        assert Team.objects.count() == 1
        assert fetch("SELECT %s::int", [7]) == [(7,)]
        with answers(NUMBERS) as others:
            assert next(others) == [(1,)]
        assert list(found) == [[(number,)] for number in (1, 2, 3)[taken:]]
    assert is_at_rest()


@pytest.mark.parametrize("taken", range(4))
def test_what_fails_between_them_leaves_the_connection_usable(taken):
    for _ in range(7):  # first as it stands, then as a statement that the driver has prepared
        with pytest.raises(DataError, match="division by zero"), answers(NUMBERS) as found:
            for _ in range(taken):
                next(found)
            fetch("SELECT 1 / %s", [0])
        assert is_at_rest()
        assert fetch("SELECT %s::int", [7]) == [(7,)]


def test_what_has_no_answer_is_not_run_between_them():
    with pytest.raises(RuntimeError), answers(NUMBERS):
        execute("INSERT INTO accounts_team (name) VALUES (%s)", ["Never"])
    assert is_at_rest()
    assert not Team.objects.exists()
