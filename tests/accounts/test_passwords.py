"""Passwords by NIST SP 800-63B-4, 3.1.1.2: long, not common, not of this place, and nothing else asked of them."""

import unicodedata

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

PERSON = User(username="amara.okonkwo", email="amara@clinic.example", display_name="Amara Okonkwo-Reyes")


@pytest.fixture(autouse=True)
def clinic(settings):
    settings.OT_CLINIC_NAME = "Riverside Rehabilitation"


@pytest.mark.parametrize(
    "password",
    [
        "four quiet herons wade", "a" * 7 + "bcdefghij", "nocapitalsnodigitsnosigns", "    spaces   count    ",
        "ворона и сыр на ёлке", "长长的密码也可以用中文来写的啊对吗", "🦉🦉 owls at the mill 🦉", "x" * 64 + " and one more", "я" * 200,
        "herons over riverside rehabilitation", "1597530486219375",
    ],
)  # fmt: skip
def test_what_is_accepted(password):
    validate_password(password, PERSON)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("fourteen chars", "at least 15"),
        ("e\u0301" * 14, "at least 15"),  # fourteen letters, however their accents are sent
        ("amara.okonkwo2026", "too similar to the username"),
        ("Amara Okonkwo Reyes", "too similar"),
        ("Riverside Rehabilitation!", "name of the clinic"),
        ("riverside-rehabilitation 1", "name of the clinic"),
        ("OT Tracker OT Tracker", "name of the clinic"),
        ("Occupational Therapy 1", "name of the clinic"),
        ("x" * 1001, "at most 1000"),
    ],
)
def test_what_is_not(password, why):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, PERSON)
    assert any(why in message for message in refused.value.messages), refused.value.messages


def test_common_ones_are_refused_whatever_their_length(settings):
    settings.OT_REQUIRE_SECOND_FACTOR = "all"
    with pytest.raises(ValidationError, match="too common"):
        validate_password("password1234", PERSON)


def test_shorter_is_enough_where_a_second_factor_is_always_asked_for(settings):
    settings.OT_REQUIRE_SECOND_FACTOR = "all"
    validate_password("herons wade!", PERSON)
    with pytest.raises(ValidationError, match="at least 12"):
        validate_password("heron wade!", PERSON)


def test_the_same_password_counts_however_a_keyboard_sends_it():
    user = User(username="x")
    user.set_password(unicodedata.normalize("NFD", "Ångström café über alles"))
    assert user.check_password(unicodedata.normalize("NFC", "Ångström café über alles"))
    assert not user.check_password("Angstrom cafe uber alles")
    assert not user.check_password(" Ångström café über alles")


def test_passwords_do_not_expire():
    assert not [field.name for field in User._meta.get_fields() if "expir" in field.name]
