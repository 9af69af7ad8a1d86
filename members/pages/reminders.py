"""What the pages say of reminders: why one goes, to whom, and from what its days are counted."""

from django.utils.translation import gettext as _

from consortium.models import Language
from consortium.templatetags.portal import weekday_day
from members import reminder_emails
from members.ladder import Rung
from members.models import Reminder


def counted_from(rung):
    """Return from what the days of a rung are counted."""
    return {
        Rung.OPEN: _("after the package was sent"),
        Rung.MEETING: _("after the sending or the last handling"),
        Rung.RESULT: _("after the meeting"),
        Rung.PUBLISHED: _("after the deciding meeting"),
        Rung.FINALITY: _("after the first day on which the decision can be final"),
        Rung.SIGNATURE: _("after the deciding meeting"),
        Rung.DEADLINE: _("before the deadline"),
        Rung.CONTACTS: _("after 1 January"),
    }[rung]


def why(planned):
    """Return in a sentence why a reminder goes."""
    accession, rung = planned.accession, planned.ask.rung
    if rung == Rung.CONTACTS:
        return _("Asked once a year, in January.")
    if rung == Rung.PUBLISHED:
        if accession.deciding.is_reckoned:
            return _("The day on which the minutes were published is missing.")
        return _("Nothing is reckoned: the municipality states the date itself.")
    decision = accession.deciding
    words, on = {
        Rung.OPEN: (_("The package was sent on %(day)s and has not been opened."), planned.ask.since),
        Rung.MEETING: (
            _("Nothing has been heard since %(day)s, and no meeting is known."),
            planned.ask.since,
        ),
        Rung.RESULT: (_("The meeting was on %(day)s. No decision has been recorded."), planned.ask.since),
        Rung.FINALITY: (
            _("The appeal period ended on %(day)s. Absence of appeal is not yet confirmed."),
            decision and (decision.last_appeal_day or decision.final_on),
        ),
        Rung.SIGNATURE: (_("Decided on %(day)s; the agreement has not been signed."), planned.ask.since),
        Rung.DEADLINE: (_("The decision should be legally final by %(day)s."), planned.ask.since),
    }[rung]
    return words % {"day": weekday_day(on)}


def to_whom(planned):
    """Return the addresses a reminder goes to, each with the languages of its letters."""
    recipients = reminder_emails.recipients_of(planned.municipality, planned.ask.rung)
    if not recipients:
        return _("Nobody to write to: the municipality has no address.")
    return ", ".join(
        f"{r.address} ({', '.join(str(Language(code).label) for code in r.languages)})" for r in recipients
    )


def row(planned, url):
    """Return a planned reminder for partials/rows.html; ``url`` leads to its letter, or is empty."""
    return {
        "when": weekday_day(planned.on),
        "what": f"{planned.municipality.name}: {planned.ask.rung.label}",
        "url": planned.about.get_absolute_url(),
        "text": to_whom(planned),
        "note": why(planned),
        "link": {"label": _("Read the letter and send it now"), "url": url} if url else None,
    }


def gone_rows(limit):
    """Return the latest reminders that went, for partials/rows.html."""
    rows = Reminder.objects.select_related("municipality", "accession")[:limit]
    return [
        {
            "when": weekday_day(reminder.on),
            "what": f"{reminder.municipality.name}: {reminder.get_rung_display()}",
            "url": (reminder.accession or reminder.municipality).get_absolute_url(),
        }
        for reminder in rows
    ]


def asked_for_certificate(accession):
    """Return what the queue adds where the certificate of finality has been asked for, or nothing."""
    if not accession.certificate_asked_on:
        return ""
    words = _(
        "The certificate was asked for on %(day)s. If it does not come, another ground may be recorded."
    )
    return words % {"day": weekday_day(accession.certificate_asked_on)}
