"""What PostgreSQL refuses of joint procurement, whatever the portal's own code would let through."""

import datetime as dt
import uuid
from decimal import Decimal

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from consortium import clock
from members.models import Municipality
from procurement.models import (
    AnswerReminder,
    CommitmentForm,
    CommitmentList,
    Endorsement,
    FormSent,
    GroupCall,
    GroupSeat,
    Lot,
    Option,
    Paper,
    Question,
    Stage,
    Wish,
)
from tests.by_hand import again, forbidden, run, updating
from tests.factories import DAY, UserFactory, a_clerk
from tests.procurement_by_hand import (
    a_figure,
    a_file,
    a_mapping,
    a_place,
    a_reminder,
    a_round,
    charged_shares,
    given,
    used_option,
)
from tests.procurement_factories import announced as announced_one
from tests.procurement_factories import begun, member
from tests.procurement_world import procurement_world
from tests.test_contracts_refused import ACTS as CONTRACT_ACTS
from tests.test_contracts_refused import GUARDS as CONTRACT_GUARDS

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
LONG_AGO = dt.date(1917, 12, 6)
NOON = dt.datetime(2027, 2, 1, 12, tzinfo=dt.UTC)
TABLES = [name for name in settings.APPEND_ONLY_TABLES if name.startswith("procurement")]


def _second(first="committed", **fields):
    """Write a second version straight past the model, with the fields of the first and those given."""
    again(given(first), **{"number": 2} | fields)


def _ruling():
    version = given(reservation="Jos ruotsinkielisiä on kymmenesosa.")
    return version.answer.rule(version, "condition_accepted", by=a_clerk(), reason="Sopii.")


def _reminded():
    return AnswerReminder.objects.create(answer=a_round().answers.get(), occasion="by-hand")


def _wish(**facts):
    said = {"what": "Äänikirjoja", "why": "Kysytään.", "use": "Kuukausittain"}
    return Wish.make(member(), by=a_clerk(), **said | facts)


def _endorsement():
    wish = _wish()
    wish.endorse(by=a_clerk(), municipality=member())
    return Endorsement.objects.get(wish=wish)


def _call():
    said = {"group": "content", "text_fi": "Valitsee.", "text_sv": "Väljer."}
    return GroupCall.open(announced_one(), by=a_clerk(), offer_by=clock.today() + 9 * DAY, **said)


def _seat():
    who = {"user": UserFactory(), "municipality": member()}
    return GroupSeat.name(announced_one(), by=a_clerk(), group="content", **who)


def _offered():
    by = UserFactory()
    return GroupSeat.offer(_call(), by=by, municipality=member())


def _paper(procurement=None):
    facts = {"title": "Suunnitelma", "kind": "plan"}
    return Paper.add(procurement or announced_one(), by=a_clerk(), file=a_file(), **facts)


def _published():
    row = _paper()
    row.publish(by=a_clerk(), audience="members", contains_volumes=False)
    return row


def _question():
    said = {"text": "Kuinka monta nimekettä?", "language": "fi"}
    return Question.ask(announced_one(), member(), by=a_clerk(), **said)


def _list():
    return CommitmentList.ask(procurement_world("frozen").round, by=a_clerk(), language="fi")


def _handed_over():
    row = _list()
    rows = CommitmentList.objects.filter(pk=row.pk)
    facts = {"handed_over_how": "otherwise", "handed_over_to": "Yhteishankintayksikkö"}
    rows.update(handed_over_on=clock.today(), handed_over_by=row.asked_by, **facts)
    return row


def _form():
    return CommitmentForm.ask(procurement_world("frozen").round, by=a_clerk(), language="fi")


def _sent():
    round_ = a_round()
    FormSent.mark(round_, Municipality.objects.filter(answers__round=round_), by=a_clerk(), on=clock.today())
    return FormSent.objects.get()


ACTS = {
    "procurement_number": lambda: again(begun()),
    "procurement_nothing_negative": updating(begun, one_off=-1),
    "procurement_months_counted": updating(begun, months=241),
    "procurement_price_weight": updating(begun, price_weight=101),
    "procurement_void_has_reason": updating(announced_one, state="void"),
    "procurement_round_announced": updating(begun, state="round"),
    "procurement_volumes_open_in_time": updating(announced_one, volumes_open_to="public"),
    "lot_number": lambda: again(
        Lot.objects.create(procurement=begun(), number=1, title_fi="a", title_sv="a")
    ),
    "option_number": lambda: again(Option.objects.create(procurement=begun(), number=1, months=12)),
    "option_says_something": lambda: Option.objects.create(procurement=begun(), number=1),
    "stage_once": lambda: again(Stage.objects.create(procurement=begun(), kind="needs")),
    "stage_typed_has_source": lambda: Stage.objects.create(procurement=begun(), kind="needs", typed=True),
    "round_runs_on_until_a_day": updating(a_round, silence="runs_on"),
    "round_cost_has_rate": updating(a_round, cost_rate=None),
    "round_nothing_negative": updating(a_round, quota_share=Decimal("-0.5")),
    "answer_once": lambda: again(a_round().answers.get()),
    "answerversion_number": lambda: _second(number=1),
    "answerversion_committed_volume": lambda: _second(yearly=None),
    "answerversion_nothing_negative": lambda: _second(ceiling=Decimal(-1)),
    "answerversion_no_volume_without_yes": lambda: _second("declined", yearly=Decimal(1)),
    "answerversion_preparing_until": lambda: _second("preparing", until=None),
    "answerversion_withdrawn_with_reason": lambda: _second(
        "declined", kind="withdrawn", until=clock.today(), reason=""
    ),
    "answerversion_committed_by_decision": lambda: _second(body=""),
    "answerversion_final_after_decision": lambda: _second(final_on=LONG_AGO),
    "answerversion_answered_by_name_and_title": lambda: _second(answered_name="Aino Esimerkki"),
    "answerversion_on_behalf_whole": lambda: _second(channel="phone"),
    "answerreminder_once_an_occasion": lambda: again(_reminded()),
    "ruling_once": lambda: again(_ruling()),
    "ruling_has_reason": lambda: again(_ruling(), reason=""),
    "ruling_about_its_kind": lambda: again(_ruling(), about="lateness"),
    "wish_gathered_has_procurement": updating(_wish, state="gathered", settled_on=LONG_AGO),
    "wish_declined_has_answer": updating(_wish, state="declined", settled_on=LONG_AGO, answer_fi="a"),
    "wish_settled_has_day": updating(_wish, state="withdrawn"),
    "wish_on_behalf_whole": updating(_wish, channel="phone"),
    "endorsement_once": lambda: again(_endorsement()),
    "groupcall_once": lambda: again(_call()),
    "groupseat_once": lambda: again(_seat()),
    "groupseat_seated_since": updating(_seat, accepted_on=None),
    "groupseat_left_on_a_day": updating(_seat, state="left"),
    "groupseat_declined_with_reason": updating(_offered, state="declined"),
    "paper_open_only_when_published": updating(_paper, audience="public", contains_volumes=False),
    "paper_withdrawn_whole": updating(_published, state="withdrawn", audience="staff"),
    "question_answered_whole": updating(_question, state="answered", answered_at=NOON),
    "commitmentlist_number": lambda: again(_list(), key=uuid.uuid4()),
    "commitmentlist_ready_has_file": updating(_list, state="ready", file="x"),
    "commitmentlist_differs_from_one": lambda: again(_list(), key=uuid.uuid4(), kind="differences"),
    "commitmentlist_handed_over_whole": updating(_list, handed_over_on=LONG_AGO),
    "commitmentform_ready_has_file": updating(_form, state="ready", made_at=NOON),
    "formsent_once": lambda: again(_sent()),
}
GUARDS = {
    "paper_volumes_in_time": updating(_published, contains_volumes=True),
    "commitmentlist_kept": updating(_list, figures={}),
}
OTHER_WAYS = [  # to the same refusals
    ("round_cost_has_rate", updating(a_round, cost_rate=0)),
    ("answerversion_committed_by_decision", lambda: _second(decided_on=None)),
    ("answerversion_committed_volume", lambda: _second(yearly=Decimal(0))),
    (
        "stage_typed_has_source",
        lambda: Stage.objects.create(procurement=begun(), kind="needs", typed=True, planned_on=LONG_AGO),
    ),
    ("paper_volumes_in_time", lambda: updating(_published, contains_volumes=True, audience="public")()),
    ("commitmentlist_kept", lambda: _list().delete()),
    ("commitmentlist_kept", updating(_list, number=7)),
    ("commitmentlist_kept", updating(_handed_over, handed_over_to="Joku muu")),
    ("commitmentlist_kept", updating(_handed_over, handed_over_on=LONG_AGO)),
    ("commitmentlist_kept", updating(_handed_over, file="toinen.xlsx", sha256="x")),
]


def _models():
    return list(apps.get_app_config("procurement").get_models())


def test_each_constraint_of_joint_procurement_is_violated_here():
    names = {c.name for model in _models() for c in model._meta.constraints}
    assert names == ACTS.keys() | CONTRACT_ACTS.keys()


def test_each_trigger_that_speaks_to_people_is_met_here():
    names = {name for model in _models() for name in getattr(model, "TRIGGERS", ())}
    assert names == GUARDS.keys() | CONTRACT_GUARDS.keys()


@pytest.mark.parametrize("name", [*ACTS, *GUARDS])
def test_a_constraint_holds(name):
    _refused(name, (ACTS | GUARDS)[name])


@pytest.mark.parametrize(("name", "act"), OTHER_WAYS)
def test_there_is_no_other_way(name, act):
    _refused(name, act)


def _refused(name, act):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    assert refusal.value.__cause__.diag.constraint_name == name


# --- What was said, ruled, decided, read ---------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_what_was_said_and_decided_can_only_be_read_and_added_to(table):
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]
    has = [right for right in rights if run("SELECT has_table_privilege(%s, %s)", table, right)[0][0]]
    assert has == ["SELECT", "INSERT"]
    for statement in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        assert forbidden(statement.format(table))


def test_each_table_that_is_only_added_to_has_its_trigger_and_no_other_has():
    found = run("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%append_only'")
    assert {name for (name,) in found} == set(settings.APPEND_ONLY_TABLES)


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_meets_the_same_triggers(owner):
    def no(text):
        with pytest.raises(psycopg.errors.IntegrityError) as refusal, owner.transaction():
            owner.execute(text)
        return refusal.value.diag.constraint_name or type(refusal.value).__name__

    ruling = _ruling()
    ruling.version.answer.attach(by=a_clerk(), extract=a_file())
    used_option()
    a_reminder()
    a_figure()
    a_place()
    a_mapping()
    charged_shares()
    _handed_over()
    for table in TABLES:
        assert owner.execute(f"SELECT 1 FROM {table}").fetchone(), table
        assert no(f"UPDATE {table} SET id = id") == "RestrictViolation"
        assert no(f"DELETE FROM {table}") == "RestrictViolation"
    assert no("UPDATE procurement_costshareline SET amount = 1") == "costshareline_kept"
    assert no("DELETE FROM procurement_costshareline") == "costshareline_kept"
    assert no("UPDATE procurement_costshare SET billed = 1") == "costshare_frozen"
    assert no("UPDATE procurement_commitmentlist SET figures = '{}'") == "commitmentlist_kept"
    assert no("DELETE FROM procurement_commitmentlist") == "commitmentlist_kept"
    assert no("UPDATE procurement_contractoption SET decision_id = NULL") == "contractoption_stays_used"
    assert no("UPDATE procurement_contract SET state = 'draft'") == "contract_stays_signed"
