"""What the Procurement Act asks of a joint procurement: advice with its grounds, never a decision.

All comes as codes with figures and sections, which pages put into words. Sums in €, without VAT. Source:
Hankintalaki 1397/2016; where a rule is the portal's own caution, it says so.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from consortium.fee_rules import ZERO
from consortium.shares import EXACT
from procurement.estimate import Estimate, net_sum
from procurement.thresholds import (
    ACT,
    DIRECTIVE,
    THRESHOLDS,
    Kind,
    Level,
    Source,
    Threshold,
    in_force,
    level_of,
)

__all__ = [
    "Advice",
    "Basis",
    "Frame",
    "Part",
    "Point",
    "Procedure",
    "Purchase",
    "Setting",
    "advise",
    "splitting",
]

FRAMEWORK_MONTHS = 48  # 42 §
STANDSTILL_DAYS = 14  # 129 §
STANDSTILL_IF_CHOSEN = 10  # 130 §
APPEAL_DAYS = 14
ENTITY_DAYS = 90  # the entity's own rectification
AWARD_NOTICE_DAYS = 30
MINIMUM_DAYS = {"open": 35, "electronic_less": 5, "request": 30, "restricted": 30, "dps_tender": 10}  # 56 §
NEAR = Decimal("0.9")  # of a threshold: from here on a small change of volume matters

VALUE = Source(ACT, "27–30 §")
SPLITTING = Source(ACT, "31 §")
FRAMEWORK = Source(ACT, "42 §")
MINIMUM = Source(ACT, "56 §")
STANDSTILL = Source(ACT, "129 §")
NO_STANDSTILL = Source(ACT, "130 §")
RECTIFICATION = Source(ACT, "132–133 §")
RECTIFICATION_BELOW = Source(ACT, "135 §")
MARKET_COURT = Source(ACT, "147 §", checked=False)
HILMA = Source(ACT, "101 §", checked=False)
DIRECT = Source(ACT, "40–41 §", checked=False)
DIRECT_NOTICE = Source(ACT, "131 §", checked=False)
EU_NOTICE = Source(DIRECTIVE, "art. 49")
EU_NOTICE_ANNEX_E = Source(DIRECTIVE, "art. 75")
AWARD_NOTICE = Source(DIRECTIVE, "art. 50")
DPS = Source(ACT, "49 §", checked=False)
ALAND = Source("Åland")
OWN = Source("")


class Basis(StrEnum):
    """Whether a rule or a date is the law's or the portal's own."""

    LAW = "law"
    OWN = "own"


class Procedure(StrEnum):
    """How tenders are asked for."""

    OPEN = "open"
    RESTRICTED = "restricted"
    NEGOTIATED = "negotiated"
    DIRECT = "direct"


class Setting(StrEnum):
    """What a procurement leads to, or stands inside."""

    CONTRACT = "contract"
    FRAMEWORK = "framework"  # one is made
    DPS = "dps"  # a dynamic purchasing system is set up
    INSIDE_FRAMEWORK = "inside_framework"
    INSIDE_DPS = "inside_dps"

    @property
    def is_inside(self):
        """Whether the notice has been given already, for the whole."""
        return self in {Setting.INSIDE_FRAMEWORK, Setting.INSIDE_DPS}


@dataclass(frozen=True)
class Frame:
    """A framework or dynamic purchasing system that is there: its stated maximum and what is bought of it (€).

    ``noticed_on``: the day of its notice, whose thresholds decide its level. ``users``: keys of those named, or None.
    """

    maximum: Decimal
    noticed_on: date
    spent: Decimal = ZERO
    ends_on: date | None = None
    users: frozenset | None = None


@dataclass(frozen=True)
class Part:
    """Another purchase that may belong to the same whole: its own estimated value (€ without VAT)."""

    key: object
    value: Decimal


@dataclass(frozen=True)
class Purchase:
    """What is planned. ``frame`` is needed inside one. ``maximum`` (€): what a framework or a system states."""

    kind: Kind = Kind.GOODS_SERVICES
    setting: Setting = Setting.CONTRACT
    procedure: Procedure = Procedure.OPEN
    others: tuple = ()
    frame: Frame | None = None
    maximum: Decimal | None = None

    @property
    def is_direct(self):
        """Whether a contract is made without asking for tenders by a notice."""
        return self.procedure == Procedure.DIRECT and self.setting in {Setting.CONTRACT, Setting.FRAMEWORK}


@dataclass(frozen=True)
class Point:
    """One thing that follows, as a code and figures for a sentence, with where it stands."""

    code: str
    source: Source
    figures: dict = field(default_factory=dict)

    @property
    def basis(self):
        """The Basis: law where a statute is named."""
        return Basis.LAW if self.source.statute else Basis.OWN


@dataclass(frozen=True)
class Advice:
    """What follows for a purchase whose notice is sent on a day. ``level`` is None where nothing is reckoned.

    ``value`` (€): what is held against the thresholds; inside a framework or a system the maximum of that.
    ``national`` and ``eu``: the rows gone by.
    """

    purchase: Purchase
    estimate: Estimate
    on: date
    value: Decimal | None
    level: Level | None
    national: Threshold | None
    eu: Threshold | None
    points: tuple

    @property
    def codes(self):
        """The codes of the points, in their order."""
        return tuple(point.code for point in self.points)

    def point(self, code):
        """Return the point of a code; None when it does not follow."""
        return next((point for point in self.points if point.code == code), None)


def advise(purchase, estimated, *, on, rows=THRESHOLDS):
    """Return the Advice for a purchase with its Estimate. ``on``: the day the notice is sent, or buying begins.

    Nothing is reckoned where all buyers are in Åland, which has legislation of its own, or where no row of
    thresholds reaches back to the day. Raises TypeError for a float; ValueError for a purchase inside a framework
    or a system without its ``frame``. Source: Hankintalaki 25-31, 42, 56, 129-135 §.
    """
    setting, kind = Setting(purchase.setting), Kind(purchase.kind)
    if setting.is_inside != (purchase.frame is not None):
        raise ValueError(f"The frame goes with a purchase inside one, and with no other: {setting.value}.")
    if estimated.aland and set(estimated.aland) == set(estimated.buyers):
        point = Point("aland_own_legislation", ALAND, {"buyers": estimated.aland})
        return Advice(purchase, estimated, on, None, None, None, None, (point,))
    value, day = _measured(purchase, estimated, on)
    level = level_of(value, kind, day, rows)
    standings = [in_force(kind, each, day, rows) for each in (Level.NATIONAL, Level.EU)]
    points = _of_value(purchase, estimated)
    points += _of_thresholds(value, day, standings)
    if level is not None:
        if not setting.is_inside:
            points += _near(value, estimated, kind, day, rows, standings)
        points += _of_level(level, kind, setting, purchase.is_direct)
        points += _of_frame(purchase, estimated, level, on)
    split = None if setting.is_inside else splitting(value, purchase.others, kind, on=day, rows=rows)
    if split:
        points.append(split)
    national, eu = (standing and standing.row for standing in standings)
    return Advice(purchase, estimated, on, value, level, national, eu, tuple(points))


def splitting(value, others, kind, *, on, rows=THRESHOLDS):
    """Return the warning that purchases which belong together reach a level that one of them does not; or None.

    ``others``: Parts, sums in € without VAT. Whether they belong together a person judges. Source: Hankintalaki 31 §.
    """
    parts = [net_sum(part.value, "value") for part in others]
    with localcontext(EXACT):
        together = sum(parts, net_sum(value, "value"))
    level, of_all = (level_of(each, kind, on, rows) for each in (value, together))
    lower = [part.key for part in others if level_of(part.value, kind, on, rows) != of_all]
    if not parts or of_all is None or (level == of_all and not lower):
        return None
    standing = None if of_all is Level.BELOW else in_force(kind, of_all, on, rows)
    figures = {"value": value, "together": together, "parts": tuple(others), "lower": tuple(lower)}
    figures |= {"level": level, "together_level": of_all, "threshold": standing and standing.row.amount}
    return Point("splitting", SPLITTING, figures)


def _measured(purchase, estimated, on):
    """Return the value that decides the level, and the day whose thresholds it is held against."""
    if purchase.frame is not None:
        return net_sum(purchase.frame.maximum, "maximum"), purchase.frame.noticed_on
    if purchase.maximum is not None:
        return max(estimated.value, net_sum(purchase.maximum, "maximum")), on
    return estimated.value, on


def _of_value(purchase, estimated):
    term = estimated.term
    figures = {
        "value": estimated.value,
        "yearly": estimated.yearly,
        "months": term.counted_months,
        "open_ended": term.months is None,
        "option_amounts": estimated.option_amounts,
        "one_off": estimated.one_off,
        "buyers": len(estimated.buyers),
        "committed_value": estimated.committed_value,
        "interested_value": estimated.interested_value,
    }
    points = [Point("estimated_value", VALUE, figures)]
    if estimated.missing:
        points.append(Point("volume_missing", VALUE, {"buyers": estimated.missing}))
    if estimated.aland:
        points.append(Point("aland_among_buyers", ALAND, {"buyers": estimated.aland}))
    if purchase.maximum is not None and purchase.maximum < estimated.value:
        figures = {"maximum": purchase.maximum, "value": estimated.value}
        points.append(Point("maximum_below_value", FRAMEWORK, figures))
    return points


def _of_thresholds(value, day, standings):
    points = []
    national = standings[0]
    below = national is not None and value < national.row.amount
    for standing, level in zip(standings, (Level.NATIONAL, Level.EU), strict=True):
        if standing is None and not below:
            points.append(Point("threshold_unknown", OWN, {"level": level, "on": day}))
        elif standing is not None and standing.provisional:
            figures = {
                "level": level,
                "on": day,
                "amount": standing.row.amount,
                "ended_on": standing.row.ends_on,
            }
            points.append(Point("threshold_provisional", standing.row.source, figures))
        elif standing is not None and not standing.row.source.checked:
            figures = {"level": level, "on": day, "amount": standing.row.amount}
            points.append(Point("threshold_unchecked", standing.row.source, figures))
    return points


def _near(value, estimated, kind, day, rows, standings):
    points = []
    for standing in filter(None, standings):
        amount = standing.row.amount
        with localcontext(EXACT):
            if amount * NEAR <= value < amount:
                figures = {"level": standing.row.level, "threshold": amount, "short_by": amount - value}
                points.append(Point("near_threshold", OWN, figures))
    level = level_of(value, kind, day, rows)
    alone = level_of(estimated.committed_value, kind, day, rows)
    if value == estimated.value and alone != level:
        figures = {"committed_value": estimated.committed_value, "level": alone, "with_interested": level}
        points.append(Point("interested_raise_level", VALUE, figures))
    return points


def _of_level(level, kind, setting, direct):
    """Return what the level asks for: notice, minimum days, standstill, remedies, award notice."""
    rectification = {"days": APPEAL_DAYS, "entity_days": ENTITY_DAYS}
    if level is Level.BELOW:
        return [
            Point("act_does_not_apply", Source(ACT, "25 §")),
            Point("rectification", RECTIFICATION_BELOW, rectification),
            Point("own_instructions", OWN),
        ]
    points = []
    if setting.is_inside:
        points.append(Point("no_new_notice", FRAMEWORK if setting is Setting.INSIDE_FRAMEWORK else DPS))
    elif direct:
        points.append(Point("direct_needs_ground", DIRECT))
    elif level is Level.EU:
        points.append(Point("eu_notice", EU_NOTICE if kind is Kind.GOODS_SERVICES else EU_NOTICE_ANNEX_E))
    else:
        points.append(Point("national_notice", HILMA))
    timed = level is Level.EU and kind is Kind.GOODS_SERVICES and not direct
    if timed and setting is not Setting.INSIDE_FRAMEWORK:
        points.append(Point("minimum_days", MINIMUM, dict(MINIMUM_DAYS)))
    else:
        points.append(Point("no_minimum_days", MINIMUM))
    points.append(_standstill(level, kind, setting, direct))
    points.append(Point("rectification", RECTIFICATION, rectification))
    points.append(Point("market_court", MARKET_COURT, {"days": APPEAL_DAYS}))
    source = AWARD_NOTICE if kind is Kind.GOODS_SERVICES else EU_NOTICE_ANNEX_E
    if level is Level.EU and setting in {Setting.CONTRACT, Setting.FRAMEWORK, Setting.INSIDE_DPS}:
        points.append(Point("eu_award_notice", source, {"days": AWARD_NOTICE_DAYS}))
    else:
        points.append(Point("no_eu_award_notice", source))
    return points


def _standstill(level, kind, setting, direct):
    if setting is Setting.DPS:
        return Point("no_contract_yet", DPS)
    if level is Level.NATIONAL and kind is Kind.GOODS_SERVICES:
        return Point("no_standstill", STANDSTILL)
    if setting.is_inside:
        return Point("standstill_not_needed", NO_STANDSTILL, {"days_if_chosen": STANDSTILL_IF_CHOSEN})
    if direct:
        return Point("standstill_ask_lawyer", DIRECT_NOTICE, {"days": STANDSTILL_DAYS})
    return Point("standstill", STANDSTILL, {"days": STANDSTILL_DAYS})


def _of_frame(purchase, estimated, level, on):
    """Return what a framework asks for when it is made, and what stands against buying inside one."""
    setting, frame, points = Setting(purchase.setting), purchase.frame, []
    if setting is Setting.FRAMEWORK and level is not Level.BELOW:
        stated = estimated.value if purchase.maximum is None else purchase.maximum
        points.append(Point("name_users_and_maximum", FRAMEWORK, {"maximum": stated}))
        months = None if estimated.term.months is None else estimated.term.counted_months
        figures = {"months": months, "most": FRAMEWORK_MONTHS}
        long = months is None or months > FRAMEWORK_MONTHS
        points.append(Point("framework_too_long" if long else "framework_length", FRAMEWORK, figures))
    if frame is None:
        return points
    with localcontext(EXACT):
        left = max(net_sum(frame.maximum, "maximum") - net_sum(frame.spent, "sum spent"), ZERO)
    if estimated.value > left:
        points.append(Point("frame_maximum_exceeded", FRAMEWORK, {"left": left, "value": estimated.value}))
    if frame.ends_on is not None and frame.ends_on < on:
        points.append(Point("frame_ended", FRAMEWORK, {"ended_on": frame.ends_on, "on": on}))
    strangers = tuple(key for key in estimated.buyers if frame.users is not None and key not in frame.users)
    if strangers:
        points.append(Point("not_named_in_frame", FRAMEWORK, {"buyers": strangers}))
    return points
