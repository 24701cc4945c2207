"""One settings module: everything that differs between machines comes from the environment.

With DEBUG off, SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL must be given; what is missing is named.
"""

from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
OT_DEMO = env.bool("OT_DEMO", default=False)

_missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL") if not env.str(name, default="")]
if DEBUG:
    _missing = [name for name in _missing if name == "DATABASE_URL"]
if _missing:
    raise ImproperlyConfigured(
        f"Set {', '.join(_missing)} in the environment. "
        "(For a trial or for development, manage.py and make start an embedded PostgreSQL by themselves.)"
    )

SECRET_KEY = env.str("SECRET_KEY", default="") or get_random_secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- The clinic ---
OT_CLINIC_NAME = env.str("OT_CLINIC_NAME", default="OT Tracker")
# What this clinic calls its own patient identifier: "ID", "MRN", "NHS No.", …
OT_PATIENT_ID_LABEL = env.str("OT_PATIENT_ID_LABEL", default="ID")
# How long an emergency access to a chart lasts, in minutes: up to a day, which the database holds it to.
OT_EMERGENCY_MINUTES = env.int("OT_EMERGENCY_MINUTES", default=60)
if not 1 <= OT_EMERGENCY_MINUTES <= 24 * 60:
    raise ImproperlyConfigured("OT_EMERGENCY_MINUTES must be from 1 to 1440")
# How many days before its day a measure of a patient's plan is shown as due soon.
OT_DUE_SOON_DAYS = env.int("OT_DUE_SOON_DAYS", default=7)
if not 0 <= OT_DUE_SOON_DAYS <= 90:
    raise ImproperlyConfigured("OT_DUE_SOON_DAYS must be from 0 to 90")
# Who answers questions and complaints about privacy, with a telephone number: printed on letters to patients.
OT_PRIVACY_CONTACT = env.str("OT_PRIVACY_CONTACT", default="")
# To whom a patient may complain beside the clinic.
OT_PRIVACY_AUTHORITY = env.str(
    "OT_PRIVACY_AUTHORITY", default="the Secretary of the U.S. Department of Health and Human Services"
)
OT_DATA_DIR = Path(env.str("OT_DATA_DIR", default=str(BASE_DIR / "var")))

# --- Applications ---
INSTALLED_APPS = [
    "config.apps.AdminConfig",
    "accounts.commandline",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "guardian",
    "simple_history",
    "ui",
    "accounts",
    "audit",
    "patients",
    "mobility",
    "equipment",
    "sessions_notes",
    "amendments",
    "dashboards",
    "interchange",
    "demo",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.middleware.HeadersMiddleware",
    "config.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.BadInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionClockMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.AccessMiddleware",
]

# Where Django admin is; a name that nobody guesses keeps scanners out of the log, the role and second factor keep them out.
ADMIN_URL = env.str("ADMIN_URL", default="admin/").strip("/") + "/"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ui.context.clinic",
            ],
            "builtins": ["ui.templatetags.addresses", "ui.templatetags.ui"],
            # Django's own tags, quicker: docs/adr/0016-quicker-django.md
            "libraries": {"i18n": "ui.templatetags.words", "static": "ui.templatetags.files"},
        },
    },
    {  # what a page repeats: ui/parts.py
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "parts",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "ui.parts.environment",
            "functions": [
                "mobility.markup.moved",
                "patients.templatetags.chart.known",
                "patients.templatetags.chart.known_icon",
            ],
        },
    },
]

# Two libraries of one name are on purpose for these two; tests/ui/test_quick.py sees to it that there are no others.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

# --- Database: the site's role can add to the audit trail and not change it; the owner's runs migrations ---
OT_AS_OWNER = env.bool("OT_AS_OWNER", default=False)  # set by manage.py for the commands that need the owner
OT_HAS_OWNER_URL = bool(env.str("DATABASE_OWNER_URL", default=""))
# Only for a server that gives a clinic but one role: the site works, and /readyz does not insist on a second one.
OT_OWNER_ROLE_ALLOWED = env.bool("OT_OWNER_ROLE_ALLOWED", default=False)
OT_AUDIT_RETENTION_YEARS = env.int("OT_AUDIT_RETENTION_YEARS", default=7)
_site, _owner = env.db("DATABASE_URL"), env.db("DATABASE_OWNER_URL", default=env.str("DATABASE_URL"))
OT_SITE_ROLE = _site if _site.get("USER") != _owner.get("USER") else {}
DATABASES = {"default": dict(_owner if OT_AS_OWNER else _site)}
# A socket directory is written %2Fpath in a URL, as libpq has it; django-environ leaves it so.
DATABASES["default"]["HOST"] = unquote(DATABASES["default"].get("HOST") or "")
if "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database, for example postgres://user:pw@host/name")
# ui/prepared.py asks with prepared statements, from the first time on; behind PgBouncer older than 1.21 they have to be off.
if env.bool("DATABASE_PREPARE", default=True):
    DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), "prepare_threshold": 0}
if env.bool("DATABASE_POOL", default=True):
    # The pool replaces persistent connections; it must hold at least one connection for each thread.
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 10},
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Accounts ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "display_name")},
    },
    {"NAME": "accounts.passwords.ShortestValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.ContextValidator"},
    {"NAME": "accounts.passwords.LongestValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian: no row stands for people who are not signed in
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignUpForm",
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "user_token": "accounts.forms.UserTokenForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator approves every account by hand
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
# Passwords, codes and resets have limits of their own (accounts/limits.py); many people may share one address.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "", "reset_password": "", "reauthenticate": "", "signup": "20/m/ip"}
# Django's own, which reads User.email: the package's one fills its table of addresses, which stays empty here.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 60 * 60
# Seconds for which having shown who one is counts for a sensitive act.
OT_REAUTH_SECONDS = ACCOUNT_REAUTHENTICATION_TIMEOUT = env.int("OT_REAUTH_SECONDS", default=5 * 60)
ACCOUNT_USERNAME_BLACKLIST = ["admin", "root", "system"]

# --- Second factor ---
# roles: leads, auditors and administrators; all: everybody; none: for the demo clinic and for development only.
OT_REQUIRE_SECOND_FACTOR = env.str("OT_REQUIRE_SECOND_FACTOR", default="none" if OT_DEMO or DEBUG else "roles")
if OT_REQUIRE_SECOND_FACTOR not in {"roles", "all", "none"}:
    raise ImproperlyConfigured("OT_REQUIRE_SECOND_FACTOR is roles or all")
if OT_REQUIRE_SECOND_FACTOR == "none" and not (OT_DEMO or DEBUG):
    raise ImproperlyConfigured("OT_REQUIRE_SECOND_FACTOR=none is for the demo clinic (OT_DEMO=1): set roles or all")
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.CodeForm",
    "authenticate_webauthn": "accounts.factor_forms.KeyForm",
    "reauthenticate": "accounts.factor_forms.CodeAgainForm",
    "reauthenticate_webauthn": "accounts.factor_forms.KeyAgainForm",
    "activate_totp": "accounts.factor_forms.ActivateAppForm",
    "add_webauthn": "accounts.factor_forms.AddKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = OT_CLINIC_NAME
MFA_TOTP_TOLERANCE = 1  # half a minute of a phone's clock; a code still counts once (accounts.factor_forms.use_once)
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the package's table of addresses is empty here

# --- Cache: limits on attempts, the same on every node and in every process, without another server ---
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ot_cache",  # made by a migration of accounts
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# --- Sessions and transport ---
HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_ENGINE = "accounts.sessions"
# Seconds: without anything done, and in any case after signing in.
OT_IDLE_SECONDS = env.int("OT_IDLE_SECONDS", default=15 * 60)
OT_IDLE_WARNING_SECONDS = env.int("OT_IDLE_WARNING_SECONDS", default=2 * 60)
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 60 * 60)
if HTTPS:
    # A name that browsers take from this host alone, over https, for the whole of it.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
# Plain http has no passkeys but on localhost, where the demo and development are.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = (OT_DEMO or DEBUG) and not HTTPS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many reverse proxies in front of the app append to X-Forwarded-For; 0 trusts none of that header.
OT_TRUSTED_PROXIES = env.int("OT_TRUSTED_PROXIES", default=0)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Mail ---
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)  # seconds; a mail server that hangs must not hold a worker
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="OT Tracker <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Languages, dates ---
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/London")
USE_I18N = True
USE_TZ = True

# --- Static files ---
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(OT_DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
_manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _plain if DEBUG or env.bool("STATIC_PLAIN", default=False) else _manifest},
}
WHITENOISE_USE_FINDERS = env.bool("STATIC_PLAIN", default=DEBUG)

# --- Logs: JSON lines; never a query string, a form field or a name of a patient (config/logs.py) ---
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "config.logs.RequestFilter"}},
    "formatters": {
        "line": {
            "()": "logging.Formatter" if DEBUG else "config.logs.JsonFormatter",
            "format": "{asctime} {levelname} {name} {request_id} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers go: they would mail whole requests to ADMINS.
        "django": {"handlers": [], "level": LOG_LEVEL},
        # One line for each request that reached the site.
        "ot.request": {"level": "INFO" if env.bool("ACCESS_LOG", default=not DEBUG) else "ERROR"},
    },
}
DEFAULT_EXCEPTION_REPORTER = "config.errors.SparseExceptionReporter"
