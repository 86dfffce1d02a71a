"""The least that Django can do: one view, which answers every address with the bytes of a file.

No middleware, or with BENCH_MIDDLEWARE the seven that `startproject` gives a new project.
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

PAGE = Path(os.environ["BENCH_PAGE"]).read_bytes()


def page(request: HttpRequest) -> HttpResponse:
    """Answer with the page."""
    return HttpResponse(PAGE)


urlpatterns = [re_path("", page)]
NEW_PROJECT = {
    "INSTALLED_APPS": [f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")],
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
}
around = NEW_PROJECT if os.environ.get("BENCH_MIDDLEWARE") else {}
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="none is needed", **around)
application = get_wsgi_application()
