"""The practice copy: who may sign in, whom one writes to, and the loading of its story, once.

Addresses end in .example and people are called Esimerkki, so that nobody real is meant.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from consortium import clock, gather
from consortium.models import OutgoingEmail, Post, PostKind
from consortium.models.mail import MailState
from members import demo_desk, demo_money, demo_story
from members.models import AgreementVersion, Contact, ContactKind, Municipality, Role, RoleKind


@dataclass(frozen=True)
class Account:
    """One person who may sign in to the practice copy."""

    email: str
    name: str
    says: str
    language: str = "fi"
    staff: bool = False
    superuser: bool = False
    roles: tuple = ()  # (municipality's code, kind)
    duty: str = ""


CHAIR, ACCOUNTANT = "ohjausryhma@konsortio.example", "kirjanpito@konsortio.example"
TWO_PLACES = "kaksi.kuntaa@kunta.example"
REPRESENTATIVE, LIBRARIAN = RoleKind.REPRESENTATIVE, RoleKind.LIBRARIAN
ACCOUNTS = [
    Account("palvelukeskus@konsortio.example", "Aino Esimerkki", "service centre", staff=True),
    Account("sijainen@konsortio.example", "Eero Esimerkki", "service centre, the second", staff=True),
    Account(
        "rautalampi@kunta.example",
        "Helvi Esimerkki",
        "representative of Rautalampi",
        roles=(("686", REPRESENTATIVE),),
    ),
    Account(
        "kirjasto.rautalampi@kunta.example",
        "Onni Esimerkki",
        "librarian of Rautalampi",
        roles=(("686", LIBRARIAN),),
    ),
    Account(
        "narpes@kunta.example",
        "Maria Exempel",
        "representative of Närpes, in Swedish",
        "sv",
        roles=(("545", REPRESENTATIVE),),
    ),
    Account(
        "vaasa@kunta.example", "Kerttu Esimerkki", "representative of Vaasa", roles=(("905", REPRESENTATIVE),)
    ),
    Account(
        "korsnas@kunta.example",
        "Karl Exempel",
        "representative of Korsnäs, in Swedish",
        "sv",
        roles=(("280", REPRESENTATIVE),),
    ),
    Account(
        "raseborg@kunta.example",
        "Greta Exempel",
        "representative of Raseborg, a member, in Swedish",
        "sv",
        roles=(("710", REPRESENTATIVE),),
    ),
    Account(
        "porvoo@kunta.example",
        "Ulla Esimerkki",
        "representative of Porvoo, a member",
        roles=(("638", REPRESENTATIVE),),
    ),
    Account(
        "kimppa@kunta.example",
        "Riitta Esimerkki",
        "prepares for the members Porvoo and Raseborg",
        roles=(("638", LIBRARIAN), ("710", LIBRARIAN)),
    ),
    Account(
        TWO_PLACES,
        "Lempi Esimerkki",
        "representative of Alavieska and Kärsämäki",
        roles=(("009", REPRESENTATIVE), ("317", REPRESENTATIVE)),
    ),
    Account("tarkastaja@konsortio.example", "Tuomas Esimerkki", "auditor", duty=PostKind.AUDITOR),
    Account(ACCOUNTANT, "Kaisa Esimerkki", "accountant", duty=PostKind.ACCOUNTANT),
    Account(CHAIR, "Sirkka Esimerkki", "chair of the steering group", duty=PostKind.CHAIR),
    Account("sihteeri@konsortio.example", "Saara Esimerkki", "secretary of the steering group"),
    Account("jasen@konsortio.example", "Kaarina Esimerkki", "member of the steering group"),
    Account("varajasen@konsortio.example", "Juhani Esimerkki", "personal deputy in the steering group"),
    Account(
        "yllapito@konsortio.example", "Ylläpito", "technical administrator: /administration/", superuser=True
    ),
]


def is_loaded():
    """Tell whether the story has been loaded."""
    return AgreementVersion.objects.filter(number="3", is_example=True).exists()


def load():
    """Live the story up to today, once. Returns whether anything was done."""
    with transaction.atomic():
        if is_loaded():
            return False
        today, letters = clock.today(), OutgoingEmail.objects.order_by("-pk").first()
        people = load_people()
        staff = people[ACCOUNTS[0].email]
        load_addresses()
        demo_story.load_members(staff, today)
        offer = demo_story.open_offer(staff, today)
        demo_story.live(offer, staff, people[TWO_PLACES], today)
        demo_desk.lay_out(offer, staff, today)
        demo_money.live(staff, people[CHAIR], people[ACCOUNTANT], today)
        gather.collect(gather.STORY, people, today)  # what the apps above add
        # The letters of the story arrived on their days; only what happens from now on reaches the mailbox.
        past = OutgoingEmail.objects.filter(pk__gt=letters.pk if letters else 0)
        past.update(state=MailState.SENT, sent_at=F("queued_at"), tries=1)
    return True


def load_people():
    """Make the accounts with their roles and duties. Returns people by address."""
    people, since = {}, clock.today() - dt.timedelta(days=365)
    places = Municipality.objects.in_bulk(field_name="code")
    for account in ACCOUNTS:
        people[account.email], _new = get_user_model().objects.get_or_create(
            email=account.email,
            defaults={
                "name": account.name,
                "language": account.language,
                "is_staff": account.staff or account.superuser,
                "is_superuser": account.superuser,
                "password": "!",  # no password fits: people sign in by code
            },
        )
        if account.duty:
            Post.objects.create(user=people[account.email], kind=account.duty, since=since)
        for code, kind in account.roles:
            Role.objects.create(user=people[account.email], municipality=places[code], kind=kind, since=since)
    return people


def load_addresses():
    """Give each municipality a registry and a library director to write to, where it has none."""
    places = list(Municipality.objects.all())
    known = set(Contact.objects.filter(kind=ContactKind.DIRECTOR).values_list("municipality", flat=True))
    contacts, without = [], [m for m in places if not m.registry_email]
    for municipality in without:
        municipality.registry_email = f"kirjaamo@{slugify(municipality.name_fi)}.example"
    for municipality in places:
        if municipality.pk not in known:
            title = "Biblioteksdirektör" if municipality.languages[0] == "sv" else "Kirjastonjohtaja"
            address = f"kirjasto@{slugify(municipality.name_fi)}.example"
            contacts.append(
                Contact(municipality=municipality, kind=ContactKind.DIRECTOR, title=title, email=address)
            )
    Municipality.objects.bulk_update(without, ["registry_email"])
    Contact.objects.bulk_create(contacts)
