"""The letters about offers: to the tenderers and to the participants, one function a message."""

from decimal import Decimal

from django.utils.translation import get_language, override

from consortium import emails
from consortium.models.mail import Priority
from consortium.templatetags.portal import money, number, weekday_day
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
            a for a in rows if not a.standing.by_lot or Decimal(a.standing.by_lot.get(str(lot.number)) or 0)
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
            own = _own(award, offer) | {"title": award.title}
            own |= {name: weekday_day(award.date_of(name)) for name in ("rectification", "market_court")}
        emails.queue(
            template,
            supplier.email,
            supplier.language,
            about=award,
            offer=offer,
            won=award.offer_id == offer.pk,
            reason=award.reason_sv if supplier.language == "sv" else award.reason_fi,
            url=emails.absolute("procurement:award", supplier.language, pk=award.pk),
            **own,
            **context,
        )


def _place_of(ranking, offer):
    return next((place for place in ranking.get("places", ()) if place["offer"] == offer), None)


def _own(award, offer):
    """Return what a tenderer reads of its own offer: place, price, marks; no points, which would tell others' prices.

    In the active language.
    """
    place = _place_of(award.ranking, offer.pk) or {}
    marks = {
        code: f"{number(mark)} / {number(best)}"
        for code, mark, best, _weight, _points in place.get("terms", ())
        if code != "price"
    }
    language = "sv" if get_language() == "sv" else "fi"
    return {
        "place": place.get("place"),
        "price": money(place["price"]) if place else "",
        "marks": [
            (row[language], marks[row["key"]]) for row in award.ranking["criteria"] if row["key"] in marks
        ],
    }


def tenderers_told(award):
    """Tell each tenderer the decision, its own place and marks, and until when it can be challenged."""
    _tell_tenderers(TENDERER, award)


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
