"""What the portal knows of a procurement for its notice, gathered from its records."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium import clock
from members.models import BillingTerms, Municipality
from procurement import law, notice
from procurement.models.buyers import estimated
from procurement.models.words import StageKind

HELSINKI = "091"
HUNDRED = 100


def facts_of(procurement, language):
    """Return the notice.Facts of a procurement, its texts in a language, Swedish or else Finnish."""
    swedish = language == "sv"

    def text(row, name):
        return getattr(row, f"{name}_{'sv' if swedish else 'fi'}")

    planned = {stage.kind: stage.done_on or stage.planned_on for stage in procurement.stages.all()}
    lots = list(procurement.lots.all())
    return notice.Facts(
        title=text(procurement, "title"),
        summary=text(procurement, "summary"),
        number=procurement.case_number or procurement.number,
        cpv=tuple(procurement.cpv),
        procedure=law.Procedure(procurement.procedure),
        setting=law.Setting(procurement.setting),
        months=procurement.months,
        value=_value(procurement),
        maximum=procurement.maximum,
        options=tuple(notice.Option(o.months, o.amount) for o in procurement.options.all()),
        lots=tuple((lot.number, text(lot, "title")) for lot in lots),
        criteria=tuple(_criteria(procurement, text, "sv" if swedish else "fi")),
        notice_on=planned.get(StageKind.NOTICE),
        requests_on=planned.get(StageKind.REQUESTS),
        invitation_on=planned.get(StageKind.INVITATION),
        tenders_on=planned.get(StageKind.TENDERS),
        **_buyer(swedish),
    )


def _value(procurement):
    """Return the estimated value (€ without VAT, options included) from the answers; None before there are any."""
    found = estimated(procurement)
    return found.value if found.buyers else None


def _criteria(procurement, text, language):
    with override(language):
        if procurement.price_weight:
            yield notice.Criterion(_("Price"), notice.Decimal(procurement.price_weight), is_price=True)
    for criterion in procurement.criteria.select_related("lot"):
        with override(language):
            lot = _("Lot %(number)s") % {"number": criterion.lot.number} if criterion.lot else ""
        name = ": ".join(filter(None, [lot, text(criterion, "text")]))
        yield notice.Criterion(name, criterion.weight)


def _buyer(swedish):
    """Return who buys: the City of Helsinki, as its invoices name it, else as the register does."""
    city = Municipality.objects.filter(code=HELSINKI).first()
    terms = BillingTerms.objects.on(clock.today())
    if terms:
        return {
            "buyer_name": terms.seller_name,
            "buyer_id": terms.seller_business_id,
            "buyer_town": terms.seller_town,
            "buyer_email": city.registry_email if city else "",
        }
    if city:
        name = city.name_sv if swedish else city.name_fi
        return {"buyer_name": name, "buyer_id": city.business_id, "buyer_email": city.registry_email}
    return {}
