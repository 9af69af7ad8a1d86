"""The commands that begin a real copy: staff and roles; each may be run again."""

import datetime as dt
import io

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from consortium.models import AuditEvent
from members.models import Municipality, Role
from members.package import TEXTS
from tests.factories import MunicipalityFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db
ANNA = "anna@kaupunki.example"
LIISA = "liisa@kunta.example"
MERGED_ON = dt.date(2025, 1, 1)


@pytest.fixture(autouse=True)
def november(today_is):
    """It is 24.11.2026."""
    today_is("2026-11-24")


@pytest.fixture
def mantyharju(db):
    """The municipality that Pertunmaa was merged into."""
    heir = MunicipalityFactory(code="507", name_fi="Mäntyharju")
    MunicipalityFactory(code="588", name_fi="Pertunmaa", ended_on=MERGED_ON, successor=heir)
    return heir


def run(*words):
    """Run a command as it is typed; return what it says."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def refused(*words):
    """Run a command, which must refuse with exit code 1; return its sentence and the lines on stderr."""
    err = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(*words, stdout=io.StringIO(), stderr=err)
    assert refusal.value.returncode == 1
    return (str(refusal.value), *err.getvalue().splitlines())


def acts():
    """Return the acts on record: verb, record, who, details."""
    return [(act.verb, act.subject, act.by, act.details) for act in AuditEvent.objects.order_by("pk")]


# --- Staff ------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("members.management.commands.add_staff.Command.handle")
def test_staff_are_made_once():
    assert run("add_staff", "Anna@Kaupunki.example", "--name", "Anna Aalto", "--language", "sv") == (
        "Anna Aalto (anna@kaupunki.example) now belongs to the service centre.\n"
    )
    assert run("add_staff", ANNA) == (
        "Anna Aalto (anna@kaupunki.example) already belongs to the service centre. Nothing was changed.\n"
    )
    anna = get_user_model().objects.get()
    assert (anna.email, anna.name, anna.language, anna.is_staff, anna.is_superuser) == (
        *(ANNA, "Anna Aalto", "sv", True),
        False,
    )
    assert not anna.has_usable_password()
    assert acts() == [("make_staff", anna, None, {"command": True})]


def test_a_known_person_becomes_staff_and_keeps_her_name():
    anna = UserFactory(email=ANNA, name="Anna Aalto", language="sv")
    assert run("add_staff", ANNA.upper(), "--name", "Anna Ahola", "--language", "sv") == (
        "anna@kaupunki.example is known: the name stays “Anna Aalto”.\n"
        "Anna Aalto (anna@kaupunki.example) now belongs to the service centre.\n"
    )
    anna.refresh_from_db()
    assert (anna.name, anna.is_staff) == ("Anna Aalto", True)


def test_staff_that_cannot_be_are_refused():
    UserFactory(email="poissa@kaupunki.example", is_active=False)
    assert refused("add_staff", ANNA) == (
        "Nobody has the address anna@kaupunki.example yet. Give --name. Nothing was changed.",
    )
    assert refused("add_staff", ANNA, "--name", " ") == (
        "Nobody has the address anna@kaupunki.example yet. Give --name. Nothing was changed.",
    )
    assert refused("add_staff", "anna", "--name", "Anna Aalto") == (
        "Enter a valid email address. Nothing was changed.",
    )
    assert refused("add_staff", ANNA, "--name", "A" * 121) == (
        "Ensure this value has at most 120 characters (it has 121). Nothing was changed.",
    )
    assert refused("add_staff", "poissa@kaupunki.example") == (
        "poissa@kaupunki.example may no longer sign in. Nothing was changed.",
    )
    assert refused("add_staff", ANNA, "--name", "Anna", "--language", "de")[0].startswith(
        "Error: argument --language: invalid choice: 'de'"
    )
    assert (get_user_model().objects.count(), acts()) == (1, [])


# --- Roles ------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("members.models.people.Role.give")
def test_a_role_is_given_once(rautalampi):
    typed = ("give_role", LIISA, "686", "representative", "--name", "Liisa Lahti")
    assert run(*typed, "--title", "Kirjastonjohtaja") == (
        "Liisa Lahti (liisa@kunta.example) is representative of 686 Rautalampi from 2026-11-24 on.\n"
    )
    assert run(*typed) == (
        "Liisa Lahti (liisa@kunta.example) is already representative of 686 Rautalampi from 2026-11-24 on. "
        "Nothing was changed.\n"
    )
    role = Role.objects.get()
    assert (role.user.title, role.user.language, role.user.is_staff) == ("Kirjastonjohtaja", "fi", False)
    assert (role.municipality, role.kind, role.since) == (rautalampi, "representative", dt.date(2026, 11, 24))
    assert (role.ended_on, role.given_by) == (None, None)
    assert list(Municipality.objects.filter(roles__in=role.user.roles.representing())) == [rautalampi]
    details = {"person": role.user_id, "municipality": rautalampi.pk, "kind": "representative"}
    assert acts() == [("give_role", role, None, details | {"since": "2026-11-24", "command": True})]


def test_a_role_may_begin_later_and_stand_beside_another(rautalampi):
    run("give_role", LIISA, "686", "librarian", "--name", "Liisa Lahti")
    run("give_role", LIISA, "686", "representative", "--since", "2027-01-01")
    liisa = get_user_model().objects.get()
    assert list(liisa.roles.active().values_list("kind", flat=True)) == ["librarian"]
    later = liisa.roles.active(dt.date(2027, 1, 1)).order_by("kind").values_list("kind", flat=True)
    assert list(later) == ["librarian", "representative"]


def test_a_role_that_is_about_to_end_goes_on_from_the_day_after(rautalampi):
    liisa = UserFactory(email=LIISA, name="Liisa Lahti")
    RoleFactory(user=liisa, municipality=rautalampi, ended_on=dt.date(2026, 12, 31))
    for _twice in range(2):
        said = run("give_role", LIISA, "686", "representative")
        assert "representative of 686 Rautalampi from 2027-01-01 on." in said
    assert liisa.roles.count() == 2


def test_a_person_who_gives_a_role_is_on_record(rautalampi, staff):
    liisa = UserFactory(email=LIISA)
    role, is_new = Role.give(liisa, rautalampi, "librarian", by=staff)
    assert (is_new, role.given_by, role.end(by=staff)) == (True, staff, True)
    assert [(verb, by, "command" in details) for verb, _role, by, details in acts()] == [
        ("give_role", staff, False),
        ("end_role", staff, False),
    ]


def test_a_role_that_cannot_be_is_refused_and_nobody_is_made(mantyharju):
    liisa = ("--name", "Liisa Lahti")
    assert refused("give_role", LIISA, "999", "librarian", *liisa) == (
        "There is no municipality 999. A code has three digits, for example 009. Nothing was changed.",
    )
    assert refused("give_role", LIISA, "588", "librarian", *liisa) == (
        "Pertunmaa was merged into Mäntyharju. Nothing was changed.",
    )
    assert refused("give_role", LIISA, "507", "librarian") == (
        "Nobody has the address liisa@kunta.example yet. Give --name. Nothing was changed.",
    )
    assert refused("give_role", LIISA, "507", "librarian", *liisa, "--since", "1.1.2027") == (
        "Error: argument --since: “1.1.2027” is not a day like 2027-01-01",
    )
    assert refused("give_role", LIISA, "507", "boss", *liisa)[0].startswith(
        "Error: argument kind: invalid choice"
    )
    assert (get_user_model().objects.exists(), Role.objects.exists(), acts()) == (False, False, [])


def test_without_the_register_it_says_what_to_type():
    with pytest.raises(CommandError, match=r"Type: python manage\.py load_municipalities") as refusal:
        run("give_role", LIISA, "686", "librarian", "--name", "Liisa Lahti")
    assert refusal.value.returncode == 2


@pytest.mark.breaks("members.models.people.Role.end")
def test_every_role_in_the_municipality_is_ended_once(rautalampi):
    liisa = UserFactory(email=LIISA, name="Liisa Lahti")
    representative = RoleFactory(user=liisa, municipality=rautalampi)
    librarian = RoleFactory(user=liisa, municipality=rautalampi, kind="librarian")
    elsewhere = RoleFactory(user=liisa)
    assert run("end_role", LIISA.upper(), "686", "--on", "2026-11-30") == (
        "Liisa Lahti (liisa@kunta.example) is librarian of 686 Rautalampi until 2026-11-30.\n"
        "Liisa Lahti (liisa@kunta.example) is representative of 686 Rautalampi until 2026-11-30.\n"
    )
    assert run("end_role", LIISA, "686", "--on", "2026-12-31") == (
        "Liisa Lahti (liisa@kunta.example) had a role in 686 Rautalampi until 2026-11-30. Nothing was changed.\n"
    )
    active = liisa.roles.active(dt.date(2026, 12, 1))
    assert (list(active), liisa.roles.active(dt.date(2026, 11, 30)).count()) == ([elsewhere], 3)
    ids = {"person": liisa.pk, "municipality": rautalampi.pk, "ended_on": "2026-11-30", "command": True}
    assert acts() == [
        ("end_role", librarian, None, ids | {"kind": "librarian"}),
        ("end_role", representative, None, ids | {"kind": "representative"}),
    ]


def test_an_end_may_come_earlier_than_was_said(rautalampi):
    role = RoleFactory(user__email=LIISA, municipality=rautalampi, ended_on=dt.date(2026, 12, 31))
    run("end_role", LIISA, "686")
    role.refresh_from_db()
    assert role.ended_on == dt.date(2026, 11, 24)


def test_a_role_in_a_merged_municipality_can_be_ended(mantyharju):
    role = RoleFactory(user__email=LIISA, municipality=Municipality.objects.get(code="588"))
    run("end_role", LIISA, "588")
    role.refresh_from_db()
    assert role.ended_on == dt.date(2026, 11, 24)


def test_an_end_that_cannot_be_is_refused(rautalampi):
    assert refused("end_role", LIISA, "999")[0].startswith("There is no municipality 999.")
    assert refused("end_role", LIISA, "686") == (
        "Nobody has the address liisa@kunta.example. Nothing was changed.",
    )
    liisa = UserFactory(email=LIISA)
    assert refused("end_role", LIISA, "686") == (
        "liisa@kunta.example has no role in 686 Rautalampi. Nothing was changed.",
    )
    RoleFactory(user=liisa, municipality=rautalampi, kind="librarian", since=dt.date(2026, 1, 1))
    later = RoleFactory(user=liisa, municipality=rautalampi, since=dt.date(2027, 1, 1))
    assert refused("end_role", LIISA, "686") == ("A role cannot end before it begins. Nothing was changed.",)
    with pytest.raises(ValidationError):
        later.end(by=None)
    assert later.ended_on is None
    assert (Role.objects.filter(ended_on__isnull=False).exists(), acts()) == (False, [])


# --- All of them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        ("add_staff", ANNA, "--name", "Anna Aalto"),
        ("give_role", LIISA, "686", "librarian", "--name", "Liisa Lahti"),
        ("end_role", LIISA, "686"),
        ("load_agreement", str(TEXTS / "agreement.toml"), "--number", "4", "--example"),
        (
            *(
                "add_tariff",
                "--valid-from=2027-01-01",
                "--rate=0.009",
                "--floor=150",
                "--cap=7500",
                "--body-fi=L",
            ),
            *("--body-sv=N", "--decided-on=2026-08-25", "--section=§ 112", "--case-number=HEL 2026-004117"),
        ),
    ],
)
def test_without_tables_each_says_what_to_type(typed):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_catalog")
    with pytest.raises(CommandError) as refusal:
        run(*typed)
    sentence = "The database has no tables yet, or old ones. Type: python manage.py migrate"
    assert (str(refusal.value), refusal.value.returncode) == (sentence, 2)
