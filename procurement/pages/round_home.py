"""Rounds and answers on the pages that gather: what waits for a municipality, what it did, what waits for us."""

import datetime as dt

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Line, Occasion, Part, Task
from consortium.models import AuditEvent
from consortium.templatetags.portal import clock_time, money, weekday_day
from members.models import Municipality, RoleKind
from members.rules import belongs
from procurement import answer_words
from procurement.models import Answer, AnswerKind, ProcurementState, Round
from procurement.pages.own import own_places
from procurement.pages.rounds import NAMED
from procurement.reports import LATE, SHOWN, SILENT, counts

AHEAD = dt.timedelta(days=60)
SHOWN_DONE = 5
TOLD = ["give", "withdraw", "rule"]
FEW = 5


def tasks(user, municipality, today):
    """Return what waits for the municipality in open rounds; what it prepares itself waits for the day after."""
    rows = Answer.objects.filter(municipality=municipality, round__in=Round.objects.open())
    rows = rows.select_related("round__procurement", "standing", "draft__prepared_by")
    kinds = set(user.roles.active(today).filter(municipality=municipality).values_list("kind", flat=True))
    answers = RoleKind.REPRESENTATIVE in kinds
    found, population = [], municipality.population_on(today)
    in_table = len(own_places(user)) > NAMED
    for answer in rows:
        answer.municipality = municipality
        found += _task(answer, today, answers, population, in_table)
    return found


def _task(answer, today, answers, population, in_table):
    round_, version = answer.round, answer.standing
    title = round_.procurement.title
    if version is not None and version.kind != AnswerKind.PREPARING:
        return []
    facts = {"title": title, "day": weekday_day(version.until) if version else ""}
    if version is not None and version.until >= today:
        return [
            Task(
                title=_("Answer: %(title)s") % facts,
                url=answer.get_absolute_url(),
                text=_("Your meeting is on %(day)s. We ask again on the day after.") % facts,
                kind=_("joint procurement"),
                paused_until=version.until,
                link={
                    "label": _("Change the day or answer now"),
                    "url": f"{answer.get_absolute_url()}?change=1",
                },
            )
        ]
    draft = getattr(answer, "draft", None)
    text = _cost(round_, population)
    words = _("Answer: %(title)s") if answers else _("Prepare the answer for the representative: %(title)s")
    if version is not None:
        text = _("Your meeting was on %(day)s. What was decided?") % facts
    if draft and draft.given_at:
        who = draft.prepared_by.get_full_name()
        text = _("%(who)s has prepared it. It counts only when the representative sends it.") % {"who": who}
        words = _("Check and send the answer: %(title)s") if answers else words
    return [
        Task(
            title=words % facts,
            url=answer.get_absolute_url(),
            text=text,
            note=answer_words.silence(round_, answer.municipality.name),
            due_on=round_.closes_on,
            since=clock.date_of(round_.opened_at),
            kind=_("joint procurement"),
            minutes=2,
            link=_table(answer) if in_table else None,
        )
    ]


def _table(answer):
    url = reverse("procurement:drafts", args=[answer.round.procurement_id])
    return {"label": _("All our municipalities in a table"), "url": url}


def _cost(round_, population):
    cost = round_.cost_for(population)
    if cost is None:
        return _("What it costs becomes known from the tenders.")
    return _("Estimate: %(sum)s a year, without VAT.") % {"sum": money(cost.yearly)}


def done(user, municipality, today):
    """Return the municipality's latest answers as receipts."""
    answers = {
        row.pk: row
        for row in Answer.objects.filter(municipality=municipality).select_related("round__procurement")
    }
    kind = ContentType.objects.get_for_model(Answer)
    events = AuditEvent.objects.filter(record_type=kind, record_id__in=answers, verb__in=TOLD)
    found = []
    for event in events.select_related("by").order_by("-at")[:SHOWN_DONE]:
        answer = answers[event.record_id]
        answer.municipality = municipality
        who = _("The service centre") if event.by.is_staff and not user.is_staff else event.by.get_full_name()
        note = _("%(who)s at %(time)s. Receipt %(number)s")
        found.append(
            Task(
                title=f"{answer.round.procurement.title}: {_act(event)}",
                url=f"{answer.get_absolute_url()}?receipt={event.pk}",
                note=note % {"who": who, "time": clock_time(event.at), "number": event.number},
                since=clock.date_of(event.at),
                done=True,
            )
        )
    return found


def _act(event):
    if event.verb == "give":
        return str(AnswerKind(event.details["kind"]).label)
    return {"withdraw": _("withdrawal recorded"), "rule": _("decided by the service centre")}[event.verb]


def staff_tasks(user, today):
    """Return what waits for the service centre in rounds: late answers and reservations to decide on."""
    if not user.is_staff:
        return []
    late = Answer.objects.with_late().filter(is_late=True, round__procurement__state=ProcurementState.ROUND)
    reserved = Answer.objects.conditional().filter(round__procurement__state=ProcurementState.ROUND)
    return [
        *_each(late, "lateness", _("Decide on the late answer of %(name)s"), _("late answer"), _late_of_many),
        *_each(
            reserved,
            "condition",
            _("Decide on the reservation of %(name)s"),
            _("reservation"),
            _reserved_of_many,
        ),
    ]


def _late_of_many(n):
    return ngettext("Decide on %(n)s late answer", "Decide on %(n)s late answers", n) % {"n": n}


def _reserved_of_many(n):
    return ngettext("Decide on %(n)s reservation", "Decide on %(n)s reservations", n) % {"n": n}


def _each(rows, about, words, kind, of_many):
    """Return a task for each, or one for each round when they are many: a queue must stay readable."""
    rounds = {}
    for answer in rows.select_related("municipality", "round__procurement").order_by("round", "pk"):
        rounds.setdefault(answer.round_id, []).append(answer)
    for answers in rounds.values():
        title = answers[0].round.procurement.title
        if len(answers) <= FEW:
            for answer in answers:
                yield Task(
                    title=words % {"name": answer.municipality.of_name},
                    url=reverse("procurement:answer_rule", args=[answer.pk, about]),
                    text=title,
                    kind=kind,
                )
        else:
            state = LATE if about == "lateness" else "conditional"
            url = reverse("procurement:answer_list", args=[answers[0].round.procurement_id])
            yield Task(title=of_many(len(answers)), url=f"{url}?state={state}", text=title, kind=kind)


def deadlines(user, today):
    """Return the rounds that close within sixty days, and how many have not answered."""
    if not user.is_staff:
        return []
    until = clock.now() + AHEAD
    found = []
    rounds = list(
        Round.objects.open().filter(closes_at__lte=until).select_related("procurement").order_by("closes_at")
    )
    answered = counts(*rounds)
    for round_ in rounds:
        n = answered[round_.pk][SILENT]
        words = ngettext("%(n)s has not answered.", "%(n)s have not answered.", n)
        found.append(
            Task(
                title=_("The round closes: %(title)s") % {"title": round_.procurement.title},
                url=reverse("procurement:answer_list", args=[round_.procurement_id]),
                note=words % {"n": n},
                due_on=round_.closes_on,
            )
        )
    return found


def year(user, today):
    """Return a line for each round of this year, its counts by answer, each with its list."""
    if not user.is_staff:
        return []
    start = dt.datetime(today.year, 1, 1, tzinfo=clock.HELSINKI)
    rounds = list(
        Round.objects.filter(closes_at__gte=start).select_related("procurement").order_by("closes_at")
    )
    answered, found = counts(*rounds), []
    for round_ in rounds:
        url = reverse("procurement:answer_list", args=[round_.procurement_id])
        told = [(str(SHOWN[k]), n, f"{url}?state={k}") for k, n in answered[round_.pk].items() if n]
        asked = (_("asked"), sum(n for _word, n, _url in told), url)
        found.append(Line(round_.procurement.title, [asked, *told]))
    return found


def occasions(user, today):
    """Return the days of a person's calendar: deadlines of one's own municipalities' rounds, their meetings."""
    rows = Answer.objects.filter(
        municipality__in=Municipality.objects.of(user), round__in=Round.objects.open()
    )
    found = []
    for answer in rows.select_related("municipality", "round__procurement", "standing"):
        name, title = answer.municipality.name, answer.round.procurement.title
        key, url = f"answer-{answer.pk}", settings.ADDRESS + answer.get_absolute_url()
        if answer.standing is None or answer.standing.kind == AnswerKind.PREPARING:
            words = _("%(name)s: answer by %(time)s, %(title)s")
            facts = {"name": name, "title": title, "time": clock_time(answer.round.closes_at)}
            found.append(Occasion(f"{key}-deadline", answer.round.closes_on, words % facts, url))
        if answer.standing and answer.standing.kind == AnswerKind.PREPARING:
            words = _("%(name)s: own meeting, %(title)s") % {"name": name, "title": title}
            found.append(Occasion(f"{key}-meeting", answer.standing.until, words, url))
    return found


def municipality_parts(user, municipality, today):
    """Return the municipality's answers on its page, for its own people and the service centre."""
    if not user.is_authenticated or not belongs(user, municipality):
        return []
    rows = Answer.objects.visible_to(user).filter(municipality=municipality)
    rows = rows.select_related("round__procurement", "standing").order_by("-round__closes_at")
    found = []
    for answer in rows[:SHOWN_DONE]:
        answer.municipality = municipality
        standing = answer.standing
        found.append(
            {
                "when": weekday_day(answer.round.closes_at),
                "small": _("deadline"),
                "what": answer.round.procurement.title,
                "url": answer.get_absolute_url(),
                "text": _said(user, standing, municipality),
            }
        )
    if not found:
        return []
    return [
        Part(
            _("Answers in joint procurements"),
            "procurement/parts/answers.html",
            {"rows": found},
            is_list=True,
            folds=True,
        )
    ]


def _said(user, version, municipality):
    """Return the answer in a line; to the service centre without its volume, whose reading its own page logs."""
    if version is None:
        return _("No answer")
    return version.get_kind_display() if user.is_staff else answer_words.said(version, municipality)


def letters():
    """Return (template, what the letter is called)."""
    called = {
        "round_opened": _("commitment round opened"),
        "round_extended": _("deadline of a round moved"),
        "answer_given": _("receipt of an answer"),
        "answer_ruled": _("decision on an answer"),
        "answer_withdrawn": _("withdrawal recorded"),
        "answer_prepared": _("answer ready to be sent"),
        "remind_answer": _("reminder: answer of a round"),
        "name_representative": _("representative asked for"),
    }
    return [(f"procurement/emails/{name}", words) for name, words in called.items()]


def my_data(user):
    """Return the answers that the person has given."""
    rows = Answer.objects.filter(versions__given_by=user).select_related("round__procurement", "municipality")
    return [
        (
            "answers in commitment rounds",
            [
                {"procurement": row.round.procurement.number, "municipality": row.municipality.code}
                for row in rows.distinct().order_by("pk")
            ],
        )
    ]
