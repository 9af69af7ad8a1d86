"""The practice copy's plan of action, its project and the draft of a report. Nothing here happened."""

import datetime as dt
from decimal import Decimal

from consortium import clock
from members.demo_story import on
from members.models import Municipality
from steering.models import AnnualReport, Plan, Project

STAFF = "palvelukeskus@konsortio.example"
GOALS = [  # field, Finnish, Swedish, indicator in both, number of the dashboard, target, whether it is the most
    (
        "economy",
        "Pienenkin kunnan maksu pysyy kohtuullisena",
        "Avgiften hålls skälig även för en liten kommun",
        ("Suurin vuosimaksu", "Högsta årsavgift"),
        ("largest_fee", "7500", True),
    ),
    (
        "results",
        "Yhä useampi kunta on mukana",
        "Allt fler kommuner är med",
        ("Jäsenkuntia vuoden lopussa", "Medlemskommuner vid årets slut"),
        ("members", "25", False),
    ),
    (
        "results",
        "Jäsenet ohjaavat yhteistä työtä",
        "Medlemmarna styr det gemensamma arbetet",
        ("Esityksiä vuodessa", "Förslag under året"),
        ("proposals", "10", False),
    ),
    (
        "content",
        "Aineistoa on myös pienemmillä kielillä",
        "Material finns också på mindre språk",
        ("Koulutuspäiviä kirjastojen henkilöstölle", "Utbildningsdagar för bibliotekens personal"),
        ("", "4", False),
    ),
]
INTRO_FI = (
    "Konsortio on toimintansa alussa. Vuoden aikana huolehdimme siitä, että mukaan tuleminen on helppoa, "
    "maksut ovat ennakoitavia ja yhteisesti hankittu aineisto tulee käyttöön jokaisessa jäsenkunnassa."
)
INTRO_SV = (
    "Konsortiet är i början av sin verksamhet. Under året ser vi till att det är lätt att gå med, att avgifterna "
    "går att förutse och att det gemensamt upphandlade materialet tas i bruk i varje medlemskommun."
)


def add(body, people, today):
    """Write this year's plan, a national project with its money, and the draft of last year's report."""
    staff = people[STAFF]
    with on(min(today, dt.date(today.year, 1, 13))):
        project = _project(staff, clock.today())
    with on(dt.date(today.year - 1, 12, 7)):
        _plan(staff, project, today.year)
    AnnualReport.draft(by=staff, year=today.year - 1)


def _plan(staff, project, year):
    """Write the plan of a year and publish it."""
    plan = Plan.begin(by=staff, year=year)
    plan.edit(by=staff, revision=plan.revision, intro_fi=INTRO_FI, intro_sv=INTRO_SV)
    for field, text_fi, text_sv, names, measured in GOALS:
        figure, target, at_most = measured
        row = {
            "name_fi": names[0],
            "name_sv": names[1],
            "figure": figure,
            "unit": "euro" if figure == "largest_fee" else "count",
            "target": Decimal(target),
            "at_most": at_most,
        }
        facts = {"text_fi": text_fi, "text_sv": text_sv, "project": project if not figure else None}
        plan.write_goal(by=staff, revision=plan.revision, field=field, indicators=[row], **facts)
    plan.publish(by=staff, revision=plan.revision)


def _project(staff, today):
    """Return a project of two years for which the ministry has granted money."""
    places = list(Municipality.objects.members_on(today).order_by("code")[:2])
    project = Project.begin(
        by=staff,
        name_fi="Kirjastojen kielivalikoima",
        name_sv="Bibliotekens språkutbud",
        about_fi="Kartoitetaan, millä kielillä aineistoa kysytään, ja koulutetaan henkilöstöä hankkimaan sitä.",
        about_sv="Vi kartlägger på vilka språk material efterfrågas och utbildar personalen i att skaffa det.",
        field="content",
        starts_on=dt.date(today.year, 1, 1),
        ends_on=dt.date(today.year + 1, 12, 31),
        partners=[*((place, n == 0) for n, place in enumerate(places)), ("Esimerkkikielten seura", False)],
    )
    facts = {"funder": "Opetus- ja kulttuuriministeriö", "decision": f"OKM/1/520/{today.year}"}
    decided_on = min(today, dt.date(today.year, 1, 12))
    grant = project.grant(by=staff, year=today.year, amount=Decimal(40000), decided_on=decided_on, **facts)
    project.start(by=staff)
    project.account(by=staff, grant=grant, used=Decimal("12500.00"))
    return project
