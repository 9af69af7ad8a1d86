"""The service centre's front page: what only it can do now, its deadlines, and the year in numbers that open lists."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace

from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Task
from consortium.models import DocumentState
from consortium.templatetags.portal import day, weekday_day
from members.models import (
    Accession,
    AccessionState,
    AppealState,
    JoiningPackage,
    Role,
    Rung,
)
from members.pages import fees, hand_in, invoices, letters, people, reminders

FEW = 5  # so many are named one by one; more become one line that opens the round
NAMED = 3
QUIET = dt.timedelta(days=60)  # so long may a matter rest in a municipality before it is asked about
ANSWERING = {
    AccessionState.SENT,
    AccessionState.IN_PREPARATION,
    AccessionState.CONDITIONAL,
    AccessionState.APPROVED,
}


def tasks(user, today):
    """Return what waits for the service centre in joining."""
    if not user.is_staff:
        return []
    under_way = list(_under_way(today))
    return [
        *hand_in.tasks(),
        *_decisions(under_way, today),
        *_signing(under_way),
        *_silent(under_way, today),
        *_unsent([a for a in under_way if a.state == AccessionState.PREPARED]),
        *_without_address(under_way),
        *_without_representative(under_way),
        *people.without_representative(today, told={a.municipality_id for a in under_way}),
        *_failed_packages(today),
        *fees.tasks(user, today),
        *invoices.waiting(today),
        *letters.tasks(),
    ]


def about(municipality, today):
    """Return what waits for the service centre in one municipality's joining."""
    under_way = list(_under_way(today, municipality=municipality))
    return [
        *hand_in.tasks(municipality),
        *_decisions(under_way, today),
        *_signing(under_way),
        *_silent(under_way, today),
        *_unsent([a for a in under_way if a.state == AccessionState.PREPARED]),
        *_without_address(under_way),
        *_without_representative(under_way),
    ]


def _under_way(today, **wanted):
    """Return the open accessions with all that a line of the queue needs, in one question to the database."""
    answers = Role.objects.representing(today).filter(
        municipality=OuterRef("municipality"), user__is_active=True
    )
    rows = (
        Accession.objects.open()
        .in_hand(today)
        .filter(**wanted)
        .select_related("municipality", "offer", "deciding")
    )
    handled = Max("decisions__meeting_on", filter=Q(decisions__recorded_at__isnull=False))
    asked = Max("reminders__on", filter=Q(reminders__rung=Rung.FINALITY))
    rows = rows.annotate(is_represented=Exists(answers), last_handling_on=handled, certificate_asked_on=asked)
    for accession in rows:
        if accession.deciding:
            accession.deciding.accession = accession
        yield accession


def _decisions(under_way, today):
    for accession in under_way:
        if accession.state == AccessionState.CONDITIONAL:
            yield _decision_task(
                accession,
                _("Give Helsinki's view on the decision of %(name)s"),
                _("It needs Helsinki's view before it can be a joining."),
            )
        elif accession.state == AccessionState.APPROVED:
            yield from _finality(accession, today)


def _finality(accession, today):
    """Yield what the service centre must find out before the decision can be called final; nothing while time runs."""
    decision = accession.deciding
    state = decision.appeal_state(today)
    if state == AppealState.NOT_PUBLISHED:
        title = _("Check the decision of %(name)s")
        yield _decision_task(accession, title, _("The day on which the minutes were published is missing."))
    elif state == AppealState.ASK and not decision.stated_final_on:
        title = _("Ask when the decision of %(name)s becomes final")
        yield _decision_task(
            accession, title, _("Nothing is reckoned: the municipality states the date itself.")
        )
    elif decision.final_on and decision.final_on <= today:
        yield Task(
            title=_("Confirm the finality of the decision of %(name)s")
            % {"name": accession.municipality.of_name},
            url=accession.get_absolute_url(),
            text=_("The appeal period ended on %(day)s. Absence of appeal is not yet confirmed.")
            % {"day": weekday_day(decision.last_appeal_day)}
            if decision.last_appeal_day
            else _("By the municipality's word final on %(day)s. It is not yet confirmed.")
            % {"day": weekday_day(decision.final_on)},
            note=reminders.asked_for_certificate(accession),
            since=decision.final_on,
            kind=_("finality"),
        )


def _decision_task(accession, title, text):
    decision = accession.deciding
    section = f" § {decision.section}" if decision.section else ""
    body = str(decision.body_shown)
    return Task(
        title=title % {"name": accession.municipality.of_name},
        url=accession.get_absolute_url(),
        text=f"{body[:1].upper()}{body[1:]}{section}, {decision.get_outcome_display()}. {text}",
        since=clock.date_of(decision.recorded_at),
        kind=_("decision"),
    )


def _signing(under_way):
    final = [a for a in under_way if a.state == AccessionState.FINAL]
    signed = [a for a in final if a.signed_on]
    if signed:
        words = ngettext(
            "Take %(n)s joining to Helsinki for decision",
            "Take %(n)s joinings to Helsinki for decision",
            len(signed),
        )
        yield Task(
            title=words % {"n": len(signed)},
            url=reverse("members:signing_list"),
            text=_("Final and signed: %(names)s.") % {"names": _names(signed)},
            since=min(max(a.finality_on, a.signed_on) for a in signed),
            kind=_("signing list"),
        )
    yield from _each(
        [a for a in final if not a.signed_on],
        lambda a: Task(
            title=_("Ask for the signature of %(name)s") % {"name": a.municipality.of_name},
            url=a.get_absolute_url(),
            text=_("The decision is legally final, but the agreement has not been signed."),
            since=a.finality_on,
            kind=_("signature"),
        ),
        lambda n: ngettext("Ask for %(n)s signature", "Ask for %(n)s signatures", n) % {"n": n},
    )


def _silent(under_way, today):
    """Yield those of whom something was to be expected: the meeting or the deadline has passed and nothing came."""
    yield from _each(
        [
            a
            for a in under_way
            if a.state == AccessionState.IN_PREPARATION and a.meeting_on and a.meeting_on < today
        ],
        lambda a: Task(
            title=_("Ask what was decided: %(name)s") % {"name": a.municipality.name},
            url=a.get_absolute_url(),
            text=_("The meeting was on %(day)s. No decision has been recorded.")
            % {"day": weekday_day(a.meeting_on)},
            since=a.meeting_on,
            kind=_("decision"),
        ),
        lambda n: (
            ngettext(
                "Ask %(n)s municipality what was decided", "Ask %(n)s municipalities what was decided", n
            )
            % {"n": n}
        ),
    )
    long_ago = today - QUIET
    yield from _each(
        [
            a
            for a in under_way
            if a.state == AccessionState.IN_PREPARATION and not a.meeting_on and _last_handling(a) <= long_ago
        ],
        lambda a: Task(
            title=_("Ask where the matter is: %(name)s") % {"name": a.municipality.name},
            url=a.get_absolute_url(),
            text=_("The last handling was on %(day)s and no next meeting is known.")
            % {"day": weekday_day(_last_handling(a))},
            since=_last_handling(a),
            kind=_("decision"),
        ),
        lambda n: (
            ngettext(
                "Ask %(n)s municipality where the matter is",
                "Ask %(n)s municipalities where the matter is",
                n,
            )
            % {"n": n}
        ),
    )
    open_states = {AccessionState.SENT, AccessionState.IN_PREPARATION}
    yield from _each(
        [a for a in under_way if a.state in open_states and not a.meeting_on and a.offer.decide_by < today],
        lambda a: Task(
            title=_("The deadline has passed: %(name)s") % {"name": a.municipality.name},
            url=a.get_absolute_url(),
            text=_("The decision should have been final by %(day)s. Nothing has been recorded.")
            % {"day": weekday_day(a.offer.decide_by)},
            since=a.offer.decide_by,
            kind=_("decision"),
        ),
        lambda n: (
            ngettext(
                "The deadline of %(n)s municipality has passed",
                "The deadline of %(n)s municipalities has passed",
                n,
            )
            % {"n": n}
        ),
    )


def _last_handling(accession):
    """Return the day of the last handling, or the day the package was sent while there is none."""
    return accession.last_handling_on or clock.date_of(accession.sent_at)


def _unsent(prepared):
    for offer, accessions in _by_offer(prepared):
        one = accessions[0] if len(accessions) == 1 else None
        words = ngettext("Send %(n)s joining package", "Send %(n)s joining packages", len(accessions))
        yield Task(
            title=_("Send the joining package: %(name)s") % {"name": one.municipality.name}
            if one
            else words % {"n": len(accessions)},
            url=(one or offer).get_absolute_url(),
            text=_("Decision by %(by)s, membership from %(joins)s. Not yet sent: %(names)s.")
            % {"by": weekday_day(offer.decide_by), "joins": day(offer.joins_on), "names": _names(accessions)},
            since=clock.date_of(offer.opened_at),
            kind=_("package"),
        )


def _without_address(under_way):
    return _each(
        [a for a in under_way if not a.municipality.registry_email],
        lambda a: Task(
            title=_("Add the address of the registry: %(name)s") % {"name": a.municipality.name},
            url=reverse("members:municipality_edit", args=[a.municipality.code]),
            text=_("Without it no official letter reaches the municipality."),
            since=clock.date_of(a.offer.opened_at),
            kind=_("address"),
        ),
        lambda n: (
            ngettext("Add the address of %(n)s registry", "Add the addresses of %(n)s registries", n)
            % {"n": n}
        ),
    )


def _without_representative(under_way):
    return _each(
        [a for a in under_way if a.state in ANSWERING and not a.is_represented],
        lambda a: Task(
            title=_("Ask for a representative: %(name)s") % {"name": a.municipality.name},
            url=a.municipality.get_absolute_url(),
            text=_("Joining is under way, and nobody can answer for the municipality here."),
            since=clock.date_of(a.sent_at),
            kind=_("representative"),
        ),
        lambda n: (
            ngettext(
                "Ask %(n)s municipality for a representative",
                "Ask %(n)s municipalities for a representative",
                n,
            )
            % {"n": n}
        ),
    )


def _failed_packages(today):
    newest = JoiningPackage.objects.filter(accession__in=Accession.objects.open().in_hand(today)).newest()
    failed = JoiningPackage.objects.filter(pk__in=newest, state=DocumentState.FAILED)
    first = {}
    for package in failed.select_related("accession__municipality", "accession__offer"):
        first.setdefault(package.accession_id, package)
    reasons = {
        pk: (package.reason, min(clock.date_of(package.asked_at), today)) for pk, package in first.items()
    }
    return _each(
        [package.accession for package in first.values()],
        lambda a: Task(
            title=_("Make the joining package again: %(name)s") % {"name": a.municipality.name},
            url=a.get_absolute_url(),
            text=_("The file could not be made: %(reason)s") % {"reason": reasons[a.pk][0]},
            since=reasons[a.pk][1],
            kind=_("package"),
        ),
        lambda n: (
            ngettext("Make %(n)s joining package again", "Make %(n)s joining packages again", n) % {"n": n}
        ),
    )


def _by_offer(accessions):
    rounds = defaultdict(list)
    for accession in accessions:
        rounds[accession.offer].append(accession)
    return rounds.items()


def _each(accessions, task_of, title_of_many):
    """Return a task for each accession, or one for each round when they are many: a queue must stay readable."""
    if len(accessions) <= FEW:
        return [task_of(accession) for accession in accessions]
    found = []
    for offer, group in _by_offer(accessions):
        each = [task_of(accession) for accession in group]
        oldest = min((task.since for task in each if task.since), default=None)
        together = replace(each[0], title=title_of_many(len(group)), url=offer.get_absolute_url())
        found.append(replace(together, text=_names(group), since=oldest) if len(group) > 1 else each[0])
    return found


def _names(accessions):
    names = ", ".join(a.municipality.name for a in accessions[:NAMED])
    more = len(accessions) - NAMED
    if more <= 0:
        return names
    words = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more)
    return words % {"names": names, "n": more}
