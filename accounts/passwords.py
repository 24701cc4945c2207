"""What a password must not be, beside too short and too common (NIST SP 800-63B-4, 3.1.1.2)."""

import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 1000
PRODUCT = ("ottracker", "ot tracker", "occupational therapy", "occupationaltherapy")


def shortest() -> int:
    """15 characters where a password alone may let somebody in, as NIST SP 800-63B-4 asks; 12 beside a second factor."""
    return 12 if settings.OT_REQUIRE_SECOND_FACTOR == "all" else 15


class ShortestValidator(MinimumLengthValidator):
    """Length, counted as people see it: one for each character, whatever the language. No other rule of composition."""

    def __init__(self) -> None:
        super().__init__(min_length=shortest())

    def validate(self, password: str, user: Any = None) -> None:
        self.min_length = shortest()
        super().validate(unicodedata.normalize("NFKC", password), user)


class ContextValidator:
    """Not what anybody would try first here: the clinic's or the site's name with little beside it."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = _letters(password)
        for name in {_letters(settings.OT_CLINIC_NAME), *map(_letters, PRODUCT)}:
            # Something of one's own has to be left: at least eight characters that are not the name.
            if name and name in plain and len(plain.replace(name, "")) < 8:
                message = _("The password is too similar to the name of the clinic or of this site.")
                raise ValidationError(message, code="password_too_close")

    def get_help_text(self) -> str:
        return _("Not the name of the clinic or of this site.")


class LongestValidator:
    """Room for any passphrase, and a limit on how much one request can have hashed."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("Enter at most %(count)d characters") % {"count": LONGEST}, code="too_long")

    def get_help_text(self) -> str:
        return ""


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
