"""Writes to accounts and teams: approval, roles, leads, switching off."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from accounts.roles import Role
from audit.api import record_event


@transaction.atomic
def approve_account(*, account: User, by: User) -> User:
    """Let an account in with the role and team that it has now. An approved account is left as it is."""
    account = User.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.approved_at is None:
        account.approved_at, account.approved_by = timezone.now(), by
        account.save(update_fields=["approved_at", "approved_by"])
        record_event("account.approved", by=by, target=account, details={"role": account.role})
    sync_lead_groups(account=account)
    return account


@transaction.atomic
def deactivate_account(*, account: User, by: User) -> User:
    """Switch an account off: every session of it ends with its next request, and sign-in is refused."""
    account = User.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.is_active:
        account.is_active = False
        account.save(update_fields=["is_active"])
        record_event("account.deactivated", by=by, target=account)
    sync_lead_groups(account=account)
    return account


@transaction.atomic
def sync_lead_groups(*, account: User) -> None:
    """Put an account in its team's lead group if it is an approved lead, and out of every lead group otherwise.

    Further teams that a lead leads (set on the team's page in the admin) stay.
    """
    if not (account.is_clinical and account.role == Role.LEAD):
        account.groups.remove(*Team.objects.values_list("lead_group", flat=True))
    elif account.team is not None:
        account.groups.add(account.team.lead_group)
