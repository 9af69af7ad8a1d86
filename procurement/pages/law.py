"""The law helper's reckoning for one procurement: its estimate, what follows, and its timetable. Advice only."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.deadlines import next_working_day
from consortium.templatetags.portal import day, money, number, weekday_day
from procurement import estimate, law, timetable
from procurement.law_words import level_words, point_words, source_words
from procurement.models import AnswerKind, StageKind
from procurement.models.answer import VOICES
from procurement.thresholds import Kind

STAGES = {stage.value for stage in timetable.Stage}


@dataclass(frozen=True)
class Reckoning:
    """Everything the law helper has found: an Estimate, its Advice and a Timetable."""

    estimate: estimate.Estimate
    advice: law.Advice
    timetable: timetable.Timetable


def volumes(procurement):
    """Return what each municipality on the list means to buy in a year, as the estimate reads it."""
    round_ = getattr(procurement, "round", None)
    if round_ is None:
        return []
    return [
        estimate.Volume(
            answer.municipality_id,
            answer.standing.yearly,
            VOICES[AnswerKind(answer.standing.kind)],
            answer.municipality.is_aland,
        )
        for answer in round_.answers.standing()
    ]


def first_day(procurement, today):
    """Return the day from which the timetable is reckoned until somebody types another."""
    planned = {stage.kind: stage.done_on or stage.planned_on for stage in procurement.stages.all()}
    known = planned.get(StageKind.NOTICE) or planned.get(StageKind.INVITATION)
    if known:
        return known
    round_ = getattr(procurement, "round", None)
    return next_working_day(max(today, round_.closes_on) if round_ else today)


def reckon(procurement, *, starts_on, yearly=None, others=(), frame=None, typed=None, **how):
    """Return the Reckoning of a procurement. ``yearly``: € a year without VAT, where there are no answers yet.

    ``typed``: stage -> day, from decisions; what has come about goes before it. ``how``: electronic, sending,
    standstill_chosen. Raises ValueError for what contradicts itself.
    """
    given = volumes(procurement)
    if not given and yearly:
        given = [estimate.Volume("", yearly)]
    found = estimate.estimate(given, procurement.term, one_off=procurement.one_off)
    purchase = law.Purchase(
        kind=Kind(procurement.kind),
        setting=law.Setting(procurement.setting),
        procedure=law.Procedure(procurement.procedure),
        others=tuple(others),
        frame=frame,
        maximum=None if frame else procurement.maximum,
    )
    advice = law.advise(purchase, found, on=starts_on)
    plain = timetable.timetable(advice, starts_on=starts_on, **how)
    has = {line.stage for line in plain.lines}
    if timetable.Stage.CONTRACT in has:
        has.add(timetable.Stage.STANDSTILL)  # kept though the law does not ask, where somebody types its day
    came = {s.kind: s.done_on for s in procurement.stages.all() if s.done_on and s.kind in STAGES}
    wanted = {timetable.Stage(stage): on for stage, on in {**(typed or {}), **came}.items() if on}
    days = {stage: on for stage, on in wanted.items() if stage in has}
    return Reckoning(found, advice, timetable.timetable(advice, starts_on=starts_on, typed=days, **how))


def value_lines(reckoning):
    """Return how the estimated value is reckoned, line by line, the value last."""
    found = reckoning.estimate
    months = found.term.counted_months
    time = ngettext("%(n)s month", "%(n)s months", months) % {"n": number(months)}
    if found.term.months is None:
        time = _("%(time)s: open-ended") % {"time": time}
    lines = [
        (_("Committed, a year"), money(found.committed_yearly)),
        (_("All answers, a year"), money(found.yearly)),
        (_("Time with all options"), time),
        (_("Optional sums"), money(found.option_amounts)),
        (_("Paid once"), money(found.one_off)),
        (_("Estimated value without VAT"), money(found.value)),
    ]
    return [line for line in lines if line[1] != money(Decimal(0))] if found.value else lines[-1:]


def threshold_facts(reckoning):
    """Return the thresholds gone by, each with its time and section."""
    advice = reckoning.advice
    facts = []
    for row in filter(None, (advice.national, advice.eu)):
        time = (
            _("from %(first)s until changed") % {"first": day(row.begins_on)}
            if row.ends_on is None
            else f"{day(row.begins_on)}–{day(row.ends_on)}"
        )
        facts.append((level_words(row.level), f"{money(row.amount)}, {time}. {source_words(row.source)}."))
    if advice.level is not None:
        facts.append((_("This procurement"), level_words(advice.level)))
    return facts


def point_rows(reckoning):
    """Return what follows, each sentence with where it stands, as partials/rows.html draws it."""
    return [
        {"when": source_words(point.source), "what": point_words(point)} for point in reckoning.advice.points
    ]


def timetable_rows(reckoning, form):
    """Return the timetable's lines with the controls in which their days are typed over."""
    rows = []
    for line in reckoning.timetable.lines:
        counted = ""
        if line.since is not None and line.days:
            words = ngettext("%(n)s day from: %(stage)s", "%(n)s days from: %(stage)s", line.days)
            counted = words % {"n": line.days, "stage": StageKind(line.since).label}
        rows.append(
            {
                "stage": StageKind(line.stage).label,
                "on": weekday_day(line.on),
                "reckoned": weekday_day(line.reckoned_on) if line.typed else "",
                "counted": counted,
                "source": source_words(line.source),
                "typed": line.typed,
                "notes": [point_words(note) for note in line.notes],
                "day": form[f"on_{line.stage}"],
                "why": form[f"why_{line.stage}"],
            }
        )
    return rows
