"""What the Act has counted from an award: the advice on the procurement, and the dates from the day it was sent."""

from procurement import law, timetable
from procurement.models.buyers import estimated
from procurement.models.words import StageKind


def noticed_on(procurement, fallback):
    """Return the day whose thresholds the procurement goes by: of its notice or invitation, as far as it is known."""
    rows = {row.kind: row for row in procurement.stages.all()}
    for kind in (StageKind.NOTICE, StageKind.INVITATION):
        if (row := rows.get(kind)) and (found := row.done_on or row.planned_on):
            return found
    return fallback


def advice_on(procurement, on):
    """Return the law.Advice for the procurement as it stands, by the thresholds of a day."""
    found = estimated(procurement)
    setting = law.Setting(procurement.setting)
    frame = None
    if setting.is_inside:
        maximum = found.value if procurement.maximum is None else procurement.maximum
        frame = law.Frame(maximum, noticed_on=on)
    purchase = law.Purchase(
        kind=law.Kind(procurement.kind),
        setting=setting,
        procedure=law.Procedure(procurement.procedure),
        frame=frame,
        maximum=None if setting.is_inside else procurement.maximum,
    )
    return law.advise(purchase, found, on=on)


def after(award, *, sent_on, sending, standstill_chosen=False):
    """Return (Advice, Timetable) counted from the day the award was sent; the days before it are as they came about."""
    procurement = award.procurement
    on = noticed_on(procurement, award.decided_on)
    advice = advice_on(procurement, on)
    typed = {timetable.Stage.DECISION: award.decided_on, timetable.Stage.SENT: sent_on}
    table = timetable.timetable(
        advice,
        starts_on=on,
        sending=timetable.Sending(sending),
        standstill_chosen=standstill_chosen,
        typed={} if advice.level is None else typed,
    )
    return advice, table
