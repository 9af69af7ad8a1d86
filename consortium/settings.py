"""Settings of the portal: every environment variable is declared here, at the top, and nowhere else."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from consortium import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}

env = environ.Env(
    # The one switch that makes this copy the real one: only with it does mail leave, and nothing starts by itself.
    PORTAL_PRODUCTION=(bool, False),
    # Secret for signing; in a practice copy one is made and kept under PORTAL_VAR.
    PORTAL_SECRET_KEY=(str, ""),
    # Names by which browsers may call the portal, and the address that letters and QR codes carry.
    PORTAL_HOSTS=(list, []),
    PORTAL_ADDRESS=(str, ""),
    # Day the portal believes it is (2026-12-16). Practice copies only.
    PORTAL_TODAY=(str, ""),
    # Folder for files, and for the portal's own PostgreSQL and Valkey when no addresses are given.
    PORTAL_VAR=(str, str(BASE_DIR / "var")),
    # PostgreSQL as the role that works and as the role that migrates; Redis or Valkey.
    DATABASE_URL=(str, ""),
    DATABASE_OWNER_URL=(str, ""),
    REDIS_URL=(str, ""),
    # Mail relay, for example smtp+tls://user:password@relay.example:587. Practice copies: this machine only.
    EMAIL_URL=(str, ""),
    PORTAL_MAIL_FROM=(str, ""),
    # Who signs letters, under "This is a system message": name and telephone, for example. May be empty.
    PORTAL_MAIL_SIGNATURE=(str, ""),
    # Address that gets delivery reports, if it is not the sender's, and where read_bounces finds them:
    # maildir:///path, imaps://user:password@host/folder or imap://… Practice copies: this machine only.
    PORTAL_MAIL_RETURN=(str, ""),
    PORTAL_BOUNCES=(str, ""),
    # Letters of mailings that leave in a minute; 0: as fast as the relay takes them. Production's own is 600.
    PORTAL_MAIL_PER_MINUTE=(int, -1),
    PORTAL_CONTACT_EMAIL=(str, ""),
    # True requires a second factor of the service centre's people. Default: in production alone.
    PORTAL_SECOND_FACTOR=(bool, None),
    # True when a proxy in front speaks HTTPS and says so in X-Forwarded-Proto.
    PORTAL_BEHIND_PROXY=(bool, False),
)

PRODUCTION = env("PORTAL_PRODUCTION")
SECOND_FACTOR = PRODUCTION if env("PORTAL_SECOND_FACTOR") is None else env("PORTAL_SECOND_FACTOR")
VAR = Path(env("PORTAL_VAR")).resolve()


def _required(name, sentence):
    """In production a missing variable stops the start with a sentence."""
    if PRODUCTION and not env(name):
        raise ImproperlyConfigured(f"{name} is not set. {sentence}")
    return env(name)


DATABASE_URL = _required(
    "DATABASE_URL", "Give the address of PostgreSQL; in production the portal starts none of its own."
)
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL")
REDIS_URL = _required(
    "REDIS_URL", "Give the address of Redis or Valkey; in production the portal starts none of its own."
)
SECRET_KEY = _required("PORTAL_SECRET_KEY", "Give a long random text that is kept secret.")
ADDRESS = (
    _required("PORTAL_ADDRESS", "Give the address that letters carry.") or "http://localhost:8000"
).rstrip("/")
CONTACT_EMAIL = (
    _required("PORTAL_CONTACT_EMAIL", "Give the service centre's address.")
    or "palvelukeskus@konsortio.example"
)
MAIL_FROM = (
    _required("PORTAL_MAIL_FROM", "Give the sender of letters.")
    or f"Konsortion palvelukeskus <{CONTACT_EMAIL}>"
)
if PRODUCTION:
    _required(
        "DATABASE_OWNER_URL", "Give the address with the role that owns the tables; the other one only works."
    )
    _required("PORTAL_HOSTS", "Give the portal's host names, parted by commas.")
    if env("PORTAL_TODAY"):
        raise ImproperlyConfigured(
            "PORTAL_TODAY moves the day of practice copies only; unset it in production."
        )
if not (DATABASE_URL and REDIS_URL):
    _own = embedded.start(VAR, postgres=not DATABASE_URL, valkey=not REDIS_URL)
    if not DATABASE_URL:
        DATABASE_URL, DATABASE_OWNER_URL = _own.database_url, _own.owner_database_url
    REDIS_URL = REDIS_URL or _own.redis_url
if not SECRET_KEY:
    SECRET_KEY = embedded.secret_key(VAR)

# --- What the portal is made of ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "consortium",
    "members",
    "procurement",
    "steering",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_include_bootstrap",
    "template_partials",
    "rules",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "consortium.unreadable.RefuseUnreadable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "consortium.keeping.KeepWriting",  # Django's LoginRequiredMiddleware; keeps what was being written
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "consortium.second_factor.RequireSecondFactor",
]

ROOT_URLCONF = "consortium.urls"
WSGI_APPLICATION = "consortium.wsgi.application"

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
                "consortium.context.portal",
            ],
            "builtins": ["consortium.templatetags.portal"],
        },
    },
]

# --- Database: the role that works, and the one that owns and migrates --------------------------------------

APPEND_ONLY_TABLES = [
    "consortium_auditevent",
    "members_scheme",
    "members_feelimits",
    "members_billingterms",
    "members_alternative",
    "members_assessment",
    "members_invoice",
    "members_invoicebatch",
    "members_ledgerline",
    "members_ledgerentry",
    "procurement_answerversion",
    "procurement_ruling",
    "procurement_contractdecision",
    "procurement_exitreminder",
    "procurement_answerextract",
    "procurement_usagefigure",
    "procurement_usagemapping",
    "procurement_usageplace",
    "procurement_costbatch",
    "steering_calendarfile",
    "steering_cast",
    "steering_correction",
    "steering_edition",
    "steering_planchange",
    "steering_writtenanswer",
]
DATABASES = {
    "default": env.db_url_config(DATABASE_URL),
    "owner": env.db_url_config(DATABASE_OWNER_URL or DATABASE_URL),
}
for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
DATABASES["owner"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "consortium.cache.ForgivingCache",
        "LOCATION": embedded.cache_url(REDIS_URL),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
SESSION_ENGINE = "consortium.sessions"

# --- People ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "consortium.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "consortium.accounts.Backend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "consortium.accounts.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = [
    "email*",
    "password1*",
]  # nobody registers; allauth takes from it that passwords exist
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_TIMEOUT = 60 * 60  # a new code asked for on the page has its full time
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    # Codes: twelve an hour with five tries each are 60 guesses at a million.
    "request_login_code": "20/m/ip,3/m/key,12/h/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
}
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
MFA_ADAPTER = "consortium.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a code may be half a minute old: telephones' clocks differ, and typing takes time
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60

# --- Language and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", _("Finnish")), ("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = "Europe/Helsinki"
USE_TZ = True
MOVED_TODAY = env("PORTAL_TODAY")

# --- Files ---------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR / "files"  # never served by address: a file is read through the record that owns it
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # stays empty: files are found where they lie
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 3  # a form has one; each is cut at its own limit
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = ["consortium.uploads.BoundedUploadHandler"]

# --- Mail ----------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
MAIL_PER_MINUTE = env("PORTAL_MAIL_PER_MINUTE")
if MAIL_PER_MINUTE < 0:
    MAIL_PER_MINUTE = 600 if PRODUCTION else 0
MAIL_SIGNATURE, MAIL_RETURN, BOUNCES = (
    env("PORTAL_MAIL_SIGNATURE"),
    env("PORTAL_MAIL_RETURN"),
    env("PORTAL_BOUNCES"),
)
_bounces = urlsplit(BOUNCES)
if BOUNCES and _bounces.scheme not in {"maildir", "imap", "imaps"}:
    raise ImproperlyConfigured("PORTAL_BOUNCES begins with maildir://, imap:// or imaps://.")
if not PRODUCTION and _bounces.hostname not in {None, *THIS_MACHINE}:
    raise ImproperlyConfigured(
        "PORTAL_BOUNCES names another machine. A copy reads other machines' mail only with PORTAL_PRODUCTION."
    )
MAILBOX = VAR / "mailbox"
_relay = env.email_url_config(env("EMAIL_URL")) if env("EMAIL_URL") else {}
if _relay and not PRODUCTION and _relay["EMAIL_HOST"] not in THIS_MACHINE:
    raise ImproperlyConfigured(
        "EMAIL_URL names another machine. Mail leaves a copy only with PORTAL_PRODUCTION."
    )
if PRODUCTION and not _relay:
    raise ImproperlyConfigured("EMAIL_URL is not set. Give the address of the mail relay.")
if _relay:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _relay["EMAIL_HOST"], _relay["EMAIL_PORT"] or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        _relay["EMAIL_HOST_USER"] or "",
        _relay["EMAIL_HOST_PASSWORD"] or "",
    )
    EMAIL_USE_TLS, EMAIL_USE_SSL = _relay.get("EMAIL_USE_TLS", False), _relay.get("EMAIL_USE_SSL", False)
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "consortium.mailbox.EmailBackend"

# --- Tasks ---------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2, "max_retries": 1}
CELERY_TASK_PUBLISH_RETRY = False  # a row stands behind every task: the sweeper comes round
CELERY_TIMEZONE = TIME_ZONE
CELERY_DB_REUSE_MAX = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Web -----------------------------------------------------------------------------------------------------

DEBUG = False
ALLOWED_HOSTS = (
    env("PORTAL_HOSTS")
    if PRODUCTION
    else [*env("PORTAL_HOSTS"), "127.0.0.1", "localhost", "[::1]", "testserver"]
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "consortium.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [ADDRESS]
if env("PORTAL_BEHIND_PROXY"):
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # limits count each reader, not the proxy
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s", "datefmt": "%H:%M:%S"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
    },
}
