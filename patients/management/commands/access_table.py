"""Write the part of SECURITY.md that says who can do what: from the gate's ceilings, the grants and the URLconf."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from accounts.access import CEILING, Access
from accounts.permissions import Perm
from accounts.roles import Role
from patients.emergencies import EMERGENCY_PERMS
from patients.services.grants import GRANTS, LEAD_GRANTS
from patients.vocabulary import CareRole

MARK = "Do not edit from here. -->\n"
YES, NO = "yes", "no"

PARTS = (
    "A chart opens to somebody by a part in the patient's care, by leading the patient's team, or in an emergency; each "
    "gives rights on that one patient:"
)
ROLES = (
    "The role of an account is the most that it may hold on any chart, whatever part it was given. Auditors and "
    "administrators hold nothing, nor do superusers, inactive accounts and those that wait for approval:"
)
PAGES = (
    "Other pages, and the roles that they are for; to all others they answer 404. What they list is what the person may "
    "see:"
)


class Command(BaseCommand):
    help = "Write who can do what into SECURITY.md; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if the file is not current")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "SECURITY.md"
        before = path.read_text()
        with override("en-gb"):
            text = before.partition(MARK)[0] + MARK + tables()
        if check and text != before:
            raise CommandError("SECURITY.md is not current. Run manage.py access_table.")
        if not check:
            path.write_text(text)


def tables() -> str:
    """The tables as Markdown."""
    routes = list(_routes(get_resolver().url_patterns))
    by_perm = [(perm, [name for name, mark in routes if mark.perm == perm and mark.kind == "patient"]) for perm in Perm]
    parts = [
        PARTS,
        _table("Part", list(Perm), _parts()),
        ROLES,
        _table("Role", list(Perm), ((role.label, CEILING.get(role, frozenset())) for role in Role)),
        "What each page of a chart asks for:",
        _list("Right", by_perm),
        PAGES,
        _table("Page", list(Role), _of_roles(routes)),
        "Everybody who is signed in: " + _names(name for name, mark in routes if mark.kind == "account") + ".",
        "Everybody: " + _names(name for name, mark in routes if mark.kind == "public") + ", `/healthz`, `/readyz`.",
    ]
    return "\n" + "\n\n".join(parts) + "\n"


def _parts() -> Iterator[tuple[str, Iterable[Any]]]:
    yield from ((str(CareRole(role).label), perms) for role, perms in GRANTS.items())
    yield "Lead of the patient's team", LEAD_GRANTS
    yield "Emergency access, while it lasts", EMERGENCY_PERMS
    yield "Anybody else", ()


def _routes(patterns: Any, namespace: str = "") -> Iterator[tuple[str, Access]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            access = getattr(entry.callback, "access", None)
            if isinstance(access, Access):
                yield f"{namespace}{entry.name}", access


def _of_roles(routes: Iterable[tuple[str, Access]]) -> Iterator[tuple[str, Iterable[Role]]]:
    """Pages for some roles; all of Django admin as one."""
    for name, mark in sorted(routes, key=lambda route: route[0]):
        if mark.kind in {"role", "caseload"} and (name == "admin:index" or not name.startswith("admin:")):
            yield f"`{name}`", mark.roles


def _table(first: str, columns: list[Any], rows: Iterable[tuple[Any, Iterable[Any]]]) -> str:
    lines = [f"| {first} | {' | '.join(str(column.label) for column in columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, held in rows:
        holds = set(held)
        lines.append(f"| {name} | {' | '.join(YES if column in holds else NO for column in columns)} |")
    return "\n".join(lines)


def _list(first: str, rows: Iterable[tuple[Any, list[str]]]) -> str:
    lines = [f"| {first} | Pages |", "|---|---|"]
    lines += [f"| {perm.label} | {_names(names)} |" for perm, names in rows]
    return "\n".join(lines)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(set(names)))
