"""No secret is in the repository, and the one that the site has can be replaced without losing anything."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from demo.staff import PASSWORD as DEMO_PASSWORD
from tests.accounts.factors import SECRET, code, give_app
from tests.factories import PASSWORD, UserFactory

ROOT = Path(__file__).resolve().parent.parent
# Said in public: they open invented records, or nothing at all.
PUBLIC = {
    DEMO_PASSWORD,
    PASSWORD,
    SECRET,
    "tests-only-tests-only-tests-only-tests-only-tests-only",
    "for-the-deployment-check-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "measured-not-guarded",  # of the invented clinic that `make bench` measures
    "a:b",
    "ottracker_app:password", "user:password", "user:pw", "ottracker:password",
}  # fmt: skip
PLACEHOLDER = re.compile(r"^(?:[\"']|\$|%|\{|<|env\.|settings\.|x+|y+|z+|correct |wrong)|…|\b(?:x|y|z)\" \* ")
SECRETS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----()"),
    "cloud key": re.compile(r"\b((?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{35})\b"),
    "token of a service": re.compile(r"\b((?:gh[pousr]|xox[abpr]|sk|pk|rk)[_-][A-Za-z0-9_-]{24,})\b"),
    "web token": re.compile(r"\b(eyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,})\b"),
    "key or password": re.compile(
        r"(?i)\b\w*(?:secret_key|secret|api_key|token|passwd|password)\w*[\"']?\s*[=:]\s*[\"']([^\"'\s]{16,})[\"']"
    ),
    "key in the environment": re.compile(r"(?m)^\s*(?:export )?\w*(?:SECRET|PASSWORD|TOKEN)\w*=([^\s$\"'{(]{8,})$"),
    "credentials in an address": re.compile(r"\b[a-z+]{3,}://([^\s/@:\"'{}$]+:[^\s/@\"'{}$%<]+)@"),
}


def files():
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S607
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def findings(text: str) -> list[tuple[str, str]]:
    """What looks like a secret; a dotted name of Python and what is said in public are none."""
    found = [(kind, match[1]) for kind, pattern in SECRETS.items() for match in pattern.finditer(text)]
    return [
        (kind, value)
        for kind, value in found
        if value not in PUBLIC and not PLACEHOLDER.search(value) and not re.fullmatch(r"[a-z_]+(?:\.\w+)+", value)
    ]


def test_no_secret_is_in_the_repository():
    texts = {path.relative_to(ROOT): path.read_bytes() for path in files()}
    assert len(texts) > 300
    found = {str(name): found for name, raw in texts.items() if (found := findings(raw.decode(errors="replace")))}
    assert found == {}
    assert [str(name) for name in texts if name.name in {".env", "secret_key", "id_rsa"} or name.suffix == ".pem"] == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + "PRIVATE KEY-----",
        "AKIA" + "Q" * 16,
        'SECRET_KEY = "' + "k3y" * 12 + '"',
        "password: '" + "Sommer2026-Klinik'",
        "DATABASE_URL=postgres://clinic:" + "hunter22@db.example.org/x",
        "EMAIL_PASSWORD=" + "b0rken-horse",
        "ghp_" + "a1B2" * 9,
    ],
)
def test_the_scan_finds_what_it_looks_for(text):
    assert findings(text)


def enter(client, user):
    answer = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return answer


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def test_the_secret_key_is_replaced_as_the_manual_says(settings, team):
    """docs/deploy.md, Accounts: the old key to the fallbacks, a new one, reseal, later the fallback away."""
    user, with_factor, forgetful = (UserFactory(team=team, raw_password=PASSWORD) for _ in range(3))
    give_app(with_factor)
    before, old = Client(), settings.SECRET_KEY
    enter(before, user)
    link = default_token_generator.make_token(forgetful)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [old]
    assert is_in(before), "who is signed in stays so"
    assert default_token_generator.check_token(forgetful, link), "a reset link that is on its way works"
    call_command("reseal", verbosity=0)
    after = Client()
    enter(after, user)

    settings.SECRET_KEY_FALLBACKS = []
    assert is_in(after)
    assert not default_token_generator.check_token(forgetful, link)
    late = Client()
    enter(late, with_factor)
    assert late.post(reverse("mfa_authenticate"), {"code": code()}).status_code == 302
    assert is_in(late), "the second factor was sealed anew"

    settings.SECRET_KEY = "m" * 60
    assert not is_in(after), "without its key no session counts"
