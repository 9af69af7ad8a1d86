"""What PostgreSQL refuses from the offers on: suppliers, awards, contracts, shared costs, use; past the models."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F

from consortium import clock
from procurement.models import (
    Criterion,
    Holding,
    Requirement,
    UserCount,
    UseStep,
    ValueSheet,
)
from tests.by_hand import again, updating
from tests.contract_world import a_resource, a_supplier, drafted, signed, told
from tests.factories import DAY, MunicipalityFactory, a_clerk
from tests.procurement_by_hand import (
    TEXTS,
    a_cost_share,
    a_decision,
    a_figure,
    a_participation,
    a_place,
    a_reminder,
    a_settled_appeal,
    a_usage_file,
    an_appeal,
    an_award,
    an_offer,
    charged_shares,
    frozen_shares,
    sent_award,
    used_option,
    with_notice,
    withdrawn_participation,
)
from tests.procurement_factories import begun

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
LONG_AGO = dt.date(1917, 12, 6)
ENDED = {"ended_on": LONG_AGO, "end_reason_fi": "Ostettu.", "end_reason_sv": "Köpt."}


def _known_supplier():
    row = a_supplier()
    row.edit(by=a_clerk(), business_id="0201256-6")
    return row


def _bought_by_itself():
    row = a_supplier()
    updating(lambda: row, state="merged", successor=row.pk, **ENDED)()


def _requirement():
    return Requirement.objects.create(procurement=begun(), position=1, **TEXTS)


def _criterion(**facts):
    facts = TEXTS | {"weight": 40} | facts
    return Criterion.objects.create(procurement=begun(), position=1, **facts)


def _users():
    return UserCount.objects.create(procurement=begun(), municipality=MunicipalityFactory(), count=3)


def _moved_requirement():
    row = an_offer().procurement.requirements.get()
    updating(lambda: row, procurement=begun())()


def _annulled():
    award = an_award()
    award.annul(by=a_clerk(), on=clock.today(), reason_fi="Virhe.", reason_sv="Fel.")
    return award


def _of_award():
    award = sent_award()
    contract = drafted(supplier=award.offer.supplier)
    type(contract).objects.filter(pk=contract.pk).update(award=award)
    return contract


def _option():
    return drafted(options=[(12, None)]).options.get()


def _step(kind, **facts):
    return UseStep.objects.create(participation=a_participation(), kind=kind, told_by=a_clerk(), **facts)


def _told_twice():
    row = a_participation()
    told(row, "material")
    again(row.steps.get())


def _holding():
    return Holding.begin(a_resource(), MunicipalityFactory(), by=a_clerk(), starts_on=clock.today())


def _sheet(year=2026):
    return ValueSheet.objects.create(municipality=MunicipalityFactory(), year=year, language="fi")


def _of_draft(cost_share):
    """Write a line like a frozen one under shares that are still being prepared."""
    again(frozen_shares().lines.get(), cost_share=cost_share)


ACTS = {
    "supplier_business_id_once": lambda: again(_known_supplier()),
    "supplier_ended_with_reason": updating(a_supplier, state="withdrawn"),
    "supplier_merged_into_another": updating(a_supplier, state="merged", **ENDED),
    "requirement_position_once": lambda: again(_requirement()),
    "criterion_position_once": lambda: again(_criterion()),
    "criterion_weighs_something": lambda: _criterion(weight=0),
    "usercount_once": lambda: again(_users()),
    "offer_once_a_supplier": lambda: again(an_offer()),
    "offer_withdrawn_with_reason": updating(an_offer, state="withdrawn", withdrawn_on=LONG_AGO),
    "award_one_stands": lambda: again(an_award()),
    "award_decided_by_someone": lambda: again(an_award(), section=""),
    "award_has_reasons": lambda: again(an_award(), reason_sv=""),
    "award_without_offer_of_a_lot": lambda: again(an_award(), offer=None),
    "award_sent_whole": updating(an_award, sending="email"),
    "award_sent_before_contract": updating(an_award, state="sent"),
    "award_standstill_has_source": updating(sent_award, standstill_source=""),
    "award_contract_after_standstill": updating(
        sent_award, state="contracted", contracted_on=F("standstill_until")
    ),
    "award_contracted_on_a_day": updating(sent_award, state="contracted"),
    "award_annulled_with_reason": updating(an_award, state="annulled", annulled_on=LONG_AGO),
    "appeal_known_after_filing": updating(an_appeal, known_on=LONG_AGO),
    "appeal_settled_whole": updating(an_appeal, state="settled", outcome="upheld"),
    "appeal_arrangement_in_both": updating(an_appeal, arrangement_fi="Nykyinen sopimus jatkuu."),
    "contract_ends_after_it_begins": updating(drafted, ends_on=LONG_AGO),
    "contract_signed_has_day": updating(drafted, state="signed"),
    "contract_notice_has_days": updating(signed, state="notice"),
    "contract_open_ended_runs_on": updating(drafted, ends_on=None),
    "contract_renewal_where_it_runs_on": updating(drafted, renewal_months=12),
    "contract_our_day_before_notice": updating(drafted, notice_by=F("begins_on"), ours_by=F("ends_on")),
    "contract_notice_before_end": updating(drafted, notice_by=F("ends_on") + DAY),
    "contract_price_not_negative": updating(drafted, yearly=-1),
    "contractoption_number": lambda: again(_option()),
    "contractoption_months": updating(_option, months=121),
    "contractdecision_by_whom": lambda: again(a_decision(), body_sv=""),
    "participation_no_overlap": lambda: again(a_participation()),
    "participation_has_first_day": lambda: again(a_participation(), period=(None, LONG_AGO)),
    "participation_withdrawn_with_reason": updating(a_participation, withdrawn_on=LONG_AGO),
    "participation_volume_not_negative": updating(a_participation, yearly=-1),
    "exitreminder_once_an_end": lambda: again(a_reminder()),
    "usestep_once": _told_twice,
    "usestep_contact_can_be_reached": lambda: _step("contact", name="Aino Esimerkki"),
    "usestep_technical_has_method": lambda: _step("technical"),
    "usestep_date_has_day": lambda: _step("date"),
    "resource_has_language": updating(a_resource, languages=[]),
    "holding_no_overlap": lambda: again(_holding()),
    "holding_has_first_day": updating(_holding, period=(None, None)),
    "usagefile_once": lambda: again(a_usage_file()),
    "usagefile_aside_with_reason": updating(a_usage_file, state="aside"),
    "usagefile_read_has_moment": updating(a_usage_file, state="read"),
    "usageplace_scope_is_named": lambda: a_place(network=""),
    "usagefigure_once": lambda: again(a_figure()),
    "usagefigure_not_negative": lambda: a_figure(count=-1),
    "usagefigure_first_of_month": lambda: a_figure(month=dt.date(2027, 1, 2)),
    "usagefigure_scope_is_named": lambda: a_figure(scope="municipality"),
    "costshare_once_a_year": lambda: again(a_cost_share()),
    "costshare_year": updating(a_cost_share, year=2100),
    "costshare_nothing_negative": updating(a_cost_share, floor=-1),
    "costshare_amount_or_price": updating(a_cost_share, price=1),
    "costshare_use_is_named": updating(a_cost_share, method="use", use_metric="x", use_from=LONG_AGO),
    "costshare_frozen_with_sums": updating(a_cost_share, state="frozen"),
    "costshare_withdrawn_with_reason": updating(a_cost_share, state="withdrawn"),
    "costbatch_number_once": lambda: again(charged_shares().batches.get()),
    "costshareline_once": lambda: again(frozen_shares().lines.get()),
    "costshareline_not_negative": lambda: again(
        frozen_shares().lines.get(), municipality=MunicipalityFactory(), amount=-1
    ),
    "valuesheet_ready_has_file": updating(_sheet, state="ready"),
    "valuesheet_year": lambda: _sheet(2100),
}
GUARDS = {
    "grounds_before_offers": updating(lambda: an_offer().procurement.grounds, basis="committed"),
    "offer_kept_after_award": updating(lambda: an_award().offer, prices={}),
    "award_kept": updating(an_award, reason_sv="Bäst."),
    "award_contract_barred": updating(
        lambda: an_appeal().award, state="contracted", contracted_on=F("standstill_until") + DAY
    ),
    "appeal_kept": lambda: an_appeal().delete(),
    "contract_stays_signed": updating(signed, state="draft"),
    "contract_notice_stands": updating(with_notice, state="signed", given_on=None),
    "contract_after_award": updating(_of_award, state="signed", signed_on=LONG_AGO),
    "contractoption_stays_used": updating(used_option, decision=None),
    "participation_stays": lambda: a_participation().delete(),
    "participation_withdrawal_stands": updating(
        withdrawn_participation, withdrawn_on=None, withdrawn_by=None, withdrawn_reason=""
    ),
    "costshare_frozen": updating(frozen_shares, amount=Decimal(1300)),
    "costshareline_kept": updating(lambda: frozen_shares().lines.get(), amount=Decimal(1)),
}
OTHER_WAYS = [  # to the same refusals
    ("supplier_merged_into_another", _bought_by_itself),
    ("participation_has_first_day", lambda: again(a_participation(), period=DateRange(empty=True))),
    ("participation_has_first_day", lambda: again(a_participation(), period=(None, None))),
    ("usagefile_aside_with_reason", updating(a_usage_file, aside_reason="x")),
    ("grounds_before_offers", lambda: an_offer().procurement.criteria.get().delete()),
    ("grounds_before_offers", lambda: again(an_offer().procurement.requirements.get(), position=2)),
    ("grounds_before_offers", updating(lambda: an_offer().procurement.requirements.get(), text_fi="x")),
    ("grounds_before_offers", _moved_requirement),
    ("grounds_before_offers", updating(lambda: an_offer().procurement, price_weight=10)),
    ("offer_kept_after_award", updating(lambda: an_award().offer, marks={"1": "0.5"})),
    ("offer_kept_after_award", updating(lambda: an_award().offer, received_on=LONG_AGO)),
    ("award_kept", lambda: an_award().delete()),
    ("award_kept", updating(an_award, ranking={})),
    ("award_kept", updating(an_award, decided_on=None)),
    ("award_kept", updating(sent_award, sent_on=LONG_AGO)),
    ("award_kept", updating(_annulled, state="sent")),
    ("award_kept", updating(_annulled, annul_reason_fi="b")),
    ("award_contract_barred", updating(lambda: an_appeal().award.procurement, state="contracted")),
    ("appeal_kept", updating(an_appeal, filed_on=LONG_AGO)),
    ("appeal_kept", updating(a_settled_appeal, outcome="upheld")),
    ("appeal_kept", updating(a_settled_appeal, state="pending", outcome="", settled_on=None)),
    ("contract_stays_signed", lambda: signed(0).delete()),
    ("contract_notice_stands", updating(with_notice, ends_on=F("ends_on") + DAY)),
    ("contractoption_stays_used", lambda: used_option().delete()),
    ("contractoption_stays_used", updating(used_option, months=24)),
    ("participation_stays", updating(a_participation, period=(LONG_AGO, None))),
    ("participation_stays", lambda: updating(a_participation, municipality=MunicipalityFactory())()),
    ("costshare_frozen", lambda: a_cost_share().delete()),
    ("costshare_frozen", updating(frozen_shares, state="draft")),
    ("costshare_frozen", updating(frozen_shares, billed=None)),
    ("costshare_frozen", updating(frozen_shares, use_report="TR")),
    ("costshare_frozen", updating(charged_shares, state="frozen")),
    ("costshare_frozen", updating(charged_shares, state="withdrawn", withdrawn_reason="Virhe")),
    ("costshareline_kept", lambda: frozen_shares().lines.get().delete()),
    ("costshareline_kept", lambda: _of_draft(a_cost_share())),
    ("costshareline_kept", updating(lambda: charged_shares().lines.get(), batch=None)),
    ("costshare_use_is_named", updating(a_cost_share, method="mixed", use_part=1, use_metric="x")),
]


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
