"""A bare Django page for one who has signed in: what the portal's pages are measured against.

The middleware is that of a new Django project, the page a small template with the person's address and the form
that signs out; session and person come from the same database.
"""

from django.contrib.auth.decorators import login_required
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.template.backends.django import DjangoTemplates
from django.test import override_settings
from django.urls import path

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PROCESSORS = ["request", "auth", "messages"]
WHERE = {"auth": "django.contrib.auth", "messages": "django.contrib.messages"}
ENGINE = DjangoTemplates(
    {
        "NAME": "bare",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                f"{WHERE.get(name, 'django.template')}.context_processors.{name}" for name in PROCESSORS
            ]
        },
    }
)
PAGE = ENGINE.from_string(
    """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="/static/page.css"></head>
  <body>
    <header><a href="/">Home</a> <p>{{ user.email }}</p>
      <form method="post" action="/logout/">{% csrf_token %}<button>Sign out</button></form></header>
    <main>
      {% for message in messages %}<p>{{ message }}</p>{% endfor %}
      <h1>{{ title }}</h1>
      <p>{{ text }}</p>
    </main>
  </body>
</html>"""
)


@login_required
def page(request):
    """Show it."""
    return HttpResponse(PAGE.render({"title": "A page", "text": "For one who has signed in."}, request))


urlpatterns = [path("", page)]


class Handler(WSGIHandler):
    """Answers with the bare page alone, beside the portal in one process."""

    def __init__(self):
        with override_settings(MIDDLEWARE=MIDDLEWARE):
            super().__init__()

    def resolve_request(self, request):
        """Look the address up here."""
        request.urlconf = __name__
        return super().resolve_request(request)
