"""Settings of the PowerCRUD demo: the Chinook music store on SQLite."""

import os
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

# The demo listens on this machine only and holds nothing worth a secret.
SECRET_KEY = os.environ.get("DEMO_SECRET_KEY", "demo-only-not-a-secret")
DEBUG = os.environ.get("DEMO_DEBUG", "1") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]

# The packs are separate distributions: the demo offers those that are installed.
PACKS = {"daisyui": "daisyUI", "bootstrap5": "Bootstrap 5", "plain": "Plain"}
INSTALLED_PACKS = [
    name for name in PACKS if find_spec(f"powercrud_{name}") and find_spec(f"powercrud_{name}.apps")
]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_cotton",
    "powercrud_core",
    "powercrud_core.contrib.gallery",
    "powercrud_core.jobs",
    *(f"powercrud_{name}" for name in INSTALLED_PACKS),
    "store",
]

POWERCRUD_TEMPLATE_PACK = os.environ.get("DEMO_PACK") or next(iter(INSTALLED_PACKS), "plain")

# Who works on background jobs: a process that demo/run.py starts beside the server.
POWERCRUD_JOB_RUNNER = os.environ.get("DEMO_RUNNER", "worker")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "demo.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

CONTENT_SECURITY_POLICY = "default-src 'self'; img-src 'self' data:"

ROOT_URLCONF = "demo.urls"

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
                "store.context.shop",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DEMO_DB") or BASE_DIR / "db.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGIN_URL = "home"
# Offer to sign in as one of four people without a password: never outside a demo.
DEMO_SIGN_IN = True

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
