"""What a municipality has said in a round, as pages, receipts and letters put it into words. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.money_fields import bare_sum
from consortium.templatetags.portal import (
    clock_time,
    day,
    long_weekday_day,
    money,
    number,
    place_name,
    weekday_day,
)


def euros(amount):
    """Return a sum as it is read aloud, cents only where there are some: 1 200 euros."""
    shown = number(amount) if amount == int(amount) else bare_sum(amount)
    return ngettext("%(sum)s euro", "%(sum)s euros", int(amount)) % {"sum": shown}


def read_back(kind, amount, name):
    """Return what is about to be said with the sum as it was understood; ``amount``: € a year without VAT."""
    words = {
        "committed": _("%(name)s commits to buy for %(sum)s a year, without VAT."),
        "interested": _("%(name)s is interested. Estimate: %(sum)s a year, without VAT."),
    }[kind]
    return words % {"name": name, "sum": euros(amount)}


def said(version, municipality):
    """Return a version in one line: who, what, how much (€ a year without VAT), until when."""
    facts = {
        "name": place_name(municipality),
        "sum": money(version.yearly) if version.yearly is not None else "",
        "day": weekday_day(version.until) if version.until else "",
    }
    if version.kind == "committed" and version.reservation:
        return _("%(name)s commits with a reservation, %(sum)s a year without VAT") % facts
    if version.kind == "committed":
        return _("%(name)s commits, %(sum)s a year without VAT") % facts
    if version.kind == "interested" and version.yearly is None:
        return _("%(name)s is interested") % facts
    return {
        "interested": _("%(name)s is interested, estimate %(sum)s a year without VAT"),
        "declined": _("%(name)s: not this time"),
        "preparing": _("%(name)s is preparing its answer; its meeting is on %(day)s"),
        "withdrawn": _("%(name)s withdraws as of %(day)s"),
    }[version.kind] % facts


def brief(version):
    """Return a version in a few words for a table: committed, 1 200,00 €; in our preparation, ke 12.5.2027."""
    told = str(version.get_kind_display())
    if version.yearly is not None:
        return f"{told}, {money(version.yearly)}"
    return f"{told}, {weekday_day(version.until)}" if version.until else told


def decision(version):
    """Return the decision behind an answer: who, when, §, case number; nothing where none is named."""
    if not version.body:
        return ""
    body = str(version.body_shown)
    parts = [f"{body[:1].upper()}{body[1:]} {weekday_day(version.decided_on)}"]
    if version.section:
        parts.append(f"§\u00a0{version.section}")
    return ", ".join(filter(None, [*parts, version.case_number]))


def minutes_late(version, closes_at):
    """Return how many whole minutes after the deadline it came, one at least."""
    return max(1, int((version.given_at - closes_at).total_seconds() // 60))


def lateness(version, closes_at):
    """Return what the sender of a late answer reads: the minute, and what becomes of it."""
    n = minutes_late(version, closes_at)
    facts = {"time": clock_time(version.given_at), "closed": clock_time(closes_at), "n": number(n)}
    if clock.date_of(version.given_at) != clock.date_of(closes_at):
        facts |= {"day": weekday_day(version.given_at), "deadline": weekday_day(closes_at)}
        arrived = (
            _("It arrived on %(day)s at %(time)s; the deadline was on %(deadline)s at %(closed)s.") % facts
        )
    else:
        arrived = (
            ngettext(
                "It arrived at %(time)s, %(n)s minute after the deadline of %(closed)s.",
                "It arrived at %(time)s, %(n)s minutes after the deadline of %(closed)s.",
                n,
            )
            % facts
        )
    return (
        arrived
        + " "
        + _(
            "It is kept and marked late. It does not count until the service centre accepts it, with a reason."
        )
    )


def reserved():
    """Return what a reservation means for the answer that has one."""
    return _(
        "An answer with a reservation counts as interested until the service centre accepts the reservation."
    )


def silence(round_, name):
    """Return what it means that a municipality does not answer."""
    if round_.silence == "runs_on":
        words = _(
            "If there is no answer, nothing new is agreed: the present contract of %(name)s runs on until %(day)s."
        )
        return words % {"name": name, "day": day(round_.runs_on_until)}
    return _("If there is no answer, %(name)s is not in and pays nothing.") % {"name": name}


def deadline(round_):
    """Return the deadline for a sentence: Friday 21.5.2027 at 16:00."""
    return _("%(day)s at %(time)s") % {
        "day": long_weekday_day(round_.closes_at),
        "time": clock_time(round_.closes_at),
    }
