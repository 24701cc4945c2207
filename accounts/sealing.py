"""Sealed texts: what must not lie in the database in clear, under a key made from SECRET_KEY.

SECRET_KEY_FALLBACKS still open what was sealed under them; `manage.py reseal` writes it anew before they go.
"""

import base64
import functools
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(ValueError):
    """Sealed under a key that is gone, or changed since."""


def seal(text: str) -> str:
    return _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises Unreadable."""
    try:
        return _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


@functools.lru_cache
def _keys(*secrets: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    # SECRET_KEY is long and random: one keyed hash gives a key of the right length, apart from all other uses of it.
    digest = hashlib.blake2b(b"accounts.sealing", key=hashlib.sha512(secret.encode()).digest(), digest_size=32)
    return base64.urlsafe_b64encode(digest.digest())
