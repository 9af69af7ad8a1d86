"""One municipality in one procurement: what it costs, how things stand, what was answered, what has been said."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Part
from consortium.models import AuditEvent
from consortium.templatetags.portal import (
    clock_time,
    day,
    keep,
    long_weekday_day,
    moment,
    money,
    number,
    place_name,
    put_in,
    rate,
    weekday_day,
    weekday_moment,
)
from members.rules import only_prepares, represents
from procurement import answer_words
from procurement.models import COUNTED, GRACE, AnswerKind, CostRule, ProcurementState, Ruling
from procurement.pages import facts, papers, questions, stages

HOUR = 60  # minutes
SHARED = [questions.parts, stages.parts, papers.parts, facts.who]  # what all who are asked share


def when(round_):
    """Return the deadline for the page, each half of it on one line."""
    return put_in(
        _("%(day)s at %(time)s"),
        day=keep(long_weekday_day(round_.closes_at)),
        time=keep(clock_time(round_.closes_at)),
    )


def says(answer, place, round_):
    """Return how things stand for the municipality in a sentence or two."""
    name = place.name
    if round_ is None or answer is None:
        return _("No round is open for %(name)s.") % {"name": name}
    if round_.procurement.state == ProcurementState.VOID:
        return _("The procurement ended without result. %(reason)s") % {
            "reason": round_.procurement.void_reason
        }
    newest, standing = answer.newest, answer.standing
    if newest and newest.late and (standing is None or standing.pk != newest.pk):
        return answer_words.lateness(newest, round_.closes_at)
    if round_.is_open():
        return _says_open(answer, place, round_)
    if standing is not None and standing.kind == AnswerKind.WITHDRAWN:
        words = _("%(name)s has withdrawn as of %(day)s. The frozen list stays as it was.")
        return put_in(words, name=name, day=keep(weekday_day(standing.until)))
    if answer.counts_as in COUNTED:
        words = {
            AnswerKind.COMMITTED: _("The list is frozen, and %(name)s is on it: committed."),
            AnswerKind.INTERESTED: _("The list is frozen, and %(name)s is on it: interested."),
        }[answer.counts_as]
        return words % {"name": name}
    if round_.takes_late() and (standing is None or standing.kind == AnswerKind.PREPARING):
        return time_left(round_)
    closed = put_in(_("The round closed on %(moment)s."), moment=keep(moment(round_.closes_at)))
    return put_in("%(closed)s %(then)s", closed=closed, then=_says_left_out(answer, place, round_))


def _says_open(answer, place, round_):
    if answer.standing is None:
        asked = put_in(_("Answer for %(name)s by %(when)s."), name=place.of_name, when=when(round_))
        return put_in("%(asked)s %(silence)s", asked=asked, silence=answer_words.silence(round_, place.name))
    version = answer.standing
    if version.kind == AnswerKind.PREPARING:
        if version.until < clock.today():
            words = _("Your meeting was on %(day)s. What was decided? Answer by %(when)s.")
        else:
            words = _("In your preparation: the meeting is on %(day)s. Answer by %(when)s.")
        return put_in(words, day=keep(weekday_day(version.until)), when=when(round_))
    words = {
        AnswerKind.COMMITTED: _(
            "%(name)s has answered: it commits. The answer can be changed until %(when)s."
        ),
        AnswerKind.INTERESTED: _(
            "%(name)s has answered: it is interested. The answer can be changed until %(when)s."
        ),
        AnswerKind.DECLINED: _("%(name)s has answered: not this time. Nothing more is asked in this round."),
    }
    return put_in(words[answer.counts_as], name=place.name, when=when(round_))


def _says_left_out(answer, place, round_):
    """Return what follows for one who is not on the list."""
    if answer.standing is not None and answer.standing.kind == AnswerKind.DECLINED:
        return _("%(name)s said: not this time.") % {"name": place.name}
    if round_.silence == "runs_on":
        words = _("There is no answer of %(name)s: its present contract runs on until %(day)s.")
        return words % {"name": place.name, "day": day(round_.runs_on_until)}
    words = _(
        "There is no answer of %(name)s, so it is not in. Who is not on the frozen list cannot join later."
    )
    return words % {"name": place.name}


def time_left(round_):
    """Return how long the round can still be answered; minutes in its last hour."""
    left = round_.closes_at - clock.now()
    minutes = int(left.total_seconds() // 60)
    if minutes < 0:
        until = clock_time(round_.closes_at + GRACE)
        words = _("The deadline was at %(time)s. What comes by %(until)s is kept and marked late.")
        return words % {"time": clock_time(round_.closes_at), "until": until}
    if minutes < HOUR:
        return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}
    days = (round_.closes_on - clock.today()).days
    if not days:
        return _("Closes today at %(time)s") % {"time": clock_time(round_.closes_at)}
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


def cost(round_, place, today):
    """Return what it would cost the municipality and how that is reckoned, or None while nobody knows."""
    found = round_ and round_.cost_for(place.population_on(today))
    if not found:
        return None
    rows = []
    if round_.cost_rule == CostRule.PER_RESIDENT:
        figure = found.population
        words = _("Residents %(day)s, %(source)s") % {"day": day(figure.on), "source": _(figure.source)}
        rows.append((words, number(figure.count)))
        rows.append((_("Estimate for a resident"), rate(round_.cost_rate)))
        if found.yearly > found.by_rule:
            rows.append((_("By residents"), money(found.by_rule)))
            rows.append((_("The smallest sum"), money(round_.cost_floor)))
    rows.append((_("Estimate a year"), money(found.yearly)))
    note = _("The price becomes known only from the tenders.")
    if round_.cost_rule == CostRule.FLAT:
        note = _("The same sum for every municipality.") + " " + note
    return {"rows": rows, "note": note}


def choices(form, name):
    """Return the four answers of the form, with the municipality's name and what each means."""
    words = {
        AnswerKind.COMMITTED: (
            _("%(name)s commits"),
            _("By a decision of the body that has the power."),
        ),
        AnswerKind.INTERESTED: (
            _("%(name)s is interested"),
            _("Would like to be in, but does not bind itself."),
        ),
        AnswerKind.DECLINED: (_("Not this time"), _("We ask nothing more.")),
        AnswerKind.PREPARING: (
            _("In our preparation, decided at a meeting"),
            _("We ask again the day after the meeting."),
        ),
    }
    return [
        {"label": words[row["kind"]][0] % {"name": name}, "means": words[row["kind"]][1], **row}
        for row in form.options()
    ]


def told(answer, user, links):
    """Return what the municipality has answered, for templates/procurement/parts/answer_told.html, or None."""
    version = answer.newest if answer else None
    if version is None:
        return None
    place, round_ = answer.municipality, answer.round
    lines = []
    rulings = {ruling.about: ruling for ruling in version.rulings.all()}
    if version.reservation:
        lines.append(_("Reservation: %(text)s") % {"text": version.reservation})
        if Ruling.CONDITION not in rulings:
            lines.append(answer_words.reserved())
    for ruling in rulings.values():
        label = str(ruling.get_kind_display())
        lines.append(f"{label[:1].upper()}{label[1:]}: {ruling.reason}")
    if version.reason:
        lines.append(_("Reason: %(text)s") % {"text": version.reason})
    rows = [(_("Given"), weekday_moment(version.given_at)), (_("By"), who(version, user))]
    if decided := answer_words.decision(version):
        rows.append((_("Decision"), decided))
    if version.final_on:
        rows.append((_("Legally final on"), weekday_day(version.final_on)))
    if version.ceiling is not None and not is_auditor_only(user, place):
        rows.append((_("At most a year"), money(version.ceiling)))
    if version.by_lot:
        lots = {str(lot.number): lot.title for lot in round_.procurement.lots.all()}
        rows += [(lots.get(n, n), money(volume)) for n, volume in sorted(version.by_lot.items())]
    if version.contact_name or version.contact_email:
        contact = ", ".join(filter(None, [version.contact_name, version.contact_email]))
        rows.append((_("Contact"), contact))
    extracts = [
        {"label": row.name, "url": reverse("procurement:answer_file", args=[row.pk])}
        for row in answer.extracts.all()[: None if user.is_staff else 1]
    ]
    said = answer_words.said(version, place)
    return {"said": said, "lines": lines, "facts": rows, "extracts": extracts, "links": links}


def is_auditor_only(user, place):
    """Tell whether the person reads it as nothing but an auditor: a ceiling is no auditor's matter."""
    return not user.is_staff and not user.has_perm("procurement.prepare_answer", place)


def who(version, reader):
    """Return who gave a version, and how it came where the service centre entered it."""
    name = str(version.giver_as_known_to(reader))
    if version.on_behalf:
        words = _("%(who)s, on behalf of the municipality (%(how)s, %(from)s, %(day)s)")
        return words % {
            "who": name,
            "how": version.get_channel_display(),
            "from": version.received_from,
            "day": weekday_day(version.received_on),
        }
    return version.answered_by or name


def prepared(form, user, place):
    """Return what is said above a form that begins from a draft, or nothing."""
    draft = form.draft
    if draft is None or form.is_bound:
        return ""
    facts = {
        "who": draft.prepared_by.get_full_name(),
        "said": answer_words.said(draft, place),
        "note": draft.note,
    }
    if represents(user, place):
        words = _("%(who)s has prepared this: %(said)s. It counts only when you send it.")
    elif draft.given_at:
        words = _("%(who)s has prepared this and given it to the representative: %(said)s.")
    else:
        words = _("%(who)s has prepared this: %(said)s. It has not been given to the representative.")
    return " ".join(filter(None, [words % facts, draft.note]))


def receipt(answer, event, user):
    """Return the receipt of an act on the answer: what, for whom, decision, when, number, what comes next."""
    place, round_ = answer.municipality, answer.round
    if event.verb in {"prepare", "hand_over"}:
        return {
            "title": _("Ready for the representative to send"),
            "rows": [
                (_("What"), _("Answer prepared")),
                (_("For whom"), place_name(place)),
                (_("When"), weekday_moment(event.at)),
                (
                    _("What next"),
                    _("The representative got a letter, and the answer counts when it is sent."),
                ),
            ],
        }
    version = answer.versions.filter(number=event.details.get("version")).first()
    if version is None:
        return {"rows": [(_("For whom"), place_name(place)), (_("When"), weekday_moment(event.at))]}
    rows = [(_("What"), answer_words.said(version, place)), (_("For whom"), place_name(place))]
    if decided := answer_words.decision(version):
        rows.append((_("Decision"), decided))
    rows += [
        (_("When"), weekday_moment(event.at)),
        (_("Who"), who(version, user)),
        (_("Receipt"), _("%(number)s, also by e-mail") % {"number": event.number}),
        (_("What next"), _next(answer, version, round_)),
    ]
    return {"rows": rows}


def _next(answer, version, round_):
    if version.late:
        return answer_words.lateness(version, round_.closes_at)
    if version.kind == AnswerKind.WITHDRAWN:
        return _("The central purchasing body is told of it, and a person decides what follows.")
    if version.kind == AnswerKind.PREPARING:
        words = _("We ask again on %(day)s. Until then nobody is reminded.")
        return words % {"day": weekday_day(version.asked_again_on)}
    if version.kind == AnswerKind.DECLINED:
        return _("Nothing more is asked. The answer can be changed until %(when)s.") % {
            "when": answer_words.deadline(round_)
        }
    words = _(
        "The answer can be changed until %(when)s. Then the list is frozen and goes to the central body."
    )
    told = words % {"when": answer_words.deadline(round_)}
    return f"{answer_words.reserved()} {told}" if version.reservation else told


def history(answer, user):
    """Return what has been said and ruled, the newest first; for the municipality's own people and those who check."""
    if answer is None:
        return []
    rows = []
    for version in answer.versions.select_related("given_by").prefetch_related("rulings__by"):
        late = _("Late.") if version.late else ""
        said = answer_words.said(version, answer.municipality)
        rows.append({"when": version.given_at, "what": said, "who": who(version, user), "note": late})
        for ruling in version.rulings.all():
            rows.append(
                {
                    "when": ruling.at,
                    "what": str(ruling.get_kind_display()),
                    "who": ruling.by.get_full_name() if user.is_staff else _("The service centre"),
                    "note": ruling.reason,
                }
            )
    for event in AuditEvent.objects.about(answer.round).filter(verb="extend"):
        rows.append(
            {"when": event.at, "what": _("Deadline moved"), "who": _("The service centre"), "note": ""}
        )
    rows.sort(key=lambda row: row["when"], reverse=True)
    if not rows:
        return []
    note = ngettext("%(n)s entry", "%(n)s entries", len(rows)) % {"n": len(rows)}
    part = Part(
        _("History"), "procurement/parts/history.html", {"history": rows}, note=note, is_list=True, folds=True
    )
    return [part]


def shared(user, procurement, today):
    """Return the parts that all who are asked share: questions, stages, documents, who is in."""
    return [part for function in SHARED for part in function(user, procurement, today)]


def prepares_only(user, place):
    """Tell whether the person prepares for the municipality and cannot answer for it."""
    return only_prepares(user, place)
