"""What is in use, on the pages that gather: the services, a municipality's own, what waits for it, and search."""

import datetime as dt

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Hit, Part, Service, Task
from consortium.templatetags.portal import day, number
from procurement import contract_emails
from procurement.models import AwardState, Contract, Participation, Resource, UseKind, UseStep
from procurement.pages.contract import period_words, state_words

MOST = 20
WAITS_LONG = 30  # days from the first day of the contract: who has not told everything by then is stuck


def services(today, municipality=None):
    """Return the contracts in use, of all or of one municipality."""
    taking_part = Q(participations__period__contains=today)
    rows = Contract.objects.in_force(today)
    if municipality:
        rows = rows.filter(
            pk__in=Participation.objects.on(today).filter(municipality=municipality).values("contract")
        )
    rows = rows.annotate(places=Count("participations", filter=taking_part, distinct=True)).filter(
        places__gt=0
    )
    return [
        Service(contract.title, contract.get_absolute_url(), period_words(contract), contract.places)
        for contract in rows.order_by("begins_on", "number")
    ]


def municipality_parts(user, municipality, today):
    """Return the e-resources that its library's customers can use; for everyone."""
    found = list(Resource.objects.of(municipality, today))
    if not found:
        return []
    return [
        Part(
            _("E-resources"),
            "procurement/parts/resources.html",
            {
                "resources": found,
                "url": f"{reverse('procurement:resource_list')}?municipality={municipality.code}",
            },
            note=ngettext("%(n)s e-resource", "%(n)s e-resources", len(found)) % {"n": number(len(found))},
        )
    ]


def use_tasks(user, municipality, today):
    """Return the lists of taking into use that the municipality has not finished."""
    rows = Participation.objects.to_use(today).filter(municipality=municipality)
    rows = rows.select_related("contract").prefetch_related("steps")
    found = []
    for row in rows:
        row.municipality = municipality
        if missing := row.missing():
            words = ", ".join(str(kind.label) for kind in missing)
            found.append(
                Task(
                    title=_("Tell what %(service)s needs to be taken into use")
                    % {"service": row.contract.title},
                    url=row.get_absolute_url(),
                    text=_("Missing: %(what)s.") % {"what": words},
                    since=row.contract.signed_on,
                    kind=_("taking into use"),
                    minutes=2 * len(missing),
                )
            )
    return found


def stuck(user, today):
    """Return to the service centre the contracts whose participants are stuck in taking into use."""
    if not user.has_perm("procurement.manage_contracts"):
        return []
    waited = today - dt.timedelta(days=WAITS_LONG)
    steps = UseStep.objects.filter(participation=OuterRef("pk")).order_by().values("participation")
    told = Coalesce(Subquery(steps.annotate(n=Count("pk")).values("n")), 0)
    rows = Participation.objects.in_use(today).filter(
        contract__asks_use=True, contract__signed_on__lte=waited
    )
    rows = rows.filter(period__startswith__lte=waited).alias(told=told).filter(told__lt=len(UseKind))
    late = {
        row["contract"]: row
        for row in rows.order_by().values("contract").annotate(n=Count("pk"), first=Min(Lower("period")))
    }
    return [
        Task(
            title=ngettext(
                "%(n)s municipality is stuck in taking %(service)s into use",
                "%(n)s municipalities are stuck in taking %(service)s into use",
                late[contract.pk]["n"],
            )
            % {"n": number(late[contract.pk]["n"]), "service": contract.title},
            url=reverse("procurement:use_standing", args=[contract.pk]),
            since=max(late[contract.pk]["first"], contract.signed_on),
            kind=_("taking into use"),
        )
        for contract in Contract.objects.filter(pk__in=late)
    ]


def search(user, words):
    """Return the contracts and e-resources that the words match, among those the searcher may open."""
    today = clock.today()
    named = Q(title_fi__icontains=words) | Q(title_sv__icontains=words)
    by_contract = named | Q(number__iexact=words) | Q(supplier__name__icontains=words)
    contracts = Contract.objects.visible_to(user).filter(by_contract).select_related("supplier")
    found = [
        Hit(_("Contracts"), c.title, c.get_absolute_url(), f"{c.supplier.name}, {state_words(c, today)}")
        for c in contracts.order_by("-begins_on")[:MOST]
    ]
    about = Q(title__icontains=words) | Q(about_fi__icontains=words) | Q(about_sv__icontains=words)
    resources = Resource.objects.visible_to(user).filter(about)
    found += [
        Hit(_("E-resources"), r.title, r.get_absolute_url(), str(r.get_material_display()))
        for r in resources.order_by("title")[:MOST]
    ]
    return found


def contract_of(user, procurement, today):
    """Return the contracts of a procurement, for its page."""
    rows = [
        {
            "what": c.title,
            "url": c.get_absolute_url(),
            "when": day(c.begins_on),
            "text": state_words(c, today),
        }
        for c in Contract.objects.visible_to(user).filter(procurement=procurement).order_by("pk")
    ]
    return [Part(_("Contract"), "members/parts/links.html", {"rows": rows}, is_list=True)] if rows else []


def letters():
    """Return what the letters of a contract are called."""
    return [
        (contract_emails.SIGNED, _("Contract made")),
        (contract_emails.DECIDED, _("Decision on a contract")),
        (contract_emails.NOTICE, _("Notice on a contract")),
        (contract_emails.WITHDRAWN, _("Withdrawal from a contract")),
        (contract_emails.USE, _("Reminder of taking into use")),
        (contract_emails.EXIT, _("Reminder of a contract's end")),
    ]


def menu(user):
    """Return the menu's line, the same for everybody."""
    return [{"label": _("E-resources"), "url": reverse("procurement:resource_list")}]


def list_acts(user, today):
    """Return the way from the list of procurements to the contracts, for those who have signed in."""
    return (
        [{"label": _("Contracts"), "url": reverse("procurement:contract_list")}]
        if user.is_authenticated
        else []
    )


def procurement_acts(user, procurement, today):
    """Return the way to enter the contract of each award that has none yet."""
    if not user.has_perm("procurement.manage_contracts"):
        return []
    rows = procurement.awards.filter(state__in=[AwardState.SENT, AwardState.CONTRACTED], offer__isnull=False)
    url = reverse("procurement:contract_new")
    return [
        {
            "label": _("Enter the contract with %(name)s") % {"name": award.winner},
            "url": f"{url}?award={award.pk}",
        }
        for award in rows.filter(contract_made__isnull=True).select_related("offer__supplier")
    ]


def member_parts(user, municipality, today):
    """Return the contracts that the municipality takes part in, with how each ends."""
    rows = (
        Participation.objects.not_left(today)
        .filter(municipality=municipality)
        .select_related("contract__supplier")
    )
    listed = [
        {
            "when": period_words(row.contract),
            "what": row.contract.title,
            "url": row.contract.get_absolute_url(),
            "text": f"{row.contract.supplier.name}, {state_words(row.contract, today)}",
            "note": _("Last day of the municipality: %(day)s") % {"day": day(row.last_day)}
            if row.last_day
            else "",
        }
        for row in rows.order_by("contract__begins_on", "contract__number")
    ]
    if not listed:
        return []
    note = ngettext("%(n)s contract", "%(n)s contracts", len(listed)) % {"n": number(len(listed))}
    return [
        Part(_("Contracts in use"), "members/parts/links.html", {"rows": listed}, note=note, is_list=True)
    ]


def duty_parts(user, today):
    """Return what a duty lets the person read of the contracts."""
    if not user.has_perm("procurement.view_exits"):
        return []
    rows = [
        {"what": _("Contracts"), "url": reverse("procurement:contract_list")},
        {"what": _("Exit calendar"), "url": reverse("procurement:exit_calendar")},
    ]
    return [Part(_("Contracts"), "members/parts/links.html", {"rows": rows}, is_list=True)]
