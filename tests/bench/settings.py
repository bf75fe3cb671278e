"""The demo's store, without the demo's own pages and switches."""

import os

from demo.settings import *  # noqa: F403
from demo.settings import INSTALLED_APPS, TEMPLATES
from tests.database import VARIABLE, database

DEBUG = False
ROOT_URLCONF = "tests.bench.urls"
TEMPLATES[0]["DIRS"] = []
TEMPLATES[0]["OPTIONS"]["context_processors"] = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
INSTALLED_APPS = [*INSTALLED_APPS]
if chosen := database(os.environ.get(VARIABLE, "")):
    DATABASES = {"default": chosen}
LANGUAGE_CODE = "en"
