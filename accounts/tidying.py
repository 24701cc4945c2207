"""What has served and goes: `manage.py clearsessions`, once a day."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from accounts import kept, lapses
from accounts.entries import Attempt, KeptForm, Session
from accounts.sessions import REMEMBERED, why_over


def clear_away() -> None:
    """Record the end of sessions that ran out unseen, and delete old sessions, attempts and kept forms."""
    now = timezone.now()
    for row in Session.objects.exclude(account=None).exclude(session_data="").select_related("account").iterator():
        if reason := why_over(row):
            lapses.end(row, reason=reason)
    gone = Q(expire_date__lt=now, account=None) | Q(seen_at__lt=now - REMEMBERED, session_data="")
    Session.objects.filter(gone).delete()
    Attempt.objects.filter(at__lt=now - dt.timedelta(days=1)).delete()
    KeptForm.objects.filter(at__lt=now - kept.KEPT_FOR).delete()
