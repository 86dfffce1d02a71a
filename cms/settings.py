"""Settings: the environment is read at the top, everything below follows from it.

Without any environment Copydesk runs as in production, on the embedded database. `DEBUG=1` is for a
laptop: plain http, and a page that shows the outbox.
"""

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env

from cms.clocks import read_days, read_hours
from cms.keys import kept_secret_key
from cms.logs import logging_to_console

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
DATA = Path(env.str("COPYDESK_DATA", default=str(BASE_DIR / "var"))).absolute()
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
INSECURE_HTTP = env.bool("INSECURE_HTTP", default=DEBUG)
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
REQUESTS_AT_ONCE = max(1, env.int("REQUESTS_AT_ONCE", default=2))  # in each process of the server; others wait
DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret_key(DATA)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])

# --- The house ---------------------------------------------------------------------------------------

SITE_NAME = env.str("SITE_NAME", default="Copydesk")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default=f"desk@{urlsplit(SITE_URL).hostname}")
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default=f"{SITE_NAME} <{CONTACT_EMAIL}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
POSTAL_ADDRESS = env.str("POSTAL_ADDRESS", default="")
WEBSUB_HUB = env.str("WEBSUB_HUB", default="")  # told of news by the worker, named in every feed
# How long the personal data of declined and withdrawn stories stay: no shorter than an appeal is possible.
RETENTION = timedelta(days=max(184, env.int("RETENTION_DAYS", default=184)))
UNANSWERED = timedelta(days=env.int("UNANSWERED_DAYS", default=30))  # then a story that waits for changes is closed
LOG_HEADS_TO = env.str("LOG_HEADS_TO", default="")  # who keeps the signed heads of the log, see docs/production.md
CLAIM_LASTS = timedelta(minutes=env.int("CLAIM_MINUTES", default=120))  # after its holder's last step (cms/claims.py)
CHECK_HOOK_URL = env.str("CHECK_HOOK_URL", default="")  # an outside checker of stories, see docs/checks.md
COVER_GENERATOR = env.str("COVER_GENERATOR", default="")  # draws covers in place of ours (docs/editing.md)
DRAFT_DAYS = env.int("DRAFT_DAYS", default=30)  # how long a draft is kept after it was last saved

# Where set, nobody publishes alone the story that they accepted, and a kill takes two people.
FOUR_EYES = env.bool("FOUR_EYES", default=False)
# --- The desk's clocks (docs/production.md) ------------------------------------------------------------

DESK_DAYS = read_days(env.str("DESK_DAYS", default="mon,tue,wed,thu,fri"))
DESK_HOURS = read_hours(env.str("DESK_HOURS", default="09:00-18:00"))
DESK_TIME_ZONE = env.str("DESK_TIME_ZONE", default=env.str("TIME_ZONE", default="UTC"))
DESK_HOLIDAYS: list[date] = env.list("DESK_HOLIDAYS", subcast=date.fromisoformat, default=[])
DESK_TRIAGE_HOURS: dict[str, int] = env.dict("DESK_TRIAGE_HOURS", subcast_values=int, default={})
DESK_DECIDE_HOURS: dict[str, int] = env.dict("DESK_DECIDE_HOURS", subcast_values=int, default={})
DESK_DIGEST_TO: list[str] = env.list("DESK_DIGEST_TO", default=[])  # none: everybody who may look at the desk
DESK_DIGEST_HOUR = env.int("DESK_DIGEST_HOUR", default=DESK_HOURS[0] // 60)
DESK_ESCALATE_TO: list[str] = env.list("DESK_ESCALATE_TO", default=[])  # none: who has the permission
DESK_ESCALATE_HOURS = env.int("DESK_ESCALATE_HOURS", default=18)  # business hours overdue; 0: never

INSTALLED_APPS = [
    "cms.apps.CmsConfig",
    "articles.apps.ArticlesConfig",
    "submissions.apps.SubmissionsConfig",
    "submissions.copyright.apps.CopyrightConfig",
    "newsletter.apps.NewsletterConfig",
    "django_prose_editor",
    "cms.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
AUTH_USER_MODEL = "cms.User"

MIDDLEWARE = [
    "cms.front_door.front_door",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.middleware.private_pages_are_not_kept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cms.middleware.LargeBodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.signin.middleware.second_factor_first",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *(["cms.middleware.OwnNotFound"] if DEBUG else []),
]
ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
FORM_RENDERER = "cms.forms.CopydeskRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["cms.templatetags.moments"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context_processors.site",
                "cms.signin.middleware.masthead",
            ],
        },
    },
]

# --- Data --------------------------------------------------------------------------------------------

DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", default=f"sqlite:///{DATA / 'copydesk.sqlite3'}"),
}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    _database["OPTIONS"] = {
        # Two writers that both began with a read would fail at once instead of waiting for each other.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;",
    }
    _database["CONN_MAX_AGE"] = 60  # opening one takes as long as several pages' queries
else:
    # Django's pool and persistent connections exclude each other.
    _database["CONN_MAX_AGE"] = 0
    _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=16)}
    # At their first run: those that cms/prepared.py sends. Not with a pooler that changes sessions in between.
    _database["OPTIONS"]["prepare_threshold"] = 0 if env.bool("DATABASE_PREPARE", default=True) else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHE_URL = env.str("CACHE_URL", default="")
# Counts, what may be used once, who is looking: without CACHE_URL all processes of the machine share a file.
_SHARED = {"BACKEND": "cms.machine_cache.MachineCache", "LOCATION": str(DATA / "shared-cache.sqlite3")}
CACHES = {"default": env.dj_cache_url("CACHE_URL") if CACHE_URL else _SHARED | {"OPTIONS": {"MAX_ENTRIES": 50_000}}}
# Pages lie apart, in each process' memory: a flood of senders must not push them out.
_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES["pages"] = CACHES["default"] if CACHE_URL else _MEMORY | {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 2000}}
# Always in each process' own memory, as its own templates made them.
CACHES["template_fragments"] = _MEMORY | {"LOCATION": "template_fragments"}
PAGE_CACHE_SECONDS = 60
PURGE_URL = env.str("PURGE_URL", default="")  # a shared cache that is told of changes (docs/production.md)
PURGE_HEADER = env.str("PURGE_HEADER", default="")

# --- Words -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
FORMAT_MODULE_PATH = ["cms.formats"]

# --- Files -------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # icons that are asked for at these addresses, whatever a page says
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024  # text only; pictures have their own limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# --- Limits and floods (docs/production.md) ------------------------------------------------------------

# How much of each kind one network, and all of them together, may send in an hour.
LIMITS_PER_NETWORK: dict[str, int] = {
    "story": 30, "report": 30, "sign-up": 20, "draft": 60, "picture": 60, "check": 3000, "code": 60, "ticket": 10,
    "receipt": 60, "counter": 30, "correction": 30,
} | env.dict("LIMITS_PER_NETWORK", subcast_values=int, default={})  # fmt: skip
LIMITS_IN_ALL: dict[str, int] = {
    "story": 3000, "report": 1000, "sign-up": 2000, "draft": 6000, "picture": 3000, "check": 100_000, "code": 6000,
    "ticket": 600, "receipt": 6000, "counter": 1000, "correction": 1000,
} | env.dict("LIMITS_IN_ALL", subcast_values=int, default={})  # fmt: skip
# How many within FLOOD_WINDOW seconds are a flood, and for how many more seconds it then counts as one.
FLOOD_FORMS: dict[str, int] = {
    "story": 40, "report": 40, "sign-up": 60, "check": 2400, "counter": 40, "correction": 40,
} | env.dict("FLOOD_FORMS", subcast_values=int, default={})  # fmt: skip
FLOOD_WINDOW = env.int("FLOOD_WINDOW", default=60)
FLOOD_LASTS = env.int("FLOOD_LASTS", default=600)
FLOOD_WORK = env.int("FLOOD_WORK", default=50_000)  # hashes that a browser tries at most, half of them on average
FLOOD_WAIT = env.int("FLOOD_WAIT", default=60)  # seconds that a browser without scripts waits instead
ALTCHA_HMAC_KEY = sha256(b"copydesk.flood" + SECRET_KEY.encode()).hexdigest()
ALTCHA_CHALLENGE_EXPIRE = 2 * 60 * 60 * 1000  # milliseconds: as long as somebody may write

# --- Mail --------------------------------------------------------------------------------------------

OUTBOX = DATA / "outbox"
# The addresses by which mail comes in (docs/mail.md); "" where there is none.
MAIL_STORIES = env.str("MAIL_STORIES", default="")
MAIL_COPYRIGHT = env.str("MAIL_COPYRIGHT", default="")
MAIL_REPLIES = env.str("MAIL_REPLIES", default="")
MAIL_SPOOL = DATA / "mail"
NEWSLETTER_LOT = max(1, env.int("NEWSLETTER_LOT", default=50))  # copies handed over between two looks at the ledger
# Mail services that hand messages over by HTTP, and how each is known (submissions/mail/services.py).
MAIL_WEBHOOKS: list[str] = env.list("MAIL_WEBHOOKS", default=[])
_KEYS = ("MAILERSEND_INBOUND_SECRET", "MAILGUN_WEBHOOK_SIGNING_KEY", "MANDRILL_WEBHOOK_KEY")
ANYMAIL: dict[str, str | list[str]] = {name: env.str(name, default="") for name in _KEYS}
ANYMAIL |= {"WEBHOOK_SECRET": env.list("WEBHOOK_SECRET", default=[])}
SHOW_OUTBOX = DEBUG
EMAIL_BACKEND = "cms.outbox.OutboxBackend"
EMAIL_TIMEOUT = 30
if env.str("EMAIL_URL", default=""):
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]  # an unknown scheme has none: better no start than lost mail
    globals().update({name: value for name, value in _mail.items() if value is not None})

# --- Safety ------------------------------------------------------------------------------------------

_host = urlsplit(SITE_URL).hostname or "localhost"
ALLOWED_HOSTS = ALLOWED_HOSTS or ([_host, "localhost", "127.0.0.1", "[::1]"] if DEBUG else [_host])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:desk"
# Staff prove by a second factor who they are; who has none yet is led to setting one up, and to nothing else.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=not DEBUG)
ACCOUNT_ADAPTER = "cms.signin.adapters.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up, and no address has to be confirmed
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "cms.signin.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a phone whose clock is half a minute off
MFA_REAUTHENTICATION_REQUIRED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = INSECURE_HTTP
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not INSECURE_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = not INSECURE_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not INSECURE_HTTP
SECURE_REFERRER_POLICY = "same-origin"  # receipts and case pages carry their code in the path
X_FRAME_OPTIONS = "DENY"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        **{f"{kind}-src": [SELF] for kind in ("style", "img", "font", "connect", "manifest")},
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "upgrade-insecure-requests": not INSECURE_HTTP,
    },
}
# --- Logs --------------------------------------------------------------------------------------------

LOGGING = logging_to_console(LOG_LEVEL)
