"""``load_demo``: the practice story, once, and never in a real copy."""

import datetime as dt
import io
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from consortium import clock, mailbox
from consortium.deadlines import is_working_day
from consortium.fees import redo
from consortium.models import (
    STEERING,
    AuditEvent,
    DocumentState,
    Feedback,
    OutgoingEmail,
    Post,
    User,
)
from members import demo, example
from members.models import (
    Accession,
    AgreementVersion,
    AnnualBudget,
    AppealState,
    Contact,
    HandIn,
    Invitation,
    JoiningPackage,
    Membership,
    Municipality,
    Note,
    Offer,
    Scheme,
    settlements,
)

pytestmark = pytest.mark.django_db
ACCOUNTS = """Accounts of the practice copy:
  palvelukeskus@konsortio.example    service centre
  sijainen@konsortio.example         service centre, the second
  rautalampi@kunta.example           representative of Rautalampi
  kirjasto.rautalampi@kunta.example  librarian of Rautalampi
  narpes@kunta.example               representative of Närpes, in Swedish
  vaasa@kunta.example                representative of Vaasa
  korsnas@kunta.example              representative of Korsnäs, in Swedish
  raseborg@kunta.example             representative of Raseborg, a member, in Swedish
  porvoo@kunta.example               representative of Porvoo, a member
  kimppa@kunta.example               prepares for the members Porvoo and Raseborg
  kaksi.kuntaa@kunta.example         representative of Alavieska and Kärsämäki
  tarkastaja@konsortio.example       auditor
  kirjanpito@konsortio.example       accountant
  ohjausryhma@konsortio.example      chair of the steering group
  sihteeri@konsortio.example         secretary of the steering group
  jasen@konsortio.example            member of the steering group
  varajasen@konsortio.example        personal deputy in the steering group
  yllapito@konsortio.example         technical administrator: /administration/
"""
KEPT_FREE = ["686", "545", "280", "905", "035", "736"]


def load():
    """Run the command; return what it says."""
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def of(code):
    """Return the municipality's accession."""
    return Accession.objects.select_related("deciding").get(
        municipality__code=code, offer__version__number="3"
    )


@pytest.mark.breaks("members.demo.load")
@pytest.mark.drill
def test_the_story(register, today_is, worker, django_assert_max_num_queries):
    today_is("2026-11-24")
    assert load() == ACCOUNTS
    today = dt.date(2026, 11, 24)
    assert clock.today() == today

    offer = Offer.objects.first()
    assert (offer.decide_by, offer.joins_on) == (dt.date(2027, 5, 24), dt.date(2028, 1, 1))
    assert [v.number for v in AgreementVersion.objects.all()] == ["3", "2"]
    assert all(v.is_example and v.state == "approved" for v in AgreementVersion.objects.all())
    tariff = Scheme.objects.on(today)
    assert (tariff.valid_from, f"{tariff.rate:f}", tariff.floor, tariff.cap) == (
        dt.date(2026, 1, 1),
        "0.009000",
        150,
        7500,
    )
    assert offer.tariff == tariff

    assert Membership.objects.on(today).count() == 17
    assert Membership.objects.on(dt.date(2025, 12, 31)).count() == 9
    assert Membership.objects.on(dt.date(2028, 1, 1)).count() == 18
    assert not Membership.objects.on(today).filter(municipality__code="887").exists()

    assert Counter(offer.accessions.values_list("state", flat=True)) == {
        "prepared": 3,
        "sent": 3,
        "in_preparation": 4,
        "conditional": 1,
        "approved": 4,
        "final": 3,
        "confirmed": 1,
        "rejected": 1,
        "stopped": 1,
    }
    assert not Accession.objects.filter(municipality__code__in=KEPT_FREE).exists()
    assert not Membership.objects.filter(municipality__code__in=KEPT_FREE).exists()
    assert of("317").deciding.appeal_state() == AppealState.NOT_PUBLISHED
    assert of("407").deciding.appeal_state() == AppealState.RUNNING
    assert of("009").deciding.appeal_state() == AppealState.OVER
    assert of("170").deciding.appeal_state() == AppealState.ASK
    assert of("236").state == "conditional"
    assert of("232").hindrance("confirm") is None
    assert of("009").code == "MNTR9QYX"

    assert not Municipality.objects.exclude(registry_email__endswith=".example").exists()
    assert Contact.objects.filter(kind="director", email__endswith=".example").count() == 308
    assert {a.email for a in demo.ACCOUNTS} <= set(User.objects.values_list("email", flat=True))
    posts = Post.objects.active().exclude(
        kind__in=STEERING - {"chair"}
    )  # whom the steering group's story seats
    assert [(p.user.email, p.kind) for p in posts] == [
        ("kirjanpito@konsortio.example", "accountant"),
        ("tarkastaja@konsortio.example", "auditor"),
        ("ohjausryhma@konsortio.example", "chair"),
    ]
    assert [h.accession.municipality.code for h in HandIn.objects.waiting()] == ["614"]
    assert [i.email for i in Invitation.objects.waiting()] == ["kirjasto@ypaja.example"]
    assert [f.answer_by for f in Feedback.objects.unanswered()] == [dt.date(2026, 11, 27)]
    assert Note.objects.get().municipality.code == "105"
    assert not any(user.has_usable_password() for user in User.objects.all())
    both = User.objects.get(email="kaksi.kuntaa@kunta.example")
    assert [m.name_fi for m in Municipality.objects.filter(roles__in=both.roles.representing())] == [
        "Alavieska",
        "Kärsämäki",
    ]

    acts = AuditEvent.objects.about(of("009")).order_by("at", "pk")
    assert [(act.verb, f"{clock.date_of(act.at):%d.%m.}") for act in acts] == [
        ("invite", "21.08."),
        ("package", "24.08."),
        ("send", "26.08."),
        ("decide", "16.10."),
        ("sign", "23.10."),
    ]
    assert acts.last().by == both
    letters = OutgoingEmail.objects.filter(about_type__model="accession", about_id=of("009").pk)
    assert {letter.to for letter in letters} == {
        "kirjaamo@alavieska.example",
        "kirjasto@alavieska.example",
        "kaksi.kuntaa@kunta.example",
    }
    assert not OutgoingEmail.objects.exclude(to__endswith=".example").exists()
    assert not OutgoingEmail.objects.due().exists()
    assert mailbox.letters() == []

    ready = JoiningPackage.objects.filter(format="pdf", state=DocumentState.READY)
    assert sorted(p.filename for p in ready.filter(accession=of("853"))) == ["853-fi.pdf", "853-sv.pdf"]
    assert ready.get(accession=of("009")).figures["offer"]["made_on"] == "2026-08-24"

    count = AuditEvent.objects.count()
    with django_assert_max_num_queries(6):
        assert load() == ACCOUNTS
    assert AuditEvent.objects.count() == count


def standing(budget):
    """Return how many invoices are how far paid, as the ledger says."""
    invoices = budget.invoices.filter(is_internal=False).select_related("assessment__municipality")
    return Counter(str(settlement.state) for settlement in settlements(invoices).values())


@pytest.mark.drill
@pytest.mark.breaks("members.demo_money.live")
def test_the_figures_of_the_fees_add_up(register, today_is, worker):
    today_is("2026-11-24")
    load()
    budgets = {budget.year: budget for budget in AnnualBudget.objects.all()}
    assert {year: (b.state, b.assessments.charges().count()) for year, b in budgets.items()} == {
        2025: ("invoiced", 9),
        2026: ("invoiced", 18),  # one of them instead of one that was credited
        2027: ("decided", 17),
        2028: ("draft", 0),
    }
    for budget in budgets.values():
        assert sum(line.planned for line in budget.lines.all()) == budget.total
        assert sum(fee.amount for fee in budget.assessments.all()) == budget.assessed <= budget.ceiling
        assert all(redo(fee.line) == abs(fee.amount) <= budget.fee_cap for fee in budget.assessments.all())
        fees = budget.assessments.standing()
        assert fees.count() == fees.values("municipality").distinct().count()
        serials = [invoice.serial for invoice in budget.invoices.filter(is_internal=False)]
        assert serials == [*range(1, budget.last_serial + 1)]
        assert (budget.fee_cap, budget.ceiling) == (7500, 75_000)
        assert bool(budget.told_on) == (budget.year < 2028)
        assert not budget.untold()
        assert not budget.papers.unfinished()
    assert {year: budget.project_funding for year, budget in budgets.items()} == {
        **{2025: 30_000, 2026: 0, 2027: 0, 2028: 0}
    }
    assert [alternative.letter for alternative in budgets[2028].alternatives.all()] == ["A", "B"]

    assert standing(budgets[2025]) == {"paid": 4, "part_paid": 1, "paid_twice": 1, "returned": 1, "open": 1}
    assert standing(budgets[2026]) == {
        **{"paid": 8, "part_paid": 1, "paid_twice": 1, "returned": 1, "open": 2},
        "unknown": 2,  # the credit and the new invoice: the ledger has not spoken of them
    }
    for year in (2025, 2026):
        [returned] = budgets[year].returns.all()
        assert returned.problems == []
        assert [entry.doubt for entry in returned.entries.exclude(doubt="")] == ["nobody"]
    credited = budgets[2026].assessments.get(credits__isnull=False)
    wrong, right = credited.credits, credited.credits.replaced_by
    assert wrong.municipality.code == "167"
    assert right.residents == wrong.residents + 412
    assert right.amount > wrong.amount == -credited.amount
    assert [batch.lines.count() for batch in budgets[2026].batches.all()] == [14, 2]
    for year in (2026, 2027):
        lacking = {fee.municipality.code: gaps for fee, gaps in budgets[year].waiting()[1]}
        assert lacking == {"478": ["einvoice_address"], "499": ["buyer_reference"], "507": ["business_id"]}


@pytest.mark.drill
@pytest.mark.parametrize(
    ("today", "states"),
    [
        ("2027-01-04", {2026: "invoiced", 2027: "decided", 2028: "draft"}),
        ("2026-05-20", {2025: "invoiced", 2026: "invoiced", 2027: "draft"}),
    ],
)
def test_the_years_follow_the_day(register, today_is, worker, today, states):
    today_is(today)
    load()
    assert dict(AnnualBudget.objects.values_list("year", "state")) == states
    assert not AuditEvent.objects.filter(at__date__gt=today).exists()


def test_without_the_register_it_says_what_to_type():
    with pytest.raises(
        CommandError, match=r"^The register is not loaded. Type: python manage.py load_municipalities$"
    ) as no:
        load()
    assert no.value.returncode == 2


def test_a_real_copy_refuses(register, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="PORTAL_PRODUCTION is on"):
        load()
    assert not User.objects.exists()
    assert not Municipality.objects.exclude(registry_email="").exists()


@pytest.mark.parametrize(
    ("today", "decide_by", "joins_on"),
    [
        ("2026-11-24", "2027-05-24", "2028-01-01"),
        ("2026-11-22", "2027-05-21", "2028-01-01"),
        ("2027-01-04", "2027-08-02", "2028-01-01"),  # 180 days end in July
        ("2026-06-29", "2026-12-28", "2028-01-01"),  # 26.12. is closed; four days are not two weeks
        ("2026-06-17", "2026-12-14", "2027-01-01"),
    ],
)
def test_the_examples_deadline_is_a_working_day_outside_july(today, decide_by, joins_on):
    day = example.deadline(dt.date.fromisoformat(today))
    assert (day.isoformat(), example.joining_day(day).isoformat()) == (decide_by, joins_on)
    assert is_working_day(day)
