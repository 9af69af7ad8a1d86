"""What is said of a contract: its state and period in words, the way out of it, its options and decisions."""

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium.gather import Part
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, keep, moment, money, number, put_in, weekday_day
from procurement.models import ContractState, Participation, RenewalKind
from procurement.models.contract_import import IMPORT

ACTS = {
    "make": gettext_lazy("Contract entered"),
    IMPORT: gettext_lazy("Taken in from a sheet"),
    "edit": gettext_lazy("Corrected"),
    "sign": gettext_lazy("Signed"),
    "decide": gettext_lazy("Decision on going on recorded"),
    "give_notice": gettext_lazy("Notice recorded"),
    "add": gettext_lazy("Participant added"),
    "leave_out": gettext_lazy("Left out of the contract that is being made"),
    "withdraw": gettext_lazy("Withdrawal recorded"),
    "remind_use": gettext_lazy("Asked for what taking into use still needs"),
}


def state_words(contract, today):
    """Return how things stand with a contract, in a few words."""
    if contract.state == ContractState.DRAFT:
        return _("being made")
    if contract.has_ended(today):
        return _("ended on %(day)s") % {"day": day(contract.last_day)}
    if contract.state == ContractState.NOTICE:
        return _("notice given, ends on %(day)s") % {"day": day(contract.ends_on)}
    if contract.begins_on > today:
        return _("begins on %(day)s") % {"day": day(contract.begins_on)}
    return _("in force")


def period_words(contract):
    """Return the contract's period by its years: 2027–2030, or from 2027 on."""
    if contract.last_day is None:
        return _("from %(year)s on") % {"year": contract.begins_on.year}
    first, last = contract.begins_on.year, contract.last_day.year
    return str(first) if first == last else f"{first}–{last}"


def silence_words(way):
    """Return what silence does at the way out."""
    if way.ends_on and way.silence_until == way.ends_on:
        return _("the contract ends")
    if way.silence_until:
        return _("it runs on until %(day)s") % {"day": day(way.silence_until)}
    return _("it runs on until notice is given")


def says(contract, today, count):
    """Return how things stand, in a sentence or two."""
    if contract.state == ContractState.DRAFT:
        return _("The contract is being made. Only the service centre knows of it.")
    facts = {
        "supplier": contract.supplier.name,
        "first": keep(day(contract.begins_on)),
        "last": keep(day(contract.last_day)) if contract.last_day else "",
        "n": number(count),
    }
    if contract.has_ended(today):
        return put_in(_("%(supplier)s, %(first)s–%(last)s. The contract has ended."), **facts)
    words = ngettext("%(n)s municipality takes part.", "%(n)s municipalities take part.", count) % facts
    if contract.last_day:
        return put_in(_("%(supplier)s, %(first)s–%(last)s. %(who)s"), who=words, **facts)
    return put_in(_("%(supplier)s, from %(first)s on until notice is given. %(who)s"), who=words, **facts)


def buttons(contract, user, today):
    """Return what this person may do, the main act first."""
    open_verbs = contract.steps_open_to(user)
    found = []

    def add(verb, label):
        if verb in open_verbs:
            found.append({"label": label, "url": reverse(f"procurement:contract_{verb}", args=[contract.pk])})

    add("sign", _("Record the signatures"))
    if contract.state == ContractState.SIGNED and not contract.has_ended(today):
        add("decide", _("Record what is decided before the end"))
        add("give_notice", _("Record that notice was given"))
    add("edit", _("Correct the contract"))
    if contract.state == ContractState.DRAFT or not contract.has_ended(today):
        add("add", _("Add a participant"))
    add("drop", _("Give up this contract"))
    return found


def links(contract, user):
    """Return where the contract's shared costs and use are, for those who may read them."""
    if contract.state == ContractState.DRAFT:
        return []
    pages = [
        ("procurement.view_costs", _("Shared costs"), "procurement:contract_costs"),
        ("procurement.view_usage", _("Use and files of use"), "procurement:contract_use"),
    ]
    return [
        {"label": label, "url": reverse(name, args=[contract.pk])}
        for right, label, name in pages
        if user.has_perm(right)
    ]


# --- Parts ------------------------------------------------------------------------------------------------------


def facts(user, contract, today):
    """Return what everyone may know of it."""
    rows = [
        (_("Number"), contract.number),
        (_("Supplier"), contract.supplier.name),
        (_("Signed on"), day(contract.signed_on) or _("not yet")),
        (_("First day"), day(contract.begins_on)),
        (_("Last day"), day(contract.last_day) or _("none: it runs on until notice is given")),
        (_("State"), state_words(contract, today)),
    ]
    if contract.yearly is not None:
        rows.append((_("Awarded price"), _("%(sum)s a year, without VAT") % {"sum": money(contract.yearly)}))
    procurement, url, label = contract.procurement, "", ""
    if procurement and (procurement.announced_on or user.has_perm("procurement.manage_contracts")):
        url, label = (
            procurement.get_absolute_url(),
            _("The joint procurement %(name)s") % {"name": procurement},
        )
    return [Part(_("Contract"), "members/parts/facts.html", {"facts": rows, "url": url, "label": label})]


def way_out(user, contract, today):
    """Return the end, the last day for notice, our own day and what silence does; for those who are signed in."""
    way = contract.exit(today) if user.has_perm("procurement.view_exits") else None
    if way is None:
        return []
    if not way.is_dated:
        return [Part(_("Way out"), "members/parts/facts.html", {"facts": _undated(contract, way)})]
    settled = contract.settled(way.ends_on)
    rows = [
        (_("Our own deadline"), keep(weekday_day(way.ours_on))),
        (_("Last day for notice or option"), keep(weekday_day(way.notice_by))),
        (_("End"), keep(weekday_day(way.ends_on))),
        (_("If nothing is said"), silence_words(way)),
        (_("Decided"), _decided(settled) if settled else _("not yet")),
    ]
    return [Part(_("Way out"), "members/parts/facts.html", {"facts": rows}, note=_("The next one"))]


def _undated(contract, way):
    if contract.state == ContractState.NOTICE:
        return [(_("Notice given"), day(contract.given_on)), (_("End"), keep(weekday_day(way.ends_on)))]
    months = contract.notice_months or 0
    words = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return [
        (_("End"), _("none: it runs on until notice is given")),
        (_("Notice"), words if months else _("at any time")),
    ]


def _decided(decision):
    return _("%(what)s, %(who)s on %(day)s") % {
        "what": decision.get_kind_display(),
        "who": decision.body,
        "day": day(decision.decided_on),
    }


def options(user, contract, today):
    """Return the options and which of them have been used; public like the contract."""
    rows = []
    for option in contract.options.all():
        months = ngettext("%(n)s month", "%(n)s months", option.months) % {"n": option.months}
        name = _("Option %(number)s") % {"number": option.number}
        used = option.decision
        state = _("used, decided on %(day)s") % {"day": day(used.decided_on)} if used else _("not used")
        rows.append((name, f"{months}, {state}"))
    return [Part(_("Options"), "members/parts/facts.html", {"facts": rows})] if rows else []


def decisions(user, contract, today):
    """Return what has been decided on going on; official decisions, so public."""
    rows = [
        {
            "when": day(decision.decided_on),
            "what": capfirst(str(decision.get_kind_display())),
            "text": ", ".join(filter(None, [decision.body, decision.words])),
            "note": " ".join(filter(None, [_end_words(decision), decision.note])),
        }
        for decision in reversed(contract.decisions.all())
    ]
    if not rows:
        return []
    note = ngettext("%(n)s decision", "%(n)s decisions", len(rows)) % {"n": len(rows)}
    return [Part(_("Decisions"), "members/parts/links.html", {"rows": rows}, note=note, is_list=True)]


def _end_words(decision):
    if decision.kind in {RenewalKind.OPTION, RenewalKind.RENEW}:
        return _("New last day: %(day)s.") % {"day": day(decision.ends_on)}
    return ""


def resources(user, contract, today):
    """Return the e-resources that come by it."""
    rows = [
        {"what": r.title, "url": r.get_absolute_url(), "text": r.about, "when": str(r.get_material_display())}
        for r in contract.resources.all()
    ]
    if not rows:
        return []
    note = ngettext("%(n)s e-resource", "%(n)s e-resources", len(rows)) % {"n": len(rows)}
    return [Part(_("E-resources"), "members/parts/links.html", {"rows": rows}, note=note, is_list=True)]


def taking_use(user, contract, today):
    """Return how far taking into use is: to the service centre all, to a municipality its own list."""
    if not contract.asks_use or contract.state == ContractState.DRAFT or contract.has_ended(today):
        return []
    if user.has_perm("procurement.list_use"):
        rows = Participation.objects.to_use(today).filter(contract=contract).prefetch_related("steps")
        done = sum(not row.missing() for row in rows)
        facts = {"done": number(done), "n": number(len(rows))}
        text = _("%(done)s of %(n)s municipalities have told everything.") % facts
        url, label = reverse("procurement:use_standing", args=[contract.pk]), _("Who is stuck")
        return [
            Part(
                _("Taking into use"),
                "procurement/parts/text.html",
                {"text": text, "url": url, "label": label},
            )
        ]
    if not user.is_authenticated:
        return []
    own = Participation.objects.to_use(today).filter(
        contract=contract, municipality__in=user.roles.active(today).values("municipality")
    )
    return [
        Part(
            _("Taking into use"),
            "procurement/parts/text.html",
            {
                "text": row.municipality.name,
                "url": row.get_absolute_url(),
                "label": _("What is still needed") if row.missing() else _("What you have told"),
            },
        )
        for row in own.select_related("municipality").prefetch_related("steps")
    ]


def history(user, contract, today):
    """Return what has been done with the contract; for the service centre and the auditor."""
    if not user.has_perm("procurement.list_use"):
        return []
    events = AuditEvent.objects.about(contract)[:20]
    rows = [
        {
            "when": day(event.at),
            "what": ACTS.get(event.verb, event.verb),
            "text": event.by.get_full_name() if event.by else _("the portal"),
            "note": _changes(event),
        }
        for event in events
    ]
    note = _("The latest first")
    return [Part(_("Events"), "members/parts/links.html", {"rows": rows}, note=note, is_list=True)]


def _changes(event):
    changed = event.details.get("changed") or {}
    return "; ".join(f"{name}: {before} → {after}" for name, (before, after) in changed.items())


# f(user, contract, today) -> gather.Parts of the contract's page, in the order in which they stand
PARTS = [facts, way_out, options, decisions, taking_use, resources]
AFTER = [history]


def parts(user, contract, today):
    """Return the parts of the page above the participants."""
    return [part for function in PARTS for part in function(user, contract, today)]


def after(user, contract, today):
    """Return the parts below the participants."""
    return [part for function in AFTER for part in function(user, contract, today)]


def receipt(act, contract, user):
    """Return what an act's receipt says, or None."""
    if act is None or not user.has_perm("procurement.list_use"):
        return None
    return {
        "title": _("Recorded"),
        "rows": [
            (_("What"), ACTS.get(act.verb, act.verb)),
            (_("Contract"), f"{contract.number} {contract.title}"),
            (_("When"), moment(act.at)),
            (_("Receipt"), act.number),
            (_("What next"), _next(act)),
        ],
    }


def _next(act):
    if act.verb in {"sign", "decide", "give_notice", "withdraw"}:
        return _("The participants concerned are told by letter.")
    if act.verb == "make":
        return _("Check the participants, and record the signatures when they are there.")
    return _("Nothing more is needed.")
