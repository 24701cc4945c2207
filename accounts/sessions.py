"""Sessions in the database, with whose they are and since when: SESSION_ENGINE.

A session of somebody who is signed in is over when its owner has done nothing for a while (OT_IDLE_SECONDS), and in
any case SESSION_COOKIE_AGE after signing in. The store itself says so: no path through the site can forget to ask.
The row remembers when something was last done, so that a page which does nothing else writes nothing, and another
request's data is never overwritten to say that somebody is there.
"""

import datetime as dt
import hashlib
import math
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import base, db
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.entries import Session
from ui.prepared import Prepared

NOTED_EVERY = dt.timedelta(seconds=60)
# How long the browser of a session that ran out is remembered to have been its owner's, to keep what they had typed.
REMEMBERED = dt.timedelta(hours=12)
STANDING = "standing"
ABOUT = ("account_id", "started_at", "seen_at", "address", "user_agent")


_Store: Any = db.SessionStore  # whose stubs leave out what a store is made of


def row_key(session_key: str) -> str:
    """The primary key of a session's row, which does not give the cookie away."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def standing(user: Any) -> str:
    """What an account may do at large. A session whose owner's standing has changed goes on under a new key."""
    return f"{user.role} {user.is_approved} {user.is_superuser}"


def why_over(row: Session) -> str:
    """Why a session of somebody who was signed in is over; empty while it is not."""
    now = timezone.now()
    if now - row.seen_at > dt.timedelta(seconds=settings.OT_IDLE_SECONDS):
        return "idle"
    return "longest" if row.expire_date <= now or not row.session_data else ""


def _with_owner(session_key: str) -> QuerySet[Session]:
    found: QuerySet[Session] = Session.objects.filter(pk=session_key).select_related("account")
    return found


_read = Prepared(_with_owner)


class SessionStore(_Store):
    row: Session | None = None
    lapsed: Session | None = None  # the row of a session that ran out, found by its cookie
    browser: tuple[str | None, str] | None = None  # address and browser, once somebody signs in

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def _get_session_from_db(self) -> Any:
        row = next(iter(_read(session_key=row_key(self.session_key or ""))), None)
        if row is not None and row.account_id and why_over(row):
            self.lapsed = row if timezone.now() - row.seen_at < REMEMBERED else None
            row = None
        elif row is not None and row.expire_date <= timezone.now():
            row = None
        if row is None:
            self._session_key = None
        self.row = row
        return row

    def exists(self, session_key: str) -> bool:
        return bool(Session.objects.filter(pk=row_key(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        now = timezone.now()
        row, account = self.row, int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if row is None or row.account_id != account:
            row = Session(account_id=account, started_at=now if account else None, seen_at=now)
        if self.browser is not None:
            row.address, row.user_agent = self.browser
        self.row = Session(
            session_key=row_key(self._get_or_create_session_key()),
            session_data=self.encode(data),
            # Counted from signing in: no amount of use makes a session live longer.
            expire_date=(row.started_at or now) + longest(),
            **{name: getattr(row, name) for name in ABOUT},
        )
        return self.row

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        row = self.create_model_instance(self._get_session())
        # Not seen_at: a slower request must not put it back.
        names = ("session_data", "expire_date", "account_id", "started_at", "address", "user_agent")
        if not Session.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names}):
            raise base.UpdateError

    def cycle_key(self) -> None:
        """A new key for the same session: when it began and who is in it stay."""
        self._get_session()
        before = self.row
        super().cycle_key()
        if before is not None and self.row is not None:
            about = {name: getattr(before, name) for name in ABOUT}
            Session.objects.filter(pk=self.row.pk).update(**about)
            for name, value in about.items():
                setattr(self.row, name, value)

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(pk=row_key(key)).delete()

    def flush(self) -> None:
        super().flush()
        self.row = None

    def owner(self) -> Any:
        """The account that is signed in, read with the row and found good; None leaves it to Django to find out."""
        data = self._get_session()
        account = self.row.account if self.row is not None and self.row.account_id else None
        if account is None or not account.is_active or data.get(SESSION_KEY) != str(account.pk):
            return None
        is_good = constant_time_compare(data.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
        return account if is_good and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS else None

    def seconds_left(self) -> int:
        """Until this session ends by itself if its owner does nothing more; 0 for people who are not signed in."""
        self._get_session()
        if self.row is None or not self.row.account_id:
            return 0
        ends = min(self.row.seen_at + dt.timedelta(seconds=settings.OT_IDLE_SECONDS), self.row.expire_date)
        return max(0, math.ceil((ends - timezone.now()).total_seconds()))

    def note_activity(self, *, address: str | None, user_agent: str) -> None:
        """Remember that the owner did something: at most one small write a minute."""
        self._get_session()
        now = timezone.now()
        if self.row is None or not self.row.account_id or now - self.row.seen_at < NOTED_EVERY:
            return
        self.row.seen_at, self.row.address, self.row.user_agent = now, address, user_agent[:300]
        Session.objects.filter(pk=self.row.pk).update(seen_at=now, address=address, user_agent=user_agent[:300])

    @classmethod
    def clear_expired(cls) -> None:
        """`manage.py clearsessions`: what has served, of sessions, attempts and kept forms."""
        from accounts import tidying

        tidying.clear_away()


def longest() -> dt.timedelta:
    return dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
