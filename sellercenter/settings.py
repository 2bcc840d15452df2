"""All settings, from the environment. Nothing secret has a default; script/server sets what a local run needs."""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(int(default))).lower() in ("1", "true", "yes")


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}; it has no default.")
    return value


def listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var"))

SECRET_KEY = required("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY needs at least 50 characters.")
DEBUG = False
DEMO = flag("DEMO", False)  # the demo storefront that signs buyers in
HTTPS = flag("HTTPS", True)  # off only for a local run over plain HTTP
ALLOWED_HOSTS = listed("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = listed("TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "shops",
    "commerce",
    "botfaq",
    "chat",
    "analytics",
    "webhooks",
    "openplatform",
    "storefront",
    "sellercenter",
]

MIDDLEWARE = [
    "shops.audit.remember_address",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "shops.deprecated.tell",
]

ROOT_URLCONF = "sellercenter.urls"
ASGI_APPLICATION = "sellercenter.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Databases: SQLite in DATA_DIR unless DATABASE_URL says otherwise.
DATABASES = {
    "default": dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'desk.sqlite3'}")
}
_db = DATABASES["default"]
ATOMIC_REQUESTS = False
if _db["ENGINE"].endswith("sqlite3"):
    # NORMAL survives kill -9 but not power loss; DURABLE=1 survives both.
    _sync = "FULL" if flag("DURABLE", False) else "NORMAL"
    _db["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # The worker moves the log into the file before commits of 4,000 pages would have to.
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={_sync}; PRAGMA cache_size=-32000; "
        "PRAGMA wal_autocheckpoint=4000;",
    }
else:
    _db["OPTIONS"] = {
        "pool": {"min_size": 2, "max_size": int(os.environ.get("DB_POOL", "16")), "timeout": 10},
        "options": "-c lock_timeout=5000",
        "prepare_threshold": None,  # lib/pipeline.py prepares by itself; psycopg would forget everything at a rollback
    }
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite has no INCLUDE in indexes; PostgreSQL does
REDIS_URL = os.environ.get("REDIS_URL", "")
BUS_CHANNEL = os.environ.get("BUS_CHANNEL", "desk")  # installations that share a Redis must not hear each other
# What understands buyers' questions: "use" (in a wheel, about 125 MB of memory), or "none", by their letters alone.
BOT_ENCODER = os.environ.get("BOT_ENCODER", "use")

AUTH_USER_MODEL = "shops.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "shops.sign_in.Backend"]
SESSION_ENGINE = "shops.session_store"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# Login throttling: five wrong passwords for one account from one address lock that pair for a minute.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1 / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "shops.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

PACE = flag("PACE", True)  # limits of messages and files; off only to measure how much the server bears

# Owners, super admins and the platform's staff sign in with a second factor; anybody else may.
SECOND_FACTOR = flag("SECOND_FACTOR", not DEMO)
OTP_TOTP_ISSUER = os.environ.get("SECOND_FACTOR_NAME", "Seller center")  # how an app lists it

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sellercenter.static.ModuleStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20

AUDIT_DAYS = int(os.environ.get("AUDIT_DAYS", "1095"))  # how long the audit log is kept; a year at least

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["shops.rest.Renderer"],
    "DEFAULT_PARSER_CLASSES": ["shops.rest.Parser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "shops.rest.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Seller center customer service API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "none", "defaultModelsExpandDepth": 0, "filter": True},
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["sellercenter.api_examples.complete"],
}

# Calls to others: two engines, and hosts ("host:port") that users' addresses may name though not public.
TRANSLATE = {
    "engine": os.environ.get("TRANSLATE_ENGINE", "").lower(),  # libretranslate, deepl, openai
    "url": os.environ.get("TRANSLATE_URL", "").rstrip("/"),
    "key": os.environ.get("TRANSLATE_KEY", ""),
    "model": os.environ.get("TRANSLATE_MODEL", ""),
}
TRANSLATE_TIMEOUT = float(os.environ.get("TRANSLATE_TIMEOUT", "4"))  # seconds
if TRANSLATE["engine"] not in ("", "libretranslate", "deepl", "openai"):
    raise ImproperlyConfigured("TRANSLATE_ENGINE is one of: libretranslate, deepl, openai.")
# The language model that may write suggested replies (E8); any server that speaks OpenAI's protocol.
SUGGEST = {
    "engine": os.environ.get("SUGGEST_ENGINE", "").lower(),  # openai
    "url": os.environ.get("SUGGEST_URL", "").rstrip("/"),
    "key": os.environ.get("SUGGEST_KEY", ""),
    "model": os.environ.get("SUGGEST_MODEL", ""),
}
SUGGEST_TIMEOUT = float(os.environ.get("SUGGEST_TIMEOUT", "20"))  # seconds, for the whole reply
if SUGGEST["engine"] not in ("", "openai"):
    raise ImproperlyConfigured("SUGGEST_ENGINE is openai, or empty for none.")
OUTBOUND_ALLOW = listed("OUTBOUND_ALLOW")
# Letters (invitations, new passwords): printed by the server unless EMAIL_HOST names one that sends them.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = flag("EMAIL_TLS", True) and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 15  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "desk@localhost")
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")  # how letters name this server; else as it was called
if PUBLIC_URL and not PUBLIC_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("PUBLIC_URL is a whole address, such as https://desk.example.com.")
if HTTPS and not PUBLIC_URL and any(name.startswith(("*", ".")) for name in ALLOWED_HOSTS):
    # Whoever asks for a new password chooses the Host header: the link in the letter would lead to that host.
    raise ImproperlyConfigured("Set PUBLIC_URL: ALLOWED_HOSTS takes names that letters must not follow (* or .name).")
VAPID_PRIVATE_KEY = os.environ.get("VAPID_PRIVATE_KEY", "")  # else made once and kept in DATA_DIR
VAPID_CONTACT = os.environ.get("VAPID_CONTACT", "")  # mailto: or https:, for push services
# Push to phones: the apps that may register, and what Google's and Apple's services know this server by.
PHONE_APPS = listed("PHONE_APPS")
FCM = {
    "credentials": os.environ.get("FCM_CREDENTIALS", ""),  # the file of a service account
    "url": os.environ.get("FCM_URL", "https://fcm.googleapis.com").rstrip("/"),
}
APNS = {
    "key": os.environ.get("APNS_KEY", ""),  # the .p8 file
    "key_id": os.environ.get("APNS_KEY_ID", ""),
    "team": os.environ.get("APNS_TEAM", ""),
    "url": os.environ.get("APNS_URL", "https://api.push.apple.com").rstrip("/"),
}
if APNS["key"] and not (APNS["key_id"] and APNS["team"]):
    raise ImproperlyConfigured("APNS_KEY needs APNS_KEY_ID and APNS_TEAM beside it.")
if (APNS["key"] or FCM["credentials"]) and not PHONE_APPS:
    raise ImproperlyConfigured("Set PHONE_APPS: the ids of the apps that may ask for push, such as com.example.desk.")

# Browsers: no inline script or style anywhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if flag("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"people": {"()": "lib.redacting.LogFormatter"}},  # what tells of a person is masked in every line
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "people"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},  # a 404 is an answer, not a trouble
}
