"""Who may open what: every address of the portal as every role, against a table written by hand (access.csv).

The objects belong to municipalities for which "librarian" and "representative" act and "neighbour" does not. The
table's words: a status; ``login``, a redirect to signing in; ``admin``, one to the administrator's own sign-in.
"""

import csv
import io
import re
import zipfile
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from consortium import clock
from consortium.feedback import RECEIPT
from consortium.models import AccessLog, AuditEvent, Feedback, OutgoingEmail, Post
from members.models import Accession, AccessionState, Invitation, Membership, Note
from members.views.hand_in import SALT
from tests import round_world
from tests.conftest import Browser
from tests.factories import (
    DAY,
    AccessionFactory,
    AgreementVersionFactory,
    ContactFactory,
    HandInFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    UserFactory,
    handling,
    ready_packages,
    walk,
)
from tests.fee_world import decision_pages
from tests.ledger_world import ASKED_OTHERWISE, ledger_pages
from tests.money_world import money_of
from tests.planted import NOWHERE, PLANTED, planted
from tests.preparation_world import preparation_pages
from tests.procurement_pages import procurement_pages
from tests.steering_pages import STEERED_OTHERWISE, steering_pages

pytestmark = pytest.mark.django_db
FEED = "00000000-0000-4000-8000-000000000002"
TABLE = Path(__file__).parent / "access.csv"
ROLES = ["visitor", "neighbour", "librarian", "representative", "staff", "superuser"]
STRANGERS = ROLES[:2]
# One world for several roles: whatever a Caller does is undone. Who is to be kept out is asked at once.
HALVES = [ROLES[:2], pytest.param(ROLES[2:], marks=pytest.mark.drill)]
FILES = ["format=csv", "format=xlsx"]
SOUGHT = ["Salakunta", "zqcontact", "zqregistry@kunta.example", "KunDno", "Salakunta&go=1", "fee", "avgift"]
QUERIES = {  # the same page asked in other ways, which must not open anything more
    **{**ASKED_OTHERWISE, **STEERED_OTHERWISE},
    **round_world.ASKED,
    "members:municipality_list": [*FILES, "state=sent"],
    "members:member_list": FILES,
    **{f"members:{name}": ["format=csv"] for name in ("signing_list", "offer", "offer_list")},
    "members:accession": ["receipt=1", "receipt=2", "format=csv"],
    "members:package": ["lang=sv"],
    "front": ["q=Salakunta", "view=map"],
    "search": [f"q={words}" for words in SOUGHT],
    "outbox": ["format=csv", "state=undelivered"],
    **{name: ["receipt=1"] for name in ("municipality", "letter")},
    "members:people": ["on=1.1.2020", "on=x"],
    "members:invoicing_list": FILES,
    "people": ["q=zq"],
    "members:reminder_send": ["chosen=1.open.2026-01-01"],
    "members:simulator": [*FILES, "kind=tariff&rate=0,02&floor=100&cap=7500"],
    "members:budget": [*FILES, "q=Salakunta", "receipt=1", "receipt=2"],
}


def rows():
    """Return {name: {(method, role): word}} of the table."""
    with TABLE.open(newline="") as stream:
        lines = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    table = {}
    for line in lines:
        assert line["name"] not in table, f"{line['name']} stands twice"
        cells = {m: line[m].split() for m in ("GET", "POST")}
        assert all(len(words) == len(ROLES) for words in cells.values()), line["name"]
        table[line["name"]] = {(m, r): w for m in cells for r, w in zip(ROLES, cells[m], strict=True)}
    return table


def names(resolver=None, prefix=""):
    """Return every name that the resolver knows."""
    found = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            found |= names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            found.add(prefix + pattern.name)
    return found


# --- A world in which something could leak ------------------------------------------------------------------------


def salakunta(state, offer, people):
    """A municipality whose joining is in the state, with a planted word wherever somebody could look."""
    electronic = {"einvoice_operator": "zqoperator", "einvoice_address": "003702012566"}
    home = MunicipalityFactory(
        name_fi=f"Salakunta {state}",
        registry_email="zqregistry@kunta.example",
        business_id="0201256-6",
        buyer_reference="zqbuyer",
        **electronic,
    )
    told = {"name": "zqcontact", "title": "zqtitle", "email": "zqmail@kunta.example", "phone": "zqphone"}
    for kind in ("director", "secretary"):
        ContactFactory(municipality=home, kind=kind, **told)
    RoleFactory(user=people["representative"], municipality=home)
    RoleFactory(user=people["librarian"], municipality=home, kind="librarian")
    accession = Accession.objects.create(municipality=home, offer=offer)
    if state in {"conditional", "approved"}:
        ready_packages(accession)
        accession.send(by=people["staff"])
        told = handling("approved_changed", condition="zqcondition", presenter="zqpresenter")
        told |= {"channel": "phone", "received_from": "zqsender", "received_on": clock.today()}
        accession.decide(by=people["staff"], **told)
    if state == "approved":
        accession.respond(by=people["staff"], accepted=True, view="zqview", view_on=clock.today())
        accession.sign(by=people["staff"], signed_on=clock.today(), signatory="zqsignatory")
        accession.deciding.extract.save("ote.pdf", ContentFile(b"%PDF-1.7 zqextract"))
    elif state != "conditional":
        walk(accession, state, by=people["staff"])
    if state in {"final", "confirmed"}:
        Accession.objects.filter(pk=accession.pk).update(finality_note="zqnote", signatory="zqsignatory")
    if state == "sent":
        accession.prepare(by=people["librarian"], **handling(presenter="zqprepared", body_name="zqprepared"))
    if state == "stopped":
        Accession.objects.filter(pk=accession.pk).update(closing_reason="zqclosing")
    OutgoingEmail.objects.create(
        to="zqletter@kunta.example",
        subject="zqsubject",
        body="zqbody",
        language="fi",
        template="x",
        about=accession,
        state="refused",
        reason="zqreason",
    )
    return accession


@pytest.fixture
def people(db):
    """One of each role; the neighbour represents another municipality."""
    found = {
        "visitor": None,
        "neighbour": RoleFactory(user__name="Naapuri").user,
        "librarian": UserFactory(name="zqlibrarian"),
        "representative": UserFactory(name="zqrepresentative"),
        "staff": UserFactory(is_staff=True, name="Palvelukeskus", email="palvelukeskus@konsortio.example"),
        "superuser": UserFactory(is_staff=True, is_superuser=True, name="Ylläpitäjä"),
    }
    ContactFactory(municipality=found["neighbour"].roles.get().municipality)
    return found


def people_of(home, people):
    """Return the addresses of what is done with people, and of what is for oneself alone."""
    representative, librarian = people["representative"], people["librarian"]
    get_user_model().objects.filter(pk=representative.pk).update(feed_key=FEED)
    invited = {"by": people["staff"], "email": "kutsuttu@kunta.example", "language": "fi"}
    invitation = Invitation.invite(home, kind="librarian", **invited)
    post, _is_new = Post.give(UserFactory(), "expert", by=people["staff"])
    at = {f"members:invitation{act}": {"key": invitation.key} for act in ("", "_accept")}
    at |= {f"members:invitation_{act}": {"pk": invitation.pk} for act in ("renew", "revoke")}
    at |= {f"members:people{act}": {"code": home.code} for act in ("", "_confirm", "_leave")}
    at |= {name: {"pk": librarian.pk} for name in ("person", "duty_give")}
    return at | {
        "feed": {"key": FEED},
        "duty_end": {"pk": post.pk},
        "person_act": {"pk": librarian.pk, "verb": "close"},
        "members:role_end": {"pk": librarian.roles.get(municipality=home).pk},
    }


@pytest.fixture
def world(people):
    """Return {URL name: the arguments of an address that could leak}."""
    offer = OfferFactory()
    by_state = {state: salakunta(state, offer, people) for state in AccessionState.values}
    Membership.objects.filter(accession=by_state["confirmed"]).update(period=(clock.today() - 9 * DAY, None))
    AccessionFactory(municipality=people["neighbour"].roles.get().municipality, offer=offer, state="sent")
    draft = AgreementVersionFactory(approved=False)
    message = Feedback.objects.create(text="zqmessage", name="zqmessage", email="zqmessage@kunta.example")
    sent, approved = by_state["sent"], by_state["approved"]
    home = sent.municipality
    Note.objects.create(municipality=home, text="zqremark", by=people["staff"])
    package = sent.packages.get(format="pdf")
    Accession.objects.filter(pk=sent.pk).update(hand_in_code="zqcode")
    handed = HandInFactory(accession=sent, sender_name="zqsecretary", sender_email="zqhanded@kunta.example")
    passkey = Authenticator.objects.create(user=UserFactory(), type="webauthn", data={"name": "zqkey"})
    device = UserSession.objects.create(
        user=people["librarian"], ip="127.0.0.1", session_key="x", user_agent="x"
    )
    right_state = {
        "send": "prepared", "schedule": "sent", "prepare": "sent", "decide": "sent", "respond": "conditional",
        "sign": "final", "finalise": "approved", "confirm": "final", "revoke": "confirmed",
        "reopen": "stopped", "stop": "sent", "renew": "sent",
        "put_aside": "sent",
    }  # fmt: skip
    at = {f"members:accession_{verb}": {"pk": by_state[state].pk} for verb, state in right_state.items()}
    at |= {f"members:{name}": {"pk": offer.pk} for name in
           ("offer", "offer_invite", "offer_send", "offer_packages", "offer_progress", "offer_zip")}  # fmt: skip
    at |= {
        f"members:{name}": {"pk": sent.pk} for name in ("accession", "accession_packages", "package_progress")
    }
    own_pages = ("municipality_edit", "contact_new", "note_new", "record")
    at |= {f"members:{name}": {"code": home.code} for name in own_pages}
    at |= {
        "member_home": {"code": home.code},
        "municipality": {"code": home.code},
        "mailbox_file": {"key": 1, "number": 0},
        "feedback_answer": {"pk": message.pk},
        "feedback_received": {"receipt": RECEIPT.sign(message.pk)},
        "members:contact_edit": {"code": home.code, "pk": home.contacts.first().pk},
        "members:membership_leave": {"pk": by_state["confirmed"].membership.pk},
        "members:agreement": {"number": draft.number},
        "members:agreement_approve": {"number": draft.number},
        **people_of(home, people),
        "members:accession_move": {"pk": approved.pk, "decision": approved.deciding_id},
        "members:accession_correct": {"pk": approved.pk, "decision": approved.deciding_id},
        "members:package_file": {"key": package.key},
        "members:package_retry": {"key": package.key},
        "members:extract": {"pk": approved.deciding_id},
        **{f"members:{n}": {"code": sent.code} for n in ("package", "hand_in", "package_public_zip")},
        "members:hand_in_received": {"code": sent.code, "receipt": signing.dumps(handed.pk, salt=SALT)},
        "members:hand_in_aside": {"pk": handed.pk},
        "members:hand_in_file": {"pk": handed.pk},
        "members:reminder_rule": {"rung": "open"},
        "members:extract_remove": {"pk": approved.deciding_id},
        "members:package_public_file": {"code": sent.code, "key": package.key},
        "mfa_remove_webauthn": {"pk": passkey.pk},
        "device_end": {"pk": device.pk},
        "account_confirm_email": {"key": "x"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "x-y"},
        "admin:app_list": {"app_label": "members"},
        "admin:view_on_site": {"content_type_id": 1, "object_id": 1},
    }
    member, staff = by_state["confirmed"].municipality, people["staff"]
    at |= money_of(member, staff) | decision_pages(member, staff) | preparation_pages(staff)
    at |= ledger_pages(member) | procurement_pages(home, people)
    at |= steering_pages(home, people)
    refused = OutgoingEmail.objects.filter(to="zqletter@kunta.example").first()
    at |= {name: {"pk": refused.pk} for name in ("letter", "letter_again", "letter_correct")}
    AccessLog.objects.create(kind="read", user=people["librarian"], what="zqaccess")
    shown = {
        "user": people["librarian"].pk,
        "auditevent": AuditEvent.objects.first().pk,
        "accesslog": AccessLog.objects.first().pk,
        "outgoingemail": OutgoingEmail.objects.first().pk,
        "municipality": home.pk,
    }
    for name in names():
        kind = re.fullmatch(r"admin:[a-z]+_([a-z]+)_(history|delete|change)", name)
        if kind:
            at[name] = {"object_id": shown[kind[1]]}
    return at, by_state


# --- Asking --------------------------------------------------------------------------------------------------------


class Caller:
    """Sends requests as one person, each as if it were the first, and undoes what it did."""

    def __init__(self, user):
        self.first = Browser(raise_request_exception=False)
        if user:
            self.first.force_login(user)

    def __call__(self, method, address):
        browser = Browser(raise_request_exception=False)
        browser.cookies.load({name: morsel.value for name, morsel in self.first.cookies.items()})
        with transaction.atomic():
            answer = getattr(browser, method.lower())(address)
            told = read(answer)
            transaction.set_rollback(True)
        return word(answer), told


def word(answer):
    """Return what the table calls an answer."""
    place = answer.headers.get("Location", "")
    if place.startswith(reverse("account_login")):
        return "login"
    if place.startswith(reverse("admin:login")):
        return "admin"
    return str(answer.status_code)


def read(answer):
    """Return everything that an answer tells, files and addresses included, as text."""
    content = answer.getvalue()
    told = [content.decode(errors="replace"), answer.headers.get("Location", "")]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            told += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    return "\n".join(told).lower()


def addresses(name, at):
    base = reverse(name, kwargs=at.get(name, {}))
    return [base] + [f"{base}?{query}" for query in QUERIES.get(name, [])]


# --- The tests -----------------------------------------------------------------------------------------------------


def test_every_address_stands_in_the_table_and_every_line_has_an_address():
    assert names() == rows().keys()


@pytest.mark.parametrize("roles", HALVES, ids="-".join)
def test_each_address_answers_as_the_table_says_and_tells_strangers_nothing(world, people, roles):
    at, _states = world
    callers, wrong = {role: Caller(people[role]) for role in roles}, []
    for role, (name, cells) in product(roles, rows().items()):
        ask = callers[role]
        for address in addresses(name, at):
            for method in ("GET", "POST") if "?" not in address else ("GET",):
                answer, told = ask(method, address)
                if answer != cells[method, role] and not (answer == "302" and "go=1" in address):
                    wrong.append(f"{role}: {method} {address} ({name}): {answer}, not {cells[method, role]}")
                if role in STRANGERS and planted(told) - planted(address):
                    wrong.append(f"{role}: {method} {address} ({name}) tells {sorted(planted(told))}")
    assert wrong == []


def test_nothing_of_any_municipality_in_any_state_reaches_a_stranger(world, people):
    _at, states = world
    callers, leaks = {role: Caller(people[role]) for role in STRANGERS}, []
    for role, accession in product(STRANGERS, states.values()):
        ask = callers[role]
        home = accession.municipality
        wanted = [
            home.get_absolute_url(),
            accession.get_absolute_url(),
            reverse("member_home", args=[home.code]),
        ]
        wanted += [reverse("members:package", args=[accession.code])]
        wanted += [reverse("members:package_public_zip", args=[accession.code])]
        wanted += [f"{reverse('search')}?q={home.name_fi}", f"{reverse('front')}?q={home.code}"]
        wanted += [reverse("members:extract", args=[d.pk]) for d in accession.decisions.all()]
        for address in wanted:
            answer, told = ask("GET", address)
            assert answer != "500", address
            if planted(told):
                leaks.append(f"{address} tells {sorted(planted(told))}")
    assert leaks == []


def test_every_address_can_be_asked_and_those_who_may_see_the_planted_words(world, people):
    """Otherwise the tests above would find nothing because there is nothing."""
    at, states = world
    assert {name: addresses(name, at) for name in names()}  # an argument that is missing is told here
    for role in ("representative", "staff"):
        ask, seen = Caller(people[role]), set()
        for state in ("sent", "conditional", "approved", "final", "stopped"):
            home = states[state].municipality
            edit = reverse("members:municipality_edit", args=[home.code])
            for address in (states[state].get_absolute_url(), home.get_absolute_url(), edit):
                seen |= planted(ask("GET", address)[1])
        for name in ("members:extract", "members:assessment"):
            seen |= planted(ask("GET", reverse(name, kwargs=at[name]))[1])
        assert PLANTED - seen <= NOWHERE, role


def test_nobody_makes_an_account_by_asking(client):
    for name in sorted(n for n in names() if n.startswith("account_")):
        with suppress(NoReverseMatch):
            client.post(
                reverse(name), {"email": "uusi@kunta.example", "password1": "x" * 20, "password2": "x" * 20}
            )
    assert not get_user_model().objects.filter(email="uusi@kunta.example").exists()
