"""What pages cost: processor time beside a bare Django page and Django's admin list; queries as the register grows.

The web server's part is left out on both sides: requests go to the WSGI handlers of one process, in turns.
"""

import io
import json
import os
import statistics
import time
from contextlib import contextmanager
from wsgiref.util import setup_testing_defaults

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

from django.conf import settings  # noqa: E402  what follows needs the apps
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from members.models import Municipality, Population, Role, RoleKind  # noqa: E402
from tests.benchmarks import bare  # noqa: E402

ROUNDS, EACH, WARM = 31, 12, 6
ROWS = 3080
BARE_LIMIT, LIST_LIMIT, ADMIN_LIMIT = 1.4, 5, 0.5


@contextmanager
def scratch_database():
    """Work in an empty database of the same server, with the tables and the real register."""
    name, home = f"bench_{os.getpid()}", settings.DATABASES["owner"]["NAME"]
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_municipalities", stdout=io.StringIO())
        yield
    finally:
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = home
        with owner.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def session_of(user):
    """Return the cookie of a session in which the person has signed in."""
    browser = Client()
    browser.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def asker(handler, path, cookie):
    """Return a function that asks the handler for the address once and returns (status, body)."""

    def ask():
        url, _, query = path.partition("?")
        environ = {"PATH_INFO": url, "QUERY_STRING": query, "HTTP_COOKIE": cookie}
        setup_testing_defaults(environ)
        told = []
        response = handler(environ, lambda status, headers: told.append(status))
        body = b"".join(response)
        response.close()
        return int(told[0][:3]), body

    status, _body = ask()
    if status != 200:
        raise AssertionError(f"{path} answers {status}: there is nothing to measure.")
    return ask


def cpu(pages):
    """Return {name: median CPU ms a request}, the pages asked in turns."""
    spent = {name: [] for name in pages}
    for turn in range(ROUNDS + 1):
        for name, ask in pages.items():
            for _ in range(0 if turn else WARM):
                ask()
            start = time.process_time()
            for _ in range(EACH):
                ask()
            if turn:
                spent[name].append((time.process_time() - start) / EACH * 1000)
    return {name: statistics.median(times) for name, times in spent.items()}


def queries(ask):
    """Return how many queries one request makes."""
    count = 0

    def counted(execute, *args):
        nonlocal count
        count += 1
        return execute(*args)

    with connection.execute_wrapper(counted):
        ask()
    return count


def grow():
    """Bring the register to 3,080: each municipality ten times, under codes of its own."""
    signs = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    codes = (f"{a}{b}{c}" for a in signs for b in signs for c in "0123456789")
    first = list(Municipality.objects.prefetch_related("populations"))
    copies, counts = [], []
    while len(copies) < ROWS - len(first):
        source = first[len(copies) % len(first)]
        values = {f.attname: getattr(source, f.attname) for f in source._meta.concrete_fields}
        copies.append(Municipality(**values | {"id": None, "code": next(codes)}))
        counts.append(source.populations.all()[0])
    Municipality.objects.bulk_create(copies)
    Population.objects.bulk_create(
        Population(municipality=new, on=old.on, count=old.count, source=old.source)
        for new, old in zip(copies, counts, strict=True)
    )


def _figure(name, value, unit, ratio, limit, **more):
    figure = {"name": name, "value": round(value, 2), "unit": unit, "ratio": round(ratio, 2), "limit": limit}
    return figure | more


def main_pages(portal, staff_cookie):
    """Return {name: asker} of what people open most, each as the person who does."""
    role = Role.objects.filter(municipality__accessions__isnull=False, kind=RoleKind.REPRESENTATIVE).first()
    accession = role.municipality.accessions.exclude(sent_at=None).latest("pk")
    own, code = session_of(role.user), role.municipality.code
    addresses = {
        "public front page": (reverse("front"), ""),
        "a member's home": (reverse("member_home", args=[code]), own),
        "the service centre's home": (reverse("home"), staff_cookie),
        "a municipality, as the service centre sees it": (reverse("municipality", args=[code]), staff_cookie),
        "a municipality, as everyone sees it": (reverse("municipality", args=[code]), ""),
        "an accession": (reverse("members:accession", args=[accession.pk]), own),
        "a joining package": (reverse("members:package", args=[accession.code]), ""),
        "one's own account": (reverse("account"), own),
    }
    return {name: asker(portal, path, cookie) for name, (path, cookie) in addresses.items()}


def run():
    """Yield one figure a page: CPU ms, ratio to what the name says; then the queries at both sizes."""
    with scratch_database():
        call_command("load_demo", stdout=io.StringIO())
        person = get_user_model().objects.create_superuser("mittaaja@konsortio.example")
        cookie, portal = session_of(person), get_wsgi_application()
        asker(portal, reverse("home"), cookie)()  # where signing in leads
        pages = {
            "bare": asker(bare.Handler(), "/", cookie),
            "search": asker(portal, reverse("search"), cookie),
            "list": asker(portal, reverse("members:municipality_list"), cookie),
            "admin": asker(portal, reverse("admin:members_municipality_changelist"), cookie),
        }
        rows = pages["list"]()[1].count(b'scope="row"')
        ms = cpu(pages)
        bare_ms = ms["bare"]
        yield _figure("bare Django page, signed in", bare_ms, "ms", 1, None)
        yield _figure(
            "barest portal page (search, signed in) / bare",
            ms["search"],
            "ms",
            ms["search"] / bare_ms,
            BARE_LIMIT,
        )
        yield _figure(f"list of {rows} rows / bare", ms["list"], "ms", ms["list"] / bare_ms, LIST_LIMIT)
        yield _figure(
            f"list of {rows} rows / Django admin's list of 25 of the same municipalities",
            ms["list"],
            "ms",
            ms["list"] / ms["admin"],
            ADMIN_LIMIT,
        )
        main = main_pages(portal, cookie)
        main_ms = cpu({"bare": pages["bare"]} | main)
        for name, ask in main.items():
            ratio = main_ms[name] / main_ms["bare"]
            yield _figure(f"{name} / bare", main_ms[name], "ms", ratio, None, queries=queries(ask))
        before = queries(pages["list"])
        grow()
        after = queries(pages["list"])
        yield _figure(
            f"queries of the list at {ROWS} municipalities / at 308", after, "queries", after / before, 1
        )


if __name__ == "__main__":
    for figure in run():
        print(json.dumps(figure, ensure_ascii=False), flush=True)
