"""The letters about offers: to the tenderers and to the participants, one function a message."""

from django.utils.translation import get_language, gettext, override

from consortium import emails
from consortium.models.mail import Priority
from consortium.templatetags.portal import weekday_day
from members.reminder_emails import look_up_people
from procurement import needs_emails

TENDERER = "procurement/emails/award_to_tenderer"
PARTICIPANT = "procurement/emails/award_to_participant"
ANNULLED = "procurement/emails/award_annulled"
APPEAL = "procurement/emails/appeal_filed"
SETTLED = "procurement/emails/appeal_settled"
VOID = "procurement/emails/procurement_void"
SUPPLIER_LEFT = "procurement/emails/supplier_left"
SHORT = len("procurement/emails/")


def _buyers(procurement, lot=None):
    """Return the municipalities whose answers bring volume, in a lot those that buy of it, with their people."""
    if not hasattr(procurement, "round"):
        return []
    rows = procurement.round.answers.standing().order_by("municipality__sort_key_fi")
    if lot is not None:
        rows = [
            a
            for a in rows
            if not a.standing.by_lot or a.standing.by_lot.get(str(lot.number)) not in (None, "", "0")
        ]
    places = [answer.municipality for answer in rows]
    look_up_people(places)
    return places


def _tell(template, places, *, about, page, **context):
    for place in places:
        needs_emails.tell(
            template[SHORT:],
            place,
            about=about,
            page=page,
            registry=True,
            priority=Priority.MAILING,
            **context,
        )


def _tell_tenderers(template, award, **context):
    """Write to each tenderer that has an address, in its language, about its own offer alone."""
    offers = award.procurement.offers.standing().filter(lot=award.lot).select_related("supplier")
    for offer in offers.exclude(supplier__email=""):
        supplier = offer.supplier
        with override(supplier.language):
            own = {
                "title": award.title,
                "bars": [],
                "arithmetic": arithmetic_of(award.ranking, offer.pk),
                "source": gettext(award.standstill_source),
            }
        emails.queue(
            template,
            supplier.email,
            supplier.language,
            about=award,
            offer=offer,
            won=award.offer_id == offer.pk,
            place=_place_of(award.ranking, offer.pk),
            reason=award.reason_sv if supplier.language == "sv" else award.reason_fi,
            url=emails.absolute("procurement:award", supplier.language, pk=award.pk),
            **own,
            **context,
        )


def _place_of(ranking, offer):
    return next((place for place in ranking.get("places", ()) if place["offer"] == offer), None)


def arithmetic_of(ranking, offer):
    """Return the lines of one offer's points as (what, reckoning), from the frozen ranking, in the active language."""
    place = _place_of(ranking, offer)
    if place is None or place["points"] is None:
        return []
    names = {row["key"]: row["sv" if get_language() == "sv" else "fi"] for row in ranking["criteria"]}
    return [
        (
            names.get(code) or gettext("Price"),
            f"{dividend} ÷ {divisor} × {weight} = {points}".replace(".", ","),
        )
        for code, dividend, divisor, weight, points in place["terms"]
    ]


def tenderers_told(award):
    """Tell each tenderer the decision, its own points and until when it can be challenged; nothing of other offers."""
    days = {
        "rectification": weekday_day(award.date_of("rectification")),
        "market_court": weekday_day(award.date_of("market_court")),
    }
    _tell_tenderers(TENDERER, award, **days)


def participants_told(award):
    """Tell those who committed themselves or were interested who won, and what comes before the contract."""
    page = ("procurement:award", {"pk": award.pk})
    _tell(PARTICIPANT, _buyers(award.procurement, award.lot), about=award, page=page, award=award)


def award_annulled(award):
    """Tell tenderers and participants that the decision has been annulled, and why."""
    _tell_tenderers(ANNULLED, award, to_tenderer=True)
    page = ("procurement:award", {"pk": award.pk})
    _tell(ANNULLED, _buyers(award.procurement, award.lot), about=award, page=page, award=award)


def appeal_filed(appeal):
    """Tell the participants plainly that the contract waits, and how they manage meanwhile where that is known."""
    award = appeal.award
    page = ("procurement:award", {"pk": award.pk})
    _tell(APPEAL, _buyers(award.procurement, award.lot), about=appeal, page=page, award=award)


def appeal_settled(appeal):
    """Tell the participants what came of the challenge."""
    award = appeal.award
    page = ("procurement:award", {"pk": award.pk})
    _tell(SETTLED, _buyers(award.procurement, award.lot), about=appeal, page=page, award=award)


def ended_without_result(procurement):
    """Tell the committed and the interested on the same day that nothing comes of it, and their answers are free."""
    page = ("procurement:procurement", {"pk": procurement.pk})
    _tell(VOID, _buyers(procurement), about=procurement, page=page, procurement=procurement)


def supplier_left(supplier, places):
    """Tell municipalities that a supplier sells no more, or has been bought, and what happens next."""
    look_up_people(places)
    for place in places:
        page = ("municipality", {"code": place.code})
        _tell(SUPPLIER_LEFT, [place], about=supplier, page=page, supplier=supplier)
