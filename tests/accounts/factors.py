"""Second factors for tests: an authenticator app whose secret is known, and its codes."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth

from accounts import sealing
from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105


def give_app(user: User) -> Authenticator:
    app, _made = Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": sealing.seal(SECRET)}}
    )
    return app


def code(secret: str = SECRET, *, later: int = 0) -> str:
    """What the app shows now, or `later` half minutes on."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + later))


def wrong_code() -> str:
    good = {code(later=step) for step in (-2, -1, 0, 1, 2)}
    return next(text for text in ("000000", "111111", "222222", "333333", "444444", "555555") if text not in good)


def recovery_codes(user: User) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()
