"""A municipality's own front page: what waits for it, what it has done, its membership and its addresses."""

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from consortium import clock, gather
from consortium.gather import Part, Task
from consortium.models import AuditEvent
from consortium.templatetags.portal import clock_time, day, long_weekday_day, money, number, rate, weekday_day
from members import package
from members.fee_words import reckoning_line
from members.models import Accession, AccessionState, AppealState, RoleKind, Scheme
from members.pages import fees, hand_in, municipality_fee, people, standing
from members.views.accession import ACTS, who

SHOWN = 5
NOT_TOLD = ["invite", "package"]  # the service centre's own preparations


def tasks(user, municipality, today):
    """Return what waits for the municipality in joining, each as this person may do it."""
    kinds = set(user.roles.active(today).filter(municipality=municipality).values_list("kind", flat=True))
    answers, found = user.is_staff or RoleKind.REPRESENTATIVE in kinds, []
    for accession in _under_way(municipality):
        found += _of_accession(accession, today, answers=answers)
    return found


def _under_way(municipality):
    rows = Accession.objects.open().filter(municipality=municipality)
    for accession in rows.select_related("offer__tariff", "offer__version", "deciding"):
        accession.municipality = municipality
        if accession.deciding:
            accession.deciding.accession = accession
        yield accession


def _of_accession(accession, today, *, answers):
    if answers and (handed := hand_in.to_check(accession)):
        return [handed]
    if accession.state in {AccessionState.SENT, AccessionState.IN_PREPARATION}:
        if accession.meeting_on and accession.meeting_on >= today:
            return [_paused(accession)]
        return [_deciding(accession, today, answers=answers)]
    if accession.state in {AccessionState.APPROVED, AccessionState.FINAL}:
        return [*_missing_date(accession, today, answers=answers), *_signature(accession, answers=answers)]
    return []


def _paused(accession):
    body = accession.get_meeting_body_display()
    return Task(
        title=_("Decide on joining the consortium"),
        url=accession.get_absolute_url(),
        text=_("The %(body)s deals with the matter on %(day)s. We ask for the decision on the following day.")
        % {"body": body, "day": long_weekday_day(accession.meeting_on)},
        kind=body,
        paused_until=accession.meeting_on,
        link={"label": _("Change the day"), "url": _step(accession, "schedule")},
    )


def _deciding(accession, today, *, answers):
    offer = accession.offer
    prepared = accession.decisions.prepared().select_related("prepared_by").first()
    if answers and prepared:
        title = _("Check and record the decision that has been prepared")
        text = _("%(who)s has filled it in. It counts only when the representative records it.") % {
            "who": prepared.prepared_by.get_full_name()
        }
    else:
        title = (
            _("Record the decision on joining")
            if answers
            else _("Prepare the decision for the representative")
        )
        text = _asked(accession, today)
    return Task(
        title=title,
        url=_step(accession, "decide" if answers else "prepare"),
        text=text,
        note=_(
            "The decision should be legally final by then. "
            "If nothing is decided, %(name)s does not join and nothing follows."
        )
        % {"name": accession.municipality.name},
        due_on=offer.decide_by,
        since=clock.date_of(accession.sent_at),
        link={"label": _("Our body meets on …"), "url": _step(accession, "schedule")},
        minutes=3,
    )


def _asked(accession, today):
    if accession.meeting_on:
        return _("The meeting was on %(day)s. What was decided?") % {
            "day": long_weekday_day(accession.meeting_on)
        }
    population = accession.municipality.population_on(today)
    joining = _("Joining is free of charge and obliges nobody to buy anything.")
    if population is None:
        return joining
    return f"{joining} {fee_sentence(accession.offer.tariff, population, accession.offer.joins_on.year)}"


def _missing_date(accession, today, *, answers):
    """Return the task of giving the date from which finality follows, if it is missing."""
    decision = accession.deciding
    state = decision.appeal_state(today)
    asks_finality = state == AppealState.ASK and not decision.stated_final_on
    if not answers or not (asks_finality or state == AppealState.NOT_PUBLISHED):
        return []
    title = _("Tell when the minutes were published")
    if asks_finality:
        title = _("Tell when the decision becomes legally final")
    return [
        Task(
            title=title,
            url=reverse("members:accession_correct", args=[accession.pk, decision.pk]),
            text=_("The decision of %(day)s is recorded. Its finality rests on this date.")
            % {"day": weekday_day(decision.meeting_on)},
            since=clock.date_of(decision.recorded_at),
            kind=_("decision"),
            minutes=1,
        )
    ]


def _signature(accession, *, answers):
    if accession.signed_on or not answers:
        return []
    return [
        Task(
            title=_("Sign the agreement and record the signature"),
            url=_step(accession, "sign"),
            text=_(
                "The municipality may sign before its decision is legally final. "
                "Helsinki confirms when both are there."
            ),
            since=clock.date_of(accession.deciding.recorded_at),
            kind=_("signature"),
            minutes=1,
        )
    ]


def _step(accession, verb):
    return reverse(f"members:accession_{verb}", args=[accession.pk])


def fee_sentence(tariff, population, year):
    """Return a year's fee in one sentence, with what it is reckoned from."""
    amount = tariff.fee(population.count, year)
    by_population = package.by_population(population.count, tariff.rate)
    facts = {
        "year": year,
        "amount": money(amount),
        "by_population": money(by_population),
        "rate": rate(tariff.rate),
        "residents": number(population.count),
    }
    if year in tariff.free_years:
        return _("There is no annual fee in %(year)s.") % facts
    if amount > by_population:
        words = _(
            "By the tariff the annual fee %(year)s is %(amount)s, the smallest fee; "
            "by population it would be %(by_population)s (%(rate)s × %(residents)s residents)."
        )
    elif amount < by_population:
        words = _(
            "By the tariff the annual fee %(year)s is %(amount)s, the largest fee; "
            "by population it would be %(by_population)s (%(rate)s × %(residents)s residents)."
        )
    else:
        words = _("By the tariff the annual fee %(year)s is %(amount)s (%(rate)s × %(residents)s residents).")
    return words % facts


def done(user, municipality, today):
    """Return the latest acts in the municipality's matters as receipts."""
    accessions = Accession.objects.filter(municipality=municipality).values("pk")
    kind = ContentType.objects.get_for_model(Accession)
    events = AuditEvent.objects.filter(record_type=kind, record_id__in=accessions).exclude(verb__in=NOT_TOLD)
    found = [
        Task(
            title=str(ACTS.get(event.verb, event.verb)),
            url=f"{reverse('members:accession', args=[event.record_id])}?receipt={event.pk}",
            note=_("%(who)s at %(time)s. Receipt %(number)s")
            % {
                "who": who(event, user),
                "time": clock_time(event.at),
                "number": event.number,
            },
            since=clock.date_of(event.at),
            done=True,
        )
        for event in events.select_related("by")[:SHOWN]
    ]
    return [*fees.told(municipality), *found][:SHOWN]


def parts(user, municipality, today):
    """Return the membership in one paragraph, and the addresses."""
    rows = Accession.objects.filter(municipality=municipality).order_by("-pk")
    accession = rows.select_related("offer__tariff").first()
    own_fees = reverse("members:our_fees", args=[municipality.code])
    facts = membership_facts(municipality, today, accession, fees_url=own_fees)
    return [
        Part(_("Membership"), "members/parts/membership.html", facts),
        *people.home_parts(user, municipality, today),
        contacts_part(user, municipality, today),
    ]


def estimate(municipality, today):
    """Return what the year's fee would be by the tariff, while none has been decided, or nothing."""
    return membership_facts(municipality, today)["fee"]


def membership_facts(municipality, today, accession=None, *, fees_url=""):
    """Return the sentences of membership and fee: the decided one, else what it would be by the tariff.

    ``accession`` and ``fees_url`` for those whom they concern, as links.
    """
    population = municipality.population_on(today)
    tariff, year = None, today.year
    if standing.current(municipality, today):
        tariff = Scheme.objects.tariffs().on(today)
    elif later := standing.coming(municipality, today):
        tariff, year = Scheme.objects.tariffs().on(later.starts_on), later.starts_on.year
    elif accession and accession.is_open:
        tariff, year = accession.offer.tariff, accession.offer.joins_on.year
    decided = municipality_fee.decided_fees(municipality, today)
    if any(fee.budget.year == year for fee in decided):
        tariff = None
    fee = fee_sentence(tariff, population, year) if tariff and population else ""
    told = [f"{municipality_fee.sentence(fee)} {reckoning_line(fee.line)}." for fee in decided]
    return {
        "says": standing.sentence(municipality, today),
        "services": services_sentence(municipality, today),
        "fee": " ".join(filter(None, [fee, *told])),
        "population": population,
        "source": standing.source(population),
        "tariff": tariff if fee and population else None,
        "accession": accession,
        "fees_url": fees_url,
    }


def services_sentence(municipality, today):
    """Return how many services bought together the municipality uses."""
    count = len(gather.collect(gather.SERVICES, today, municipality))
    if not count:
        return _("No services bought together are in use yet.")
    return ngettext(
        "%(n)s service bought together is in use.", "%(n)s services bought together are in use.", count
    ) % {"n": number(count)}


def contacts_part(user, municipality, today):
    """Return the people and addresses of a municipality; only for those who belong to it and the service centre."""
    return Part(
        pgettext("heading", "Contacts"),
        "members/parts/contacts.html",
        {
            "municipality": municipality,
            "roles": municipality.roles.active(today).select_related("user"),
            "contacts": municipality.contacts.active(today),
            "can_edit": user.has_perm("members.edit_municipality", municipality),
        },
        note=_("Confirmed on %(day)s") % {"day": day(municipality.people_confirmed_on)}
        if municipality.people_confirmed_on
        else _("Changed on %(day)s") % {"day": day(municipality.edited_at)},
    )
