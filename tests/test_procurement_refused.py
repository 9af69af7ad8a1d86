"""What PostgreSQL refuses of joint procurement, whatever the portal's own code would let through."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from consortium import clock
from procurement.models import Lot, Option, Stage
from tests.by_hand import again, updating
from tests.factories import a_clerk
from tests.procurement_factories import announced as announced_one
from tests.procurement_factories import begun, member, opened, said

pytestmark = pytest.mark.django_db
LONG_AGO = dt.date(1917, 12, 6)


def _round(**terms):
    return opened(announced_one(), [member()], **terms)


def _given(kind="committed", **more):
    """Return the version of a new answer."""
    answer = _round().answers.get()
    return answer.give(by=a_clerk(), seen=0, **said(kind, **more))


def _second(first="committed", **fields):
    """Write a second version straight past the model, with the fields of the first and those given."""
    again(_given(first), **{"number": 2} | fields)


def _ruled(**fields):
    version = _given(reservation="Jos ruotsinkielisiä on kymmenesosa.")
    again(version.answer.rule(version, "condition_accepted", by=a_clerk(), reason="Sopii."), **fields)


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
    "round_runs_on_until_a_day": updating(_round, silence="runs_on"),
    "round_cost_has_rate": updating(_round, cost_rate=None),
    "round_nothing_negative": updating(_round, quota_share=Decimal("-0.5")),
    "answer_once": lambda: again(_round().answers.get()),
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
    "ruling_once": _ruled,
    "ruling_has_reason": lambda: _ruled(about="lateness", reason=""),
}


def test_each_constraint_of_joint_procurement_is_violated_here():
    models = apps.get_app_config("procurement").get_models()
    assert {c.name for model in models for c in model._meta.constraints} == ACTS.keys()


@pytest.mark.parametrize("name", ACTS)
def test_a_constraint_holds(name):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        ACTS[name]()
    assert refusal.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize("change", ["UPDATE procurement_{} SET id = id", "DELETE FROM procurement_{}"])
@pytest.mark.parametrize("table", ["answerversion", "ruling"])
def test_what_was_said_and_ruled_can_only_be_read_and_added_to(table, change):
    _given()
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))
