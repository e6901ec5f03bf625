"""Settings, read from the environment and refused when wrong. Only Django reads this package.

CLEANCLAIM_HOME (default ./var) holds the state, CLEANCLAIM_KEYS (default a file there) the keys, DATABASE_URL the database (default
SQLite there). CLEANCLAIM_HOSTS names the host names that are served beside localhost; CLEANCLAIM_HTTPS=1 says that TLS stands in front, and
CLEANCLAIM_PROXY the address of the proxy whose word of who asks is taken (with TLS in front: 127.0.0.1 unless it is said).
CLEANCLAIM_EXCHANGE (default: `exchange` in the home) is where the drop boxes stand that managers set up for clearinghouses and payers.
CLEANCLAIM_STRIPE_KEY and CLEANCLAIM_STRIPE_WEBHOOK_SECRET let cards be taken on the service's page, which announces payments at
/cards/PRACTICE/announced/; CLEANCLAIM_ADDRESS is where patients reach this program, and puts a payment link on each statement.
CLEANCLAIM_STRIPE_ADDRESS names another service of the same kind (to try out with).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from cleanclaim.practice.foundation.keys import KeyRing
from cleanclaim.settings.database import database_from_url
from cleanclaim.settings.environment import address_from, command_from, home_from, log_level_from, proxy_from, seconds_from

HOME = home_from(os.environ.get("CLEANCLAIM_HOME") or "var")
EXCHANGE = Path(os.environ.get("CLEANCLAIM_EXCHANGE") or HOME / "exchange").resolve()
KEYS_PATH = Path(os.environ.get("CLEANCLAIM_KEYS", HOME / "keys.json"))
_ring = KeyRing.at(KEYS_PATH)

SECRET_KEY = _ring.django_secret
DEBUG = os.environ.get("CLEANCLAIM_DEBUG", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *filter(None, os.environ.get("CLEANCLAIM_HOSTS", "").split(","))]
HTTPS = os.environ.get("CLEANCLAIM_HTTPS", "") == "1"
PROXY = proxy_from(os.environ.get("CLEANCLAIM_PROXY") or ("127.0.0.1" if HTTPS else ""))

PRACTICE_APPS = (  # those with tables; clearinghouse, workflow and sample keep none
    "foundation", "audit", "people", "integrations", "journal", "connections", "payers", "registration", "eligibility", "scheduling", "encounters",
    "coding", "charges", "claims", "remittance", "denials", "receivables", "training",
)  # fmt: skip
STRIPE_KEY = os.environ.get("CLEANCLAIM_STRIPE_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("CLEANCLAIM_STRIPE_WEBHOOK_SECRET", "")
STRIPE_ADDRESS = address_from("CLEANCLAIM_STRIPE_ADDRESS", os.environ.get("CLEANCLAIM_STRIPE_ADDRESS") or "https://api.stripe.com")
TRANSCRIBER = command_from("CLEANCLAIM_TRANSCRIBER", os.environ.get("CLEANCLAIM_TRANSCRIBER", ""))
PUBLIC_ADDRESS = address_from("CLEANCLAIM_ADDRESS", os.environ.get("CLEANCLAIM_ADDRESS", ""))
if PUBLIC_ADDRESS:
    ALLOWED_HOSTS.append(str(urlsplit(PUBLIC_ADDRESS).hostname))

INSTALLED_APPS = [
    "cleanclaim.web",  # before allauth, whose pages it draws
    "cleanclaim.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    *(f"cleanclaim.practice.{app}" for app in PRACTICE_APPS),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cleanclaim.api.boundary.ApiBoundary",  # before sessions: no cookie is read below /api/
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cleanclaim.web.middleware.ContentSecurityPolicy",
    "cleanclaim.web.middleware.CurrentPractice",
    "cleanclaim.web.middleware.FollowEvents",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "cleanclaim.web.urls"
WSGI_APPLICATION = "cleanclaim.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cleanclaim.web.context.practice",
            ]
        },
    }
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'cleanclaim.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "cleanclaim.web.people.adapter.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = seconds_from("CLEANCLAIM_SESSION_SECONDS", os.environ.get("CLEANCLAIM_SESSION_SECONDS") or str(8 * 3600))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the words of a long scanned record that wait are fields of one form, two for each
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"addresses": {"()": "cleanclaim.settings.log.NoSecretsInAddresses"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["addresses"]}},
    "root": {"handlers": ["stderr"], "level": log_level_from(os.environ.get("CLEANCLAIM_LOG") or "WARNING")},
}
