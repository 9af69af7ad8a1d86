"""What was handed in without an account, where it waits to be checked."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.gather import Task
from consortium.templatetags.portal import weekday_day
from members.models import HandIn


def tasks(municipality=None):
    """Return a task of the service centre for each decision handed in and not yet recorded, of all or of one place."""
    rows = HandIn.objects.waiting().select_related("accession__municipality")
    if municipality:
        rows = rows.filter(accession__municipality=municipality)
    return [
        Task(
            title=_("Check the decision handed in: %(name)s") % {"name": row.accession.municipality.name},
            url=row.accession.get_absolute_url(),
            text=_told(row),
            since=clock.date_of(row.received_at),
            kind=_("decision"),
        )
        for row in rows
    ]


def to_check(accession):
    """Return the representative's task of recording what was handed in, or None while nothing was."""
    row = accession.hand_ins.waiting().first()
    if row is None:
        return None
    return Task(
        title=_("Check and record the decision that was handed in"),
        url=reverse("members:accession_decide", args=[accession.pk]),
        text=_told(row),
        since=clock.date_of(row.received_at),
        kind=_("decision"),
    )


def _told(row):
    body = str(row.get_body_display())
    return _("%(body)s, %(day)s: %(outcome)s. Handed in by %(who)s; it counts when it is recorded.") % {
        "body": f"{body[:1].upper()}{body[1:]}",
        "day": weekday_day(row.meeting_on),
        "outcome": row.get_outcome_display(),
        "who": row.sender,
    }
