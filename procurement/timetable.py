"""Timetable of a procurement over real working days, from its notice to the award notice.

Each date says which rule it comes from, whether that is law or the portal's own practice, and from which date it is
counted; any of them can be typed over, and what is counted from it moves. A typed date is kept even against the
rule: a note says so. Source: Hankintalaki 56, 127, 129-135 §, and for closed days 150/1930 5 §.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from consortium.deadlines import DAY, is_working_day, last_day, next_working_day
from procurement.law import OWN, STANDSTILL_DAYS, Basis, Point, Procedure, Setting
from procurement.thresholds import ACT, Level, Source

KNOWN = Source(ACT, "127 §")
LETTER_DAYS = 7
REASONS = (  # the points of an advice that say why a date is not in the timetable, or is not the law's
    "act_does_not_apply",
    "no_new_notice",
    "no_minimum_days",
    "no_standstill",
    "standstill_not_needed",
    "standstill_ask_lawyer",
    "no_contract_yet",
    "no_eu_award_notice",
    "aland_own_legislation",
)


class Stage(StrEnum):
    """The dates of a procurement, in their usual order."""

    NOTICE = "notice"  # sent for publishing
    REQUESTS = "requests"  # last day for requests to participate
    INVITATION = "invitation"  # tenders asked for from those chosen, or inside a framework or a system
    TENDERS = "tenders"  # last day for tenders
    DECISION = "decision"
    SENT = "sent"  # the decision, to those who took part
    KNOWN = "known"  # they are deemed to know it
    STANDSTILL = "standstill"  # its last day
    RECTIFICATION = "rectification"  # last day for a party
    MARKET_COURT = "market_court"  # last day to appeal
    OWN_RECTIFICATION = "own_rectification"  # last day for the entity itself
    CONTRACT = "contract"
    AWARD_NOTICE = "award_notice"


class Sending(StrEnum):
    """How the decision is sent to those who took part (127 §)."""

    EMAIL = "email"
    LETTER = "letter"


class Limit(StrEnum):
    """On which side of a date the law forbids to be."""

    NONE = ""
    EARLIER = "earlier"
    LATER = "later"


@dataclass(frozen=True)
class Practice:
    """The portal's own lengths of time, in days, where the law has none."""

    request_days: int = 21
    selection_days: int = 14
    tender_days: int = 30
    call_off_days: int = 14  # tenders inside a framework, in direct purchase and below the national threshold
    evaluation_days: int = 21
    sending_days: int = 1
    contract_days: int = 1


ANY_DAY = {Stage.NOTICE, Stage.INVITATION, Stage.KNOWN}  # fine on a closed day, too
PRACTICE = Practice()


@dataclass(frozen=True)
class Line:
    """One date. ``reckoned_on``: what the rule gives, ``on``: that or what was typed instead.

    ``days``: counted from the date of ``since``; None for the first. ``limit``: whether the law forbids to be earlier
    or later than ``limit_on``. ``notes``: Points.
    """

    stage: Stage
    on: date
    reckoned_on: date
    source: Source
    since: Stage | None = None
    days: int | None = None
    limit: Limit = Limit.NONE
    limit_on: date | None = None
    typed: bool = False
    notes: tuple = ()

    @property
    def basis(self):
        """The Basis of the reckoned date."""
        return Basis.LAW if self.source.statute else Basis.OWN


@dataclass(frozen=True)
class Timetable:
    """The dates of a procurement, and why some are missing: ``reasons``, points of its advice."""

    lines: tuple
    reasons: tuple

    def line(self, stage):
        """Return the line of a stage; None when it has none."""
        return next((line for line in self.lines if line.stage is Stage(stage)), None)

    def on(self, stage):
        """Return the date of a stage; None when it has none."""
        line = self.line(stage)
        return line and line.on


def timetable(
    advice,
    *,
    starts_on,
    electronic=True,
    sending=Sending.EMAIL,
    standstill_chosen=False,
    typed=None,
    practice=PRACTICE,
):
    """Return the Timetable of the purchase an advice is about.

    ``starts_on``: the notice is sent, or inside a framework or a system and in direct purchase tenders are asked for.
    ``electronic``: tenders come electronically. ``standstill_chosen``: one is kept though the law does not ask.
    ``typed``: Stage → date put in place of the reckoned one. Where nothing is reckoned the timetable is empty.
    Raises ValueError for a date typed for a stage that this procurement does not have.
    """
    reasons = tuple(point for point in advice.points if point.code in REASONS)
    if advice.level is None:
        return Timetable((), reasons)
    plan = _Plan({Stage(stage): day for stage, day in (typed or {}).items()})
    ready = _tenders(plan, advice, starts_on, electronic, practice)
    plan.own(Stage.DECISION, ready, practice.evaluation_days)
    _after_decision(plan, advice, Sending(sending), standstill_chosen, practice)
    if unknown := set(plan.typed) - set(plan.lines):
        raise ValueError(f"This procurement has no such date: {', '.join(sorted(unknown))}.")
    order = list(Stage)
    return Timetable(tuple(sorted(plan.lines.values(), key=lambda line: order.index(line.stage))), reasons)


class _Plan:
    """The lines as they are found, each counted from what stands before it, typed or reckoned."""

    def __init__(self, typed):
        self.typed = typed
        self.lines = {}

    def on(self, stage):
        return self.lines[stage].on

    def own(self, stage, since, days):
        """Put a date by the portal's own practice, on a working day."""
        reckoned_on = next_working_day(self.on(since) + timedelta(days=days))
        self.put(Line(stage, reckoned_on, reckoned_on, OWN, since, days))

    def period(self, stage, since, days, source, limit=Limit.EARLIER):
        """Put the last day of a period, not on a closed day."""
        reckoned_on = last_day(self.on(since), days)
        limit_on = reckoned_on if limit else None
        self.put(Line(stage, reckoned_on, reckoned_on, source, since, days, limit, limit_on))

    def put(self, line):
        typed_on = self.typed.get(line.stage)
        if typed_on is not None:
            line = replace(line, on=typed_on, typed=True)
        self.lines[line.stage] = replace(line, notes=tuple(self._notes(line)))

    def _notes(self, line):
        days = {"on": line.on, "limit_on": line.limit_on}
        if line.limit is Limit.EARLIER and line.on < line.limit_on:
            yield Point("earlier_than_law", line.source, days)
        if line.limit is Limit.LATER and line.on > line.limit_on:
            yield Point("later_than_law", line.source, days)
        if line.since is not None and line.on < self.on(line.since):
            yield Point("before_its_start", OWN, {"since": line.since, "since_on": self.on(line.since)})
        if line.stage not in ANY_DAY and not is_working_day(line.on):
            yield Point("closed_day", Source("150/1930", "5 §"), {"on": line.on})
        if line.on.month == 7 and line.stage in {Stage.REQUESTS, Stage.TENDERS}:
            yield Point("in_july", OWN, {"on": line.on})


def _tenders(plan, advice, starts_on, electronic, practice):
    """Put the dates up to the last day for tenders; return the stage that evaluation begins from."""
    purchase = advice.purchase
    setting, procedure = Setting(purchase.setting), Procedure(purchase.procedure)
    at_once = setting.is_inside or purchase.is_direct or advice.level is Level.BELOW
    first = Stage.INVITATION if at_once else Stage.NOTICE
    plan.put(Line(first, starts_on, starts_on, OWN))
    if not setting.is_inside:
        _compare_thresholds(plan, advice, first)
    invited = first
    if not at_once and (setting is Setting.DPS or procedure is not Procedure.OPEN):
        _asked(plan, advice, Stage.REQUESTS, first, "request", practice.request_days)
        if setting is Setting.DPS:
            return Stage.REQUESTS
        plan.own(Stage.INVITATION, Stage.REQUESTS, practice.selection_days)
        invited = Stage.INVITATION
    rule = {Procedure.OPEN: "open", Procedure.RESTRICTED: "restricted"}.get(procedure)
    if at_once:
        rule = "dps_tender" if setting is Setting.INSIDE_DPS else None
    own_days = practice.call_off_days if at_once else practice.tender_days
    _asked(plan, advice, Stage.TENDERS, invited, rule, own_days, less=electronic and rule == "open")
    return Stage.TENDERS


def _compare_thresholds(plan, advice, first):
    """Note when the thresholds that the advice went by are not those of the day of the notice."""
    day, line = plan.on(first), plan.lines[first]
    if any(row and row.holds(day) != row.holds(advice.on) for row in (advice.national, advice.eu)):
        figures = {"advised_on": advice.on, "on": day}
        note = Point("other_thresholds", Source(ACT, "26 §"), figures)
        plan.lines[first] = replace(line, notes=(*line.notes, note))


def _asked(plan, advice, stage, since, rule, own_days, less=False):
    """Put the last day of a time for requests or tenders: the minimum days of the law where it has them."""
    minimum = advice.point("minimum_days")
    if minimum is None or rule is None:
        plan.own(stage, since, own_days)
        return
    days = minimum.figures[rule] - (minimum.figures["electronic_less"] if less else 0)
    plan.period(stage, since, days, minimum.source)


def _after_decision(plan, advice, sending, standstill_chosen, practice):
    """Put what is counted from the decision: letters, remedies, standstill, contract, award notice."""
    plan.own(Stage.SENT, Stage.DECISION, practice.sending_days)
    wait = LETTER_DAYS if sending is Sending.LETTER else 0
    known_on = plan.on(Stage.SENT) + timedelta(days=wait)  # a holiday does not move it
    source = replace(KNOWN, checked=advice.level is not Level.BELOW)  # read there, but not for what is below
    plan.put(Line(Stage.KNOWN, known_on, known_on, source, Stage.SENT, wait))
    rectification = advice.point("rectification")
    days = rectification.figures["days"]
    plan.period(Stage.RECTIFICATION, Stage.KNOWN, days, rectification.source)
    days = rectification.figures["entity_days"]
    plan.period(Stage.OWN_RECTIFICATION, Stage.DECISION, days, rectification.source, Limit.LATER)
    if court := advice.point("market_court"):
        plan.period(Stage.MARKET_COURT, Stage.KNOWN, court.figures["days"], court.source)
    if advice.point("no_contract_yet"):
        return
    standstill = _standstill(advice, standstill_chosen or Stage.STANDSTILL in plan.typed)
    if standstill is None:
        plan.own(Stage.CONTRACT, Stage.KNOWN, practice.contract_days)
    else:
        source, days = standstill
        binding = advice.point("standstill") is not None
        plan.period(Stage.STANDSTILL, Stage.KNOWN, days, source, Limit.EARLIER if binding else Limit.NONE)
        _contract(plan, source, binding)
    if notice := advice.point("eu_award_notice"):
        plan.period(Stage.AWARD_NOTICE, Stage.CONTRACT, notice.figures["days"], notice.source, Limit.LATER)


def _standstill(advice, chosen):
    """Return where the standstill stands and how many days it takes; None where there is none."""
    if point := advice.point("standstill"):
        return point.source, point.figures["days"]
    if point := advice.point("standstill_ask_lawyer"):
        return OWN, point.figures["days"]
    if chosen and (point := advice.point("standstill_not_needed")):
        return point.source, point.figures["days_if_chosen"]
    return (OWN, STANDSTILL_DAYS) if chosen else None


def _contract(plan, source, binding):
    """Put the contract on the first working day after the standstill; the law forbids none but earlier days."""
    standstill = plan.lines[Stage.STANDSTILL]
    signed_on = next_working_day(standstill.on + DAY)
    line = Line(Stage.CONTRACT, signed_on, signed_on, source, Stage.STANDSTILL, 1)
    if binding:
        line = replace(line, limit=Limit.EARLIER, limit_on=standstill.reckoned_on + DAY)
    plan.put(line)
