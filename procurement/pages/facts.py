"""What a procurement is, how things stand with it, who takes part, and what has been done."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from consortium.gather import Hit, Part
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, keep, long_weekday_day, moment, money, place, put_in
from procurement import cpv
from procurement.filters import of_number
from procurement.models import (
    COUNTED,
    AnswerKind,
    Procurement,
    ProcurementState,
    Ruling,
    RulingKind,
    Silence,
)
from procurement.pages.stages import next_stage

MOST = 20  # hits of a search
VERBS = {  # what has been done with the procurement itself, in the words of its history
    "begin": gettext_lazy("Preparation begun"),
    "edit": gettext_lazy("Plan changed"),
    "announce": gettext_lazy("Members told of it"),
    "open_round": gettext_lazy("Commitment round opened"),
    "tender": gettext_lazy("Tendering begun"),
    "award": gettext_lazy("Award decided"),
    "contract": gettext_lazy("Contract made"),
    "void": gettext_lazy("Ended without result"),
    "end": gettext_lazy("Closed"),
    "open_volumes": gettext_lazy("Volumes opened"),
    "close_volumes": gettext_lazy("Volumes closed"),
    "plan": gettext_lazy("Day of a stage planned"),
    "stage_done": gettext_lazy("Stage came about"),
}
OTHERS = {  # with what belongs to it: questions, papers, groups
    "ask": gettext_lazy("Question sent"),
    "answer": gettext_lazy("Question answered"),
    "correct": gettext_lazy("Answer corrected"),
    "add": gettext_lazy("Paper added, for the service centre alone"),
    "publish": gettext_lazy("Paper published"),
    "withdraw": gettext_lazy("Paper taken back"),
    "call": gettext_lazy("Members asked to take part in a group"),
    "offer": gettext_lazy("Offer to take part sent"),
    "name": gettext_lazy("Member of a group named"),
    "accept": gettext_lazy("Seat given"),
    "decline": gettext_lazy("Offer declined"),
    "take_back": gettext_lazy("Offer taken back"),
    "leave": gettext_lazy("Seat ended"),
}


def receipt_of(user, procurement, wanted):
    """Return the receipt of an act on the procurement or on what belongs to it, for the one who acted; or None."""
    if not (user.is_authenticated and wanted.isdecimal()):
        return None
    event = AuditEvent.objects.filter(pk=wanted, by=user).first()
    subject = event.subject if event else None
    if subject is None:
        return None
    own = subject == procurement
    if not own and getattr(subject, "procurement_id", None) != procurement.pk:
        return None
    words = event_words(event) if own else OTHERS.get(event.verb, event.verb)
    rows = [(_("What"), words), (_("When"), moment(event.at))]
    return {"title": _("Recorded"), "rows": [*rows, (_("Number of the receipt"), event.number)]}


def event_words(event):
    """Return what was done with a procurement, as its history says it."""
    if event.verb == "plan" and "stages" in event.details:
        return _("Timetable written to the stages")
    return VERBS.get(event.verb, event.verb)


def round_of(procurement):
    """Return the procurement's round, or None while it has none."""
    return getattr(procurement, "round", None)


def silence_words(round_):
    """Return what it means when a municipality does not answer."""
    if round_.silence == Silence.RUNS_ON:
        words = _("Where nobody answers, the present contract runs on until %(day)s.")
        return words % {"day": day(round_.runs_on_until)}
    return _("A municipality that does not answer does not take part.")


def says(procurement, today):
    """Return how things stand, in a sentence or two."""
    state, round_ = procurement.state, round_of(procurement)
    coming = next_stage(procurement, today)
    then = ""
    if coming:
        facts = {"stage": coming.get_kind_display(), "day": keep(long_weekday_day(coming.planned_on))}
        then = put_in(_("Next: %(stage)s, %(day)s."), **facts)
    if state == ProcurementState.PREPARED:
        if procurement.announced_on is None:
            return _("A draft of the service centre. Nobody else knows of it yet.")
        told = _("In preparation. No round is open.")
    elif state == ProcurementState.ROUND:
        if round_.is_open():
            told = put_in(
                _("The members answer by %(day)s %(time)s. %(silence)s"),
                day=keep(long_weekday_day(round_.closes_on)),
                time=_time(round_),
                silence=silence_words(round_),
            )
            return told
        told = put_in(
            _("The round closed on %(moment)s and its list is frozen."), moment=keep(moment(round_.closes_at))
        )
    elif state == ProcurementState.VOID:
        return put_in(_("Ended without result. %(reason)s"), reason=procurement.void_reason)
    else:
        told = {
            ProcurementState.TENDERING: _("Tenders are being asked for and compared."),
            ProcurementState.AWARDED: _("The award has been decided; the contract has not been made yet."),
            ProcurementState.CONTRACTED: _("The contract has been made."),
            ProcurementState.ENDED: _("The contract has ended."),
        }[state]
    return put_in("%(told)s %(then)s", told=told, then=then) if then else told


def _time(round_):
    return moment(round_.closes_at).split(" ", 1)[1]


def what(user, procurement, today):
    """Return what is bought, for how long and how; the ceiling for the service centre alone."""
    options = list(procurement.options.all())
    facts = [
        (_("Number"), procurement.number),
        (_("Kind"), procurement.get_kind_display()),
        (_("Leads to"), procurement.get_setting_display()),
        (_("Procedure"), procurement.get_procedure_display()),
        (_("Duration"), duration_words(procurement, options)),
    ]
    if procurement.case_number:
        facts.append((_("Case number"), procurement.case_number))
    if user.has_perm("procurement.view_ceilings"):
        if procurement.one_off:
            facts.append((_("Paid once"), money(procurement.one_off)))
        if procurement.maximum is not None:
            facts.append((_("Ceiling, for the service centre alone"), money(procurement.maximum)))
    language = get_language()
    context = {
        "procurement": procurement,
        "facts": facts,
        "lots": list(procurement.lots.all()),
        "codes": [(code, cpv.name(code, language)) for code in procurement.cpv],
    }
    return [Part(_("What is bought"), "procurement/parts/what.html", context)]


def duration_words(procurement, options):
    """Return how long the contract runs, with its options."""
    if procurement.months is None:
        told = _("open-ended")
    else:
        words = ngettext("%(n)s month", "%(n)s months", procurement.months)
        told = words % {"n": procurement.months}
    more = sum(option.months for option in options)
    if more:
        words = ngettext(
            "%(told)s, and %(n)s month by options", "%(told)s, and %(n)s months by options", more
        )
        told = words % {"told": told, "n": more}
    return told


def participants(procurement):
    """Return the municipalities on the list of the round as it stands now, by name, without their volumes."""
    round_ = round_of(procurement)
    if round_ is None:
        return []
    rows = round_.answers.filter(standing__kind__in=COUNTED).select_related("municipality", "standing")
    return list(rows.order_by("municipality__sort_key_fi"))


def who(user, procurement, today):
    """Return who is in, from the freeze on."""
    round_ = round_of(procurement)
    if round_ is None or procurement.state == ProcurementState.VOID or not round_.shows_who_is_in(user):
        return []
    accepted = set(
        Ruling.objects.filter(version__answer__round=round_, kind=RulingKind.CONDITION_ACCEPTED).values_list(
            "version", flat=True
        )
    )
    groups = {AnswerKind.COMMITTED: [], AnswerKind.INTERESTED: []}
    for answer in participants(procurement):
        version = answer.standing
        reserved = version.reservation and version.pk not in accepted
        groups[AnswerKind.INTERESTED if reserved else AnswerKind(version.kind)].append(answer.municipality)
    rows = [
        (
            ngettext("%(n)s committed", "%(n)s committed", len(places)) % {"n": len(places)}
            if kind == AnswerKind.COMMITTED
            else ngettext("%(n)s interested", "%(n)s interested", len(places)) % {"n": len(places)},
            [{"name": place(row), "url": reverse("municipality", args=[row.code])} for row in places],
        )
        for kind, places in groups.items()
    ]
    context = {"groups": [(label, places) for label, places in rows if places], "open": round_.is_open()}
    return [Part(_("Who takes part"), "procurement/parts/who.html", context, folds=True)]


def history(user, procurement, today):
    """Return what has been done with the procurement, for the service centre and the auditor."""
    if not (user.has_perm("procurement.manage_procurement") or user.has_perm("procurement.audit_papers")):
        return []
    events = AuditEvent.objects.about(procurement)
    rows = [
        {
            "when": event.at,
            "what": event_words(event),
            "who": _doer(event, user),
            "note": event.details.get("reason", ""),
        }
        for event in events[:50]
    ]
    return [Part(_("History"), "procurement/parts/history.html", {"history": rows}, is_list=True, folds=True)]


def _doer(event, reader):
    if event.by is None:
        return _("The portal")
    return _("The service centre") if event.by.is_staff and not reader.is_staff else event.by.get_full_name()


def acts(user, procurement, today):
    """Return what the service centre does with the procurement itself."""
    verbs = procurement.steps_open_to(user)
    pk, found = procurement.pk, []
    if "announce" in verbs and procurement.announced_on is None:
        url = reverse("procurement:procurement_announce", args=[pk])
        found.append({"label": _("Tell the members of it"), "url": url, "main": True})
    if "edit" in verbs:
        url = reverse("procurement:procurement_edit", args=[pk])
        found.append({"label": _("Change the plan"), "url": url})
    if "end" in verbs:
        found.append(
            {"label": _("Close the procurement"), "url": reverse("procurement:procurement_end", args=[pk])}
        )
    if user.has_perm("procurement.plan_procurement"):
        url = reverse("procurement:procurement_law", args=[pk])
        text = _("Estimated value, what follows from it with the §, and a timetable. Advice only.")
        found.append({"label": _("Law helper"), "url": url, "text": text})
    return found


def search(user, words):
    """Return the procurements whose title, number, case number or summary holds the words, the newest first."""
    about = Q(title_fi__icontains=words) | Q(title_sv__icontains=words) | Q(case_number__iexact=words)
    about |= Q(summary_fi__icontains=words) | Q(summary_sv__icontains=words) | of_number(words)
    rows = Procurement.objects.visible_to(user).filter(about)
    return [
        Hit(
            _("Joint procurements"),
            row.title,
            row.get_absolute_url(),
            f"{row.number}, {row.get_state_display()}",
        )
        for row in rows[:MOST]
    ]


def list_acts(user, today):
    """Return what the service centre does on the list."""
    if not user.has_perm("procurement.add_procurement"):
        return []
    return [{"label": _("Prepare a procurement"), "url": reverse("procurement:procurement_new")}]
