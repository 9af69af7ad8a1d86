"""The award for everybody: who won, the decision, what is counted from it, what stands between it and the contract."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from consortium.gather import Part, Task
from consortium.templatetags.portal import day, keep, moment, money, number, place, put_in, weekday_day
from members.models.agreement import section_sign
from members.views.accession import who
from procurement.models import AppealState, Award, AwardState, Decider, ProcurementState, StageKind
from procurement.models.award import cited
from procurement.models.buyers import participants
from procurement.models.grounds import grounds_of, measure
from procurement.models.offer_words import Basis
from procurement.pages.offers import link, ranking_part
from procurement.price_words import model_words, next_tier_words
from procurement.prices import Refused, reckon, to_next_tier
from procurement.readings import OFFERS, note_reading

DONE = {
    "decide": gettext_lazy("Award decision recorded"),
    "send": gettext_lazy("Decision sent to the tenderers; they and the participants were told"),
    "retime": gettext_lazy("Last day of the standstill changed"),
    "appeal": gettext_lazy("Challenge of the award recorded; the participants were told"),
    "contract": gettext_lazy("Contract made"),
    "annul": gettext_lazy("Award annulled; tenderers and participants were told"),
    "lapse": gettext_lazy("Award fell with the procurement"),
    "edit": gettext_lazy("Entry changed"),
    "begin": gettext_lazy("Supplier written down"),
    "receive": gettext_lazy("Offer written down"),
    "judge": gettext_lazy("Requirements and marks recorded"),
    "withdraw": gettext_lazy("Recorded that it was withdrawn"),
    "merge": gettext_lazy("Recorded that it was bought; those concerned were told"),
}
NEWEST = 5


def receipt(event, reader):
    """Return the receipt of an act for partials/receipt.html; None without one."""
    if event is None:
        return None
    rows = [
        (_("What"), DONE.get(event.verb, event.verb)),
        (_("When"), moment(event.at)),
        (_("Who"), who(event, reader)),
        (_("Receipt"), event.number),
    ]
    if "told" in event.details:
        words = ngettext("%(n)s municipality", "%(n)s municipalities", event.details["told"])
        rows.insert(1, (_("Told"), words % {"n": number(event.details["told"])}))
    return {"rows": rows}


def says(award, today):
    """Return who won and what comes next, in a sentence or two."""
    if award.state == AwardState.ANNULLED:
        words = _("The decision was annulled on %(day)s. %(reason)s")
        return put_in(words, day=keep(day(award.annulled_on)), reason=award.annul_reason)
    if award.offer is None:
        return put_in(_("The lot ended without a contract. %(reason)s"), reason=award.reason)
    won = put_in(_("%(supplier)s won."), supplier=award.winner)
    if award.state == AwardState.CONTRACTED:
        return put_in(
            _("%(won)s The contract was made on %(day)s."), won=won, day=keep(day(award.contracted_on))
        )
    found = award.bars(today)
    then = found[0] if found else _("Nothing stands between the award and the contract any more.")
    return put_in("%(won)s %(then)s", won=won, then=then)


def facts_part(award):
    """Return the decision: whose, when, section, case number, reasons."""
    decider = (
        award.body if award.decider == Decider.HELSINKI else f"{award.body} ({award.get_decider_display()})"
    )
    facts = [
        (_("Procurement"), award.title),
        (_("Winner"), award.winner or _("nobody")),
        (_("Decided by"), ", ".join(filter(None, [decider, section_sign(award.section)]))),
        (_("Date"), day(award.decided_on)),
    ]
    if award.case_number:
        facts.append((_("Case number"), award.case_number))
    facts.append((_("Reasons"), award.reason))
    return Part(_("Decision"), "members/parts/facts.html", {"facts": facts})


def dates_part(award):
    """Return the days counted from the sending: standstill, remedies, contract; each with its source."""
    if award.sent_on is None:
        return None
    rows = [(_("Sent to the tenderers"), f"{weekday_day(award.sent_on)}, {award.get_sending_display()}", "")]
    if award.standstill_until:
        rows.append(
            (
                _("Last day of the standstill"),
                weekday_day(award.standstill_until),
                cited(award.standstill_source),
            )
        )
    else:
        rows.append((_("Standstill"), _("there is none"), _("The Act asks for none here.")))
    labels = {
        "rectification": StageKind.RECTIFICATION.label,
        "market_court": StageKind.MARKET_COURT.label,
        "award_notice": StageKind.AWARD_NOTICE.label,
    }
    for line in award.dates:
        if line["stage"] in labels:
            source = cited(line["source"])
            if source and not line["checked"]:
                source = _("%(source)s (check the section)") % {"source": source}
            rows.append((capfirst(labels[line["stage"]]), weekday_day(line["on"]), source))
    if award.contracted_on:
        rows.append((_("Contract made"), weekday_day(award.contracted_on), ""))
    return Part(_("Days counted from it"), "procurement/parts/award_dates.html", {"rows": rows})


def appeals_part(user, award):
    """Return the challenges of the award: that they are there is everyone's, who filed them the service centre's."""
    rows = []
    for appeal in award.appeals.all():
        if appeal.state == AppealState.PENDING:
            text = appeal.bar
        else:
            words = _("Settled on %(day)s: %(outcome)s.")
            text = words % {"day": day(appeal.settled_on), "outcome": appeal.get_outcome_display()}
        rows.append(
            {
                "appeal": appeal,
                "when": weekday_day(appeal.filed_on),
                "what": appeal.get_kind_display(),
                "text": text,
                "waits": appeal.state == AppealState.PENDING,
                "arrangement": appeal.arrangement if appeal.state == AppealState.PENDING else "",
                "note": _facts_of(appeal) if user.has_perm("procurement.view_offers") else "",
                "steps": _steps(appeal, user),
            }
        )
    return Part(_("Challenges"), "procurement/parts/appeals.html", {"rows": rows}) if rows else None


def _facts_of(appeal):
    known = _("known on %(day)s") % {"day": day(appeal.known_on)}
    return ". ".join(filter(None, [appeal.filed_by, appeal.case_number, known, appeal.note]))


def _steps(appeal, user):
    labels = {"arrange": _("Write the temporary arrangement"), "settle": _("Record what came of it")}
    steps = appeal.steps_open_to(user)
    return [{"label": labels[verb], "url": link(f"appeal_{verb}", appeal.pk)} for verb in steps]


def own_part(user, award):
    """Return what the winner's prices mean for the municipalities that the person acts for; tiers where it has them."""
    if award.offer is None or not award.is_public or not user.is_authenticated:
        return None
    own = set(user.roles.active().values_list("municipality__code", flat=True))
    if not own:
        return None
    said = grounds_of(award.procurement)
    buyers, places = participants(award.procurement, lot=award.lot, basis=Basis(said.basis))
    mine = [buyer for buyer in buyers if buyer.key in own]
    if not mine:
        return None
    model = award.offer.price_model
    try:
        costs = reckon(model, buyers, shared_by=measure(said.shared_by))
    except Refused:
        return None
    rows = [
        put_in(
            _("%(name)s: about %(sum)s a year, without VAT."),
            name=place(places[buyer.key]),
            sum=money(costs.amounts[buyer.key]),
        )
        for buyer in mine
    ]
    steps = ((price, to_next_tier(price, buyers)) for price in model.prices)
    following = [next_tier_words(price, *step) for price, step in steps if step]
    context = {"rows": rows, "prices": model_words(model), "next": following if award.offer.has_tiers else []}
    return Part(_("For us"), "procurement/parts/own_award.html", context)


def parts(user, award, today):
    """Return the parts of the award's page for this person."""
    found = [own_part(user, award), facts_part(award), dates_part(award), appeals_part(user, award)]
    may = "procurement.view_suppliers" if award.is_public else "procurement.view_offers"
    shows_order = bool(award.offer_id) and user.has_perm(may)
    if award.sent_on is None or (shows_order and not award.is_public):
        note_reading(user, award.procurement, OFFERS)
    if shows_order:
        found.append(ranking_part(award.ranking))
    return [part for part in found if part]


LABELS = {
    "send": gettext_lazy("Record that it was sent"),
    "contract": gettext_lazy("Record that the contract was made"),
    "appeal": gettext_lazy("Record a challenge"),
    "retime": gettext_lazy("Change the last day of the standstill"),
    "annul": gettext_lazy("Annul the decision"),
}


def acts(user, award, today):
    """Return the steps of the award that the person may take now, the main one first."""
    verbs = award.steps_open_to(user)
    if award.offer is None:
        verbs = [verb for verb in verbs if verb in {"send", "annul"}]
    found = [verb for verb in LABELS if verb in verbs]
    if "contract" in found and award.bars(today):
        found.remove("contract")
    if "retime" in found and award.standstill_until is None:
        found.remove("retime")
    quiet = {"appeal", "retime", "annul"}
    return [{"label": LABELS[v], "url": link(f"award_{v}", award.pk), "quiet": v in quiet} for v in found]


# --- What other pages show ---------------------------------------------------------------------------------------


def procurement_parts(user, procurement, today):
    """Return the awards on the procurement's page: who won and what comes next, as far as the person may know."""
    rows = Award.objects.visible_to(user).filter(procurement=procurement)
    rows = rows.select_related("offer__supplier", "lot").prefetch_related("appeals")
    shown = []
    for award in rows:
        award.procurement = procurement
        shown.append(
            {
                "url": award.get_absolute_url(),
                "what": _("Lot %(lot)s") % {"lot": award.lot} if award.lot else _("Award decision"),
                "when": day(award.decided_on),
                "text": says(award, today),
            }
        )
    if any(award.sent_on is None for award in rows):
        note_reading(user, procurement, OFFERS)
    found = []
    if shown:
        found.append(Part(_("Award"), "members/parts/waiting.html", {"rows": shown}, is_list=True))
    if procurement.started_from_id and user.has_perm("procurement.manage_offers"):
        before = procurement.started_from
        facts = [(_("Begun again from"), str(before))]
        context = {"facts": facts, "url": before.get_absolute_url(), "label": _("The earlier procurement")}
        found.append(Part(_("Earlier round"), "members/parts/facts.html", context))
    return found


def procurement_acts(user, procurement, today):
    """Return what the service centre may do with the procurement from its offers on."""
    if not user.has_perm("procurement.manage_offers"):
        return []
    found, steps = [], procurement.steps_open_to(user)
    if procurement.state in {ProcurementState.TENDERING, ProcurementState.AWARDED}:
        main = procurement.state == ProcurementState.TENDERING
        found.append(
            {"label": _("Offers and their order"), "url": link("offer_list", procurement.pk), "main": main}
        )
    elif procurement.state in {ProcurementState.PREPARED, ProcurementState.ROUND}:
        if "tender" in steps and procurement.round.is_frozen():
            url = link("procurement_tender", procurement.pk)
            found.append({"label": _("Begin the tendering"), "url": url, "main": True})
        found.append({"label": _("What offers are judged by"), "url": link("grounds", procurement.pk)})
    elif procurement.offers.exists():
        found.append({"label": _("Offers and their order"), "url": link("offer_list", procurement.pk)})
    if "contract" in steps:
        text = " ".join(procurement.bars(today))
        url = link("procurement_contract", procurement.pk)
        found.append(
            {"label": _("Record that the contract was made"), "url": url, "text": text, "main": not text}
        )
    if "void" in steps:
        found.append({"label": _("End it without result"), "url": link("procurement_void", procurement.pk)})
    if "start_again" in steps and not procurement.started.exclude(state=ProcurementState.VOID).exists():
        url = link("procurement_again", procurement.pk)
        found.append({"label": _("Begin again from these answers"), "url": url, "main": True})
    return found


def list_acts(user, today):
    """Return the way from the list of procurements to the suppliers, for those who read them."""
    if not user.has_perm("procurement.view_suppliers"):
        return []
    return [{"label": _("Suppliers"), "url": link("supplier_list")}]


def tasks(user, today):
    """Return what waits for the service centre: decisions to be sent, contracts that nothing bars any more."""
    if not user.is_staff:
        return []
    rows = Award.objects.filter(state__in=[AwardState.DECIDED, AwardState.SENT], offer__isnull=False)
    rows = rows.select_related("procurement", "lot", "offer__supplier").prefetch_related("appeals")
    found = []
    for award in rows.order_by("decided_on", "pk"):
        if award.state == AwardState.DECIDED:
            title = _("Send the award decision: %(title)s") % {"title": award.title}
            found.append(Task(title, link("award_send", award.pk), kind=_("award"), since=award.decided_on))
        elif not award.bars(today):
            title = _("Contract can be made: %(title)s") % {"title": award.title}
            since = award.standstill_until or award.sent_on
            found.append(
                Task(title, award.get_absolute_url(), kind=pgettext("kind", "contract"), since=since)
            )
    return found


def deadlines(user, today):
    """Return the last days of standstills ahead, for the service centre."""
    if not user.is_staff:
        return []
    rows = Award.objects.filter(state=AwardState.SENT, standstill_until__gte=today)
    rows = rows.select_related("procurement", "lot").order_by("standstill_until")
    return [
        Task(
            _("Last day of the standstill: %(title)s") % {"title": award.title},
            award.get_absolute_url(),
            kind=_("standstill"),
            due_on=award.standstill_until,
        )
        for award in rows
    ]


def decisions(today):
    """Return the newest awards that everyone may read, as decisions on the front page."""
    rows = Award.objects.filter(sent_on__isnull=False, offer__isnull=False).exclude(state=AwardState.ANNULLED)
    rows = rows.select_related("procurement", "lot", "offer__supplier").order_by("-decided_on", "-pk")[
        :NEWEST
    ]
    return [
        Task(
            title=_("Award decided: %(title)s") % {"title": award.title},
            url=award.get_absolute_url(),
            text=award.winner,
            note=", ".join(filter(None, [award.body, section_sign(award.section), award.case_number])),
            since=award.decided_on,
            done=True,
        )
        for award in rows
    ]


def letters():
    """Return (template, what the letter is called) of the letters about offers."""
    called = {
        "award_to_tenderer": _("award decision to a tenderer"),
        "award_to_participant": _("award decision"),
        "award_annulled": _("award annulled"),
        "appeal_filed": _("contract waits: award challenged"),
        "appeal_settled": _("challenge of an award settled"),
        "procurement_void": _("procurement ended without result"),
        "supplier_left": _("supplier withdrew or was bought"),
    }
    return [(f"procurement/emails/{name}", label) for name, label in called.items()]
