"""A whole project in one file, run outside the checkout: python project.py PACK

Prints, as JSON, what a visitor of its list page gets.
"""

import json
import re
import sys
from pathlib import Path

import django
from django.conf import settings

pack = sys.argv[1]
settings.configure(
    SECRET_KEY="tests",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    STATIC_URL="/static/",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.forms",
        "django_filters",
        "django_cotton",
        "powercrud_core",
        f"powercrud_{pack}",
    ],
    POWERCRUD_TEMPLATE_PACK=pack,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib.staticfiles import finders  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402

import powercrud_core  # noqa: E402
from powercrud_core import CRUDView  # noqa: E402
from powercrud_core.permissions import AllowAny  # noqa: E402


class Book(models.Model):
    title = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return self.title


class BookView(CRUDView):
    model = Book
    permission_policy = AllowAny


urlpatterns = [path("books/", include(BookView.get_urls()))]

with connection.schema_editor() as editor:
    editor.create_model(Book)
Book.objects.create(title="Fictions & <Labyrinths>", price="12.50")
call_command("check", fail_level="WARNING", stdout=sys.stderr)

client = Client()
html = client.get("/books/").content.decode()
assets = re.findall(r'(?:href|src)="/static/([^"#?]+)', html)
print(
    json.dumps(
        {
            "core": str(Path(powercrud_core.__file__).parent.parent),
            "html": html,
            "styles": [name for name in assets if name.endswith(".css")],
            "scripts": [name for name in assets if name.endswith(".js")],
            "missing": [name for name in assets if not finders.find(name)],
            "form": client.get("/books/new/").status_code,
            "status": client.get("/books/1/").status_code,
        }
    )
)
