"""Figures as a table for people and as JSON for comparisons."""

import os
import platform
import time
from collections.abc import Iterable, Sequence
from typing import Any

from demo.bench.actions import TREND_TAB
from demo.bench.measure import Result

FAST_PAGES = {"caseload": 15.0, "chart": 15.0, TREND_TAB: 30.0}
GATE_MS, GATE_QUERIES = 2.0, 3
GROWTH = 1.5
LOOP = 3_000_000
COLUMNS = (
    ("action", "action"), ("at once", "concurrency"), ("n", "requests"), ("p50 ms", "p50"), ("p95 ms", "p95"),
    ("p99 ms", "p99"), ("per s", "per_second"), ("app CPU ms", "app_cpu"), ("db CPU ms", "database_cpu"),
    ("queries", "queries"), ("statements", "statements"), ("KB", "kilobytes"),
)  # fmt: skip

GATE_COLUMNS = (
    ("page", "page"), ("with the gate ms", "with_gate"), ("without ms", "without"), ("the gate's part ms", "gate"),
    ("its queries", "queries"),
)  # fmt: skip


def machine() -> dict[str, Any]:
    """How fast this machine is just now, and how busy: figures of two runs compare only as far as these do."""
    started = time.process_time()
    sum(number * number for number in range(LOOP))
    return {
        "cpus": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "loop_cpu_ms": round(1000 * (time.process_time() - started)),
        "python": platform.python_version(),
    }


def document(
    patients: int,
    load: dict[str, Any],
    before: dict[str, Any],
    results: Sequence[Result],
    costs: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Everything that was measured; `before` is the machine as it was when the measuring began."""
    return {
        "patients": patients,
        "load": load,
        "machine": {"before": before, "after": machine()},
        "actions": [result.as_json() for result in results],
        "gate": list(costs),
        "goals": goals(results) | gate_goals(costs),
    }


def goals(results: Iterable[Result]) -> dict[str, bool]:
    """Whether pages that people open all day come in time when nobody else is there."""
    alone = {result.action: result.p50 for result in results if result.concurrency == 1}
    return {
        f"{page} p50 under {limit:g} ms alone": alone[page] < limit
        for page, limit in FAST_PAGES.items()
        if page in alone
    }


def gate_goals(costs: Iterable[dict[str, Any]]) -> dict[str, bool]:
    """Whether asking who may see a chart, and recording who did, costs as little as it should on every page."""
    return {
        f"gate and audit row of {cost['page']} in {GATE_QUERIES} queries and {GATE_MS:g} ms at most": cost["gate"]
        <= GATE_MS
        and cost["queries"] <= GATE_QUERIES
        for cost in costs
    }


def table(found: dict[str, Any]) -> str:
    """The figures of one size, for a terminal."""
    rows = [[title for title, _ in COLUMNS]]
    rows += [[_cell(action[name]) for _, name in COLUMNS] for action in found["actions"]]
    lines = [f"{found['patients']:,} patients", *_lay_out(rows)]
    costs = [[_cell(cost[name]) for _, name in GATE_COLUMNS] for cost in found["gate"]]
    lines += ["in the process, p50:", *_lay_out([[title for title, _ in GATE_COLUMNS], *costs])]
    lines += [f"{'met' if is_met else 'MISSED'}: {goal}" for goal, is_met in found["goals"].items()]
    for when, state in found["machine"].items():
        lines.append(
            f"{when}: load average {state['load_average']} on {state['cpus']} cores, "
            f"{state['loop_cpu_ms']} ms CPU for {LOOP:,} rounds of a loop"
        )
    return "\n".join(lines)


def comparison(small: dict[str, Any], large: dict[str, Any]) -> str:
    """How much longer each action takes at the larger size, one at a time.

    And how much more the server spends on it, which says more where the machine was busy with something else.
    """
    sizes = [f"{found['patients']:,}" for found in (small, large)]
    rows = [
        ["action", *(f"{size} {what}" for what in ("p50 ms", "CPU ms") for size in sizes), "times p50", "times CPU"]
    ]
    growths = []
    for before, after in zip(_alone(small), _alone(large), strict=True):
        figures = [before["p50"], after["p50"], _spent(before), _spent(after)]
        growths.append(after["p50"] / before["p50"])
        spent = figures[3] / figures[2] if figures[2] and figures[3] else None
        rows.append([after["action"], *map(_cell, [*figures, growths[-1], spent])])
    verdict = f"{'met' if max(growths) <= GROWTH else 'MISSED'}: no action takes more than {GROWTH} times as long"
    return "\n".join([*_lay_out(rows), verdict])


def _alone(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [action for action in found["actions"] if action["concurrency"] == 1]


def _spent(action: dict[str, Any]) -> float | None:
    """CPU of web server and database together."""
    parts = (action["app_cpu"], action["database_cpu"])
    return None if None in parts else sum(parts)


def _cell(value: Any) -> str:
    return "-" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)


def _lay_out(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    ]
