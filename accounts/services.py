"""Writes to accounts and teams: sign-up, approval, roles, leads, passwords, switching off.

What a rule refuses is a ValidationError that names the field, so that forms can say it where it belongs.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import lapses, second_factor
from accounts.browsers import describe
from accounts.models import Session, Team, User
from accounts.roles import CLINICAL, Role
from accounts.sessions import row_key
from audit.api import record_event

EDITABLE = frozenset({"username", "email", "display_name", "credentials", "role", "team"})


@transaction.atomic
def sign_up(*, username: str, email: str, display_name: str, password: str, credentials: str = "") -> User:
    """Make an account that can sign in and waits for approval. Raises ValidationError (username or email taken)."""
    account = User(username=username, email=email, display_name=display_name, credentials=credentials)
    account.set_password(password)
    _save_new(account)
    record_event("account.signed_up", by=account, target=account)
    return account


@transaction.atomic
def create_account(
    *,
    username: str,
    email: str,
    display_name: str,
    password: str,
    by: User,
    role: str = Role.OBSERVER,
    team: Team | None = None,
    credentials: str = "",
) -> User:
    """Make an account that is approved from the start. Raises ValidationError."""
    account = User(username=username, email=email, display_name=display_name, credentials=credentials)
    account.role, account.team = role, team
    account.approved_at, account.approved_by = timezone.now(), by
    account.set_password(password)
    check_role(account)
    _save_new(account)
    record_event("account.created", by=by, target=account, details={"role": account.role})
    sync_lead_groups(account=account)
    return account


@transaction.atomic
def approve_account(*, account: User, by: User) -> User:
    """Let an account in with the role and team that it has now. An approved account is left as it is.

    Raises ValidationError where the role needs a team, and for an account that is switched off.
    """
    account = _lock(account, by)
    if not account.is_active:
        raise ValidationError({"is_active": _("This account is switched off. Switch it on again first.")})
    if account.approved_at is None:
        check_role(account)
        account.approved_at, account.approved_by = timezone.now(), by
        account.save(update_fields=["approved_at", "approved_by"])
        record_event("account.approved", by=by, target=account, details={"role": account.role})
    sync_lead_groups(account=account)
    return account


@transaction.atomic
def change_account(*, account: User, changes: Mapping[str, Any], by: User) -> User:
    """Change who an account is for: name, address, role, team. Nothing is written where nothing differs.

    Rights as a lead follow role and team in this transaction; patients stay where they are. Raises ValidationError.
    """
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    account = _lock(account, by)
    changed = sorted(name for name, value in changes.items() if getattr(account, name) != value)
    if not changed:
        return account
    left_team = account.team if "team" in changed else None
    for name in changed:
        setattr(account, name, changes[name])
    check_own_account(account, by)
    if account.approved_at:
        check_role(account)
    account.is_superuser = account.is_superuser and account.role == Role.ADMIN
    account.full_clean(validate_unique=False, validate_constraints=False)
    with _taken_names():
        account.save(update_fields=[*changed, "is_staff", "is_superuser"])
    if left_team is not None:
        account.groups.remove(left_team.lead_group_id)
    sync_lead_groups(account=account)
    record_event("account.changed", by=by, target=account, details={"fields": changed})
    return account


@transaction.atomic
def deactivate_account(*, account: User, by: User) -> User:
    """Switch an account off: every session of it ends with its next request for good, and sign-in is refused.

    Its patients stay with it until their lead hands them over. Raises ValidationError for one's own account.
    """
    account = _lock(account, by)
    if account.is_active:
        account.is_active = False
        account.session_epoch += 1
        check_own_account(account, by)
        account.save(update_fields=["is_active", "session_epoch"])
        Session.objects.filter(account=account).delete()
        record_event("account.deactivated", by=by, target=account)
    sync_lead_groups(account=account)
    return account


@transaction.atomic
def reactivate_account(*, account: User, by: User) -> User:
    """Switch an account on again, with the role, team and approval that it had. Its owner signs in anew."""
    account = _lock(account, by)
    if not account.is_active:
        if account.approved_at:
            check_role(account)
        account.is_active = True
        account.save(update_fields=["is_active"])
        record_event("account.reactivated", by=by, target=account)
    sync_lead_groups(account=account)
    return account


@transaction.atomic
def set_password(*, account: User, password: str, by: User, event: str = "account.password_set") -> None:
    """Set a password that has passed the rules already; every session of the account ends."""
    account.set_password(password)
    # Not the whole row: a deactivation since the page was opened must not be undone.
    account.save(update_fields=["password"])
    record_event(event, by=by, target=account)


@transaction.atomic
def change_preferences(*, account: User, theme: str, has_shortcuts: bool) -> None:
    """Keep what a person chose for the look and the keys of the site."""
    account.theme, account.has_shortcuts = theme, has_shortcuts
    account.clean_fields(exclude={field.name for field in User._meta.fields} - {"theme", "has_shortcuts"})
    account.save(update_fields=["theme", "has_shortcuts"])


def list_sessions(request: HttpRequest, account: User) -> list[Session]:
    """Where the account is signed in now; `is_here` marks the one that asks."""
    here = row_key(request.session.session_key or "")
    found: list[Session] = list(Session.objects.open_of(account))
    for session in found:
        session.is_here = session.pk == here  # type: ignore[attr-defined]
        session.browser = describe(session.user_agent)  # type: ignore[attr-defined]
    return found


@transaction.atomic
def end_sessions(request: HttpRequest, account: User, *, key: str = "") -> int:
    """Sign the account out of one other session, or of all others. Never of the one that asks."""
    if key:
        here = row_key(request.session.session_key or "")
        count, _by_model = Session.objects.filter(account=account, pk=key).exclude(pk=here).delete()
    else:
        count = second_factor.end_other_sessions(request, account)
    if count:
        record_event("account.sessions_ended", by=account, target=account, request=request, details={"count": count})
    return int(count)


def owner_of_browser(request: HttpRequest) -> User | None:
    """Whose session this browser has, or had until it ran out."""
    if isinstance(request.user, User):
        return request.user
    owner = lapses.owner_of(request)
    found: User | None = User.objects.filter(pk=owner, is_active=True).first() if owner else None
    return found


@transaction.atomic
def create_team(*, name: str, by: User) -> Team:
    """Add a team. Raises ValidationError (name taken)."""
    team = Team(name=name)
    team.full_clean(exclude=["lead_group"], validate_constraints=False)
    with _taken_names():
        team.save()
    record_event("team.created", by=by, target=team)
    return team


@transaction.atomic
def change_team(*, team: Team, name: str, is_active: bool, by: User) -> Team:
    """Rename a team, close it or open it again. Raises ValidationError: name taken, or closing one that has people."""
    team = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    values = {"name": name, "is_active": is_active}
    changed = sorted(field for field, value in values.items() if getattr(team, field) != value)
    if not changed:
        return team
    team.name, team.is_active = name, is_active
    check_closing(team)
    team.full_clean(exclude=["lead_group"], validate_constraints=False)
    with _taken_names():
        team.save(update_fields=changed)
    record_event("team.changed", by=by, target=team, details={"fields": changed})
    return team


@transaction.atomic
def set_further_leads(*, team: Team, leads: Collection[User], by: User) -> None:
    """Make these leads of other teams lead this team as well, and nobody else from outside it. Raises ValidationError.

    With the lead group come all rights on the team's patients, at once.
    """
    Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    if any(not lead.is_clinical or lead.role != Role.LEAD for lead in leads):
        raise ValidationError({"further_leads": _("Choose among approved leads")})
    before = set(team.lead_group.user_set.exclude(team=team).values_list("pk", flat=True))
    wanted = {lead.pk for lead in leads if lead.team_id != team.pk}
    if before == wanted:
        return
    team.lead_group.user_set.remove(*(before - wanted))
    team.lead_group.user_set.add(*(wanted - before))
    details = {"added": sorted(wanted - before), "removed": sorted(before - wanted)}
    record_event("team.leads_changed", by=by, target=team, details=details)


@transaction.atomic
def sync_lead_groups(*, account: User) -> None:
    """Put an account in its team's lead group if it is an approved lead, and out of every lead group otherwise.

    Further teams that a lead leads (set on the team's page in the admin) stay.
    """
    if not (account.is_clinical and account.role == Role.LEAD):
        account.groups.remove(*Team.objects.values_list("lead_group", flat=True))
    elif account.team is not None:
        account.groups.add(account.team.lead_group)


# The rules, for the forms of the admin as well.


def check_role(account: User) -> None:
    """Raise ValidationError where an approved account of this role must have a team, or has one that is closed."""
    if account.role in CLINICAL and account.team is None:
        message = _("Choose a team: an account with the role %(role)s belongs to one.")
        raise ValidationError({"team": message % {"role": account.get_role_display()}})
    if account.team is not None and not account.team.is_active:
        raise ValidationError({"team": _("This team is closed. Choose another.")})


def check_own_account(account: User, by: User) -> None:
    """Raise ValidationError where an administrator would lock themselves out: somebody must be left who can undo it."""
    if account.pk != by.pk:
        return
    if not account.is_active:
        raise ValidationError({"is_active": _("You cannot switch off your own account.")})
    if by.role == Role.ADMIN and account.role != Role.ADMIN:
        raise ValidationError({"role": _("You cannot take the administrator role from your own account.")})


def check_closing(team: Team) -> None:
    """Raise ValidationError where a team is to be closed and still has approved members."""
    if not team.is_active and (members := team.members.approved().count()):
        message = _("This team has %(count)s members. Move them to other teams first.") % {"count": members}
        raise ValidationError({"is_active": message})


def _lock(account: User, by: User) -> User:
    """The account's row, locked; and the actor's, so that two administrators cannot switch each other off at once."""
    rows = User.objects.select_for_update(of=("self",)).filter(pk__in={account.pk, by.pk}).order_by("pk")
    found = {row.pk: row for row in rows}
    if by.pk in found and not found[by.pk].is_active:
        raise ValidationError(_("Your own account has been switched off."))
    account = found[account.pk]
    if account.team_id:
        account.team = Team.objects.get(pk=account.team_id)
    return account


def _save_new(account: User) -> None:
    account.full_clean(validate_unique=False, validate_constraints=False)
    with _taken_names():
        account.save()


@contextmanager
def _taken_names() -> Iterator[None]:
    """Say which name was taken. The database alone knows: another row may be made at this very moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if constraint == "user_email_unique":
            raise ValidationError({"email": _("An account has this email already")}) from error
        if "username" in constraint:
            raise ValidationError({"username": _("This username is taken")}) from error
        if constraint.startswith(("team_name", "auth_group_name")):
            raise ValidationError({"name": _("A team has this name already")}) from error
        raise
