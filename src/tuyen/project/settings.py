"""Django settings, from the environment (see :mod:`tuyen.project.home`)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from tuyen.project import home, safety

PACKAGE = Path(__file__).resolve().parent.parent

DRILL = home.drill()  # None in reality
LOOPBACK = home.flag("TUYEN_LOOPBACK")
DEBUG = home.flag("TUYEN_DEBUG")
# A drill never signs with the key of reality, which the environment may hold.
SECRET_KEY = (not DRILL and os.environ.get("TUYEN_SECRET_KEY")) or home.secret_key()
ALLOWED_HOSTS = [host for host in os.environ.get("TUYEN_HOSTS", "").split(",") if host] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
]

safety.refuse_unsafe(loopback=LOOPBACK, debug=DEBUG, key=SECRET_KEY, hosts=ALLOWED_HOSTS)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "tuyen.apps.access",
    "tuyen.apps.journal",
    "tuyen.apps.registry",
    "tuyen.apps.immunization",
    "tuyen.apps.supply",
    "tuyen.apps.clinical",
    "tuyen.apps.workforce",
    "tuyen.apps.surveillance",
    "tuyen.apps.claims",
    "tuyen.apps.network",
    "tuyen.apps.exchange",
    "tuyen.apps.governance",
    "tuyen.apps.indicators",
    "tuyen.web",
]
INSTALLED_APPS = [
    app
    for app in INSTALLED_APPS
    if not app.startswith("tuyen.")
    or (PACKAGE / app.removeprefix("tuyen.").replace(".", "/") / "apps.py").exists()
]

MIDDLEWARE = [
    "tuyen.project.walling.Walled",
    "tuyen.web.worlds.OneWorld",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tuyen.web.access.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
    "tuyen.web.network.preparing.Preparing",
    "tuyen.web.ruling.Ruling",
]

ROOT_URLCONF = "tuyen.project.urls"
WSGI_APPLICATION = "tuyen.project.wsgi.application"
DATABASES = {"default": home.database()}
DATABASE_LOGIN = os.environ.get("TUYEN_DATABASE_LOGIN", "")  # set by `tuyen migrate` as the owner
DATABASE_ROUTERS = ["tuyen.apps.journal.store.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "tuyen.web.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name")},
    },
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"

# Ten wrong tries from one source at one account make that pair wait; others are not locked out.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_TEMPLATE = "access/locked.html"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
IDLE_MINUTES = 15

# A loopback demo speaks plain HTTP on this machine; everything else speaks TLS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOOPBACK
# A browser keeps cookies by host, whatever the port: a drill beside reality has its own.
_BESIDE = f"-drill-{DRILL['drill'][:8]}" if DRILL else ""
SESSION_COOKIE_NAME = ("tuyen_session" if LOOPBACK else "__Host-session") + _BESIDE
CSRF_COOKIE_NAME = ("tuyen_csrf" if LOOPBACK else "__Host-csrf") + _BESIDE
SECURE_SSL_REDIRECT = not LOOPBACK
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if LOOPBACK else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOOPBACK
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
SURFACES = home.home() / "surfaces"  # travel surfaces by their hash, and the ways kept of them
UPLOADS = home.home() / "uploads"  # files waiting for their import, for the program's user only

USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("zh-hans", "中文")]
LANGUAGE_COOKIE_NAME = "tuyen_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["tuyen.project.formats"]

STATIC_URL = "/static/"
TUYEN_HOME = home.home()  # for commands that look after the folder itself
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"tuyen": {"level": "INFO"}},
}
