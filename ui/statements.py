"""Statements that are run again and again: with a cursor that the connection keeps, and several at once in a pipeline."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import Pipeline
from psycopg.generators import fetch_many

Params = Sequence[Any] | Mapping[str, Any]  # %s in their order, or %(name)s: one that is named twice is sent once


def execute(sql: str, params: Params, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Run a statement that every page runs, with a plan that the connection keeps. Not between answers (`answers`)."""
    with _executed(connections[using], sql, params):
        if connections[using].connection._pipeline:
            raise RuntimeError("This statement's own answer would come too late to know whether it worked")


def fetch(sql: str, params: Params, *, using: str = DEFAULT_DB_ALIAS) -> list[Any]:
    """The rows of a statement that is asked again and again, with a plan that the connection keeps."""
    with _executed(connections[using], sql, params) as cursor:
        rows: list[Any] = cursor.fetchall()
        return rows


@contextmanager
def answers(
    statements: Sequence[tuple[str, Params]], *, using: str = DEFAULT_DB_ALIAS
) -> Iterator[Iterator[list[Any]]]:
    """The rows of each, in this order: all are asked for now, and each list is there as soon as PostgreSQL has found it.

    What else is asked inside is answered as well; leaving then waits once more.
    """
    connection = connections[using]
    connection.ensure_connection()
    driver: Any = connection.connection
    driver._pipeline = driver._pipeline or _Pipeline(driver)
    with ExitStack() as stack, connection.wrap_database_errors, driver.pipeline() as pipeline:
        cursors = []
        for sql, params in statements:
            cursors.append(stack.enter_context(_executed(connection, sql, params)))
            pipeline.command_queue.append(driver.pgconn.send_flush_request)
        pipeline.end()
        yield (_answer(driver, cursor) for cursor in cursors)


def _answer(driver: Any, cursor: Any) -> list[Any]:
    driver.wait(_arrival(cursor, driver._pipeline))
    rows: list[Any] = cursor.fetchall()
    return rows


def _arrival(cursor: Any, pipeline: Any) -> Any:
    """Wait until this cursor has its answer, and not for those after it, as fetchall() of a pipeline does."""
    while cursor.pgresult is None and (found := (yield from fetch_many(pipeline.pgconn))):
        pipeline._process_results(pipeline.result_queue.popleft(), found)


class _Pipeline(Pipeline):
    """Its Sync goes out with the last statement, so that leaving it need not wait for one more answer."""

    has_ended = False

    def end(self) -> None:
        """Say that nothing else is asked for. If something is after all, leaving sends a Sync of its own."""
        self._enqueue_sync()
        self._conn.wait(self._communicate_gen())
        self.has_ended = True

    def _communicate_gen(self) -> Any:
        self.has_ended = False
        return super()._communicate_gen()

    def _exit_gen(self) -> Any:
        return self._fetch_gen(flush=False) if self.has_ended else super()._exit_gen()


@contextmanager
def _executed(connection: Any, sql: str, params: Params) -> Iterator[Any]:
    """A cursor. Values are bound in the server, so that a connection that asks again finds the plan made."""
    connection.ensure_connection()
    driver: Any = connection.connection
    server_binding: Any = ServerBindingCursor
    if not (connection.queries_logged or connection.execute_wrappers):
        # What Django's wrapper of a cursor comes to where nobody listens, in a third of the time.
        connection.validate_no_broken_transaction()
        kept = vars(driver).setdefault("_ot_cursors", {})
        cursor = kept.pop(sql, None) or server_binding(driver)
        with connection.wrap_database_errors:
            yield cursor.execute(sql, params)
        _empty(cursor)
        kept[sql] = cursor  # it knows by now how this statement's values are written and its columns read
        return
    with connection._prepare_cursor(server_binding(driver)) as listened_to:
        listened_to.execute(sql, params)
        if connection.queries_logged:  # the driver no longer knows the text of a statement that it has prepared
            connection.queries_log[-1]["sql"] = sql
        yield listened_to


def _empty(cursor: Any) -> None:
    """Let go of what was found, which is about patients; what is left is about the statement."""
    cursor._reset()
    cursor._tx.set_pgresult(None)
