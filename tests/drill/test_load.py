"""Eight people at once over the main pages of a real web server with two processes."""

import http.client
import random
import statistics
import time
from collections import Counter, defaultdict

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from consortium.management.commands import serve_demo
from members.models import Accession, Offer, Role
from tests.drill.practice import Together, wait_for

CLIENTS, EACH = 8, 200


def cookie_of(user):
    """Return the cookie of a session in which the person has signed in."""
    browser = Client()
    browser.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def main_pages():
    """Return (address, cookie) of what people open most: visitor, service centre, representative."""
    staff = get_user_model().objects.filter(is_staff=True, is_superuser=False).first()
    role = Role.objects.filter(municipality__accessions__isnull=False).first()
    accession = Accession.objects.filter(municipality=role.municipality).first()
    offer = Offer.objects.first()
    public = [
        reverse("front"),
        reverse("front") + "?view=map",
        reverse("members:member_list"),
        reverse("members:package", args=[accession.code]),
        reverse("municipality", args=[role.municipality.code]),
        reverse("questions"),
    ]
    of_staff = [
        reverse("home"),
        reverse("members:municipality_list"),
        reverse("members:municipality_list") + "?state=member&sort=-residents",
        reverse("members:municipality_list") + "?format=csv",
        reverse("members:offer", args=[offer.pk]),
        reverse("members:offer_progress", args=[offer.pk]),
        accession.get_absolute_url(),
        reverse("search") + "?q=rauta",
    ]
    of_member = [reverse("member_home", args=[role.municipality.code]), accession.get_absolute_url()]
    return [
        *[(url, "") for url in public],
        *[(url, cookie_of(staff)) for url in of_staff],
        *[(url, cookie_of(role.user)) for url in of_member],
    ]


def test_eight_people_at_once(practice):
    """1,600 requests: every one is answered, none with an error. Times are printed, not judged."""
    call_command("load_municipalities", verbosity=0)
    call_command("load_demo", verbosity=0)
    pages = main_pages()
    practice.start("web")
    wait_for(lambda: serve_demo.answers(practice.port), 60, "web server")
    answers, times = Counter(), defaultdict(list)

    def browse(index):
        draw = random.Random(index)
        for _request in range(EACH):
            url, cookie = draw.choice(pages)
            connection = http.client.HTTPConnection("127.0.0.1", practice.port, timeout=60)
            began = time.perf_counter()
            connection.request("GET", url, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            times[url].append((time.perf_counter() - began) * 1000)
            answers[answer.status, url] += 1
            connection.close()

    began = time.perf_counter()
    Together(CLIENTS, browse).run()
    took = time.perf_counter() - began
    for url, spent in sorted(times.items()):
        p50, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
        print(f"\n{url:<50} {len(spent):4} requests  p50 {p50:5.0f} ms  p95 {p95:5.0f} ms", end="")
    every = [ms for spent in times.values() for ms in spent]
    p50, p95 = statistics.median(every), statistics.quantiles(every, n=20)[-1]
    print(f"\n{len(every) / took:.0f} requests a second, p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    assert {status for status, _url in answers} == {200}, answers
    assert sum(answers.values()) == CLIENTS * EACH
