"""The days of a person's calendar: deadlines of the rounds under way, meetings, appeal periods, memberships."""

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from consortium.gather import Occasion
from members.models import Accession, AccessionState, Municipality, Offer
from members.pages.staff import ANSWERING

ASKED = {AccessionState.SENT, AccessionState.IN_PREPARATION}


def occasions(user, today):
    """Return what the person may know of: of one's own municipalities, and to the service centre its rounds."""
    rows = Accession.objects.open().filter(municipality__in=Municipality.objects.of(user, today))
    found = []
    for accession in rows.select_related("municipality", "offer", "deciding"):
        found += _of(accession)
    return found + (_rounds(today) if user.is_staff else [])


def _of(accession):
    name, url = accession.municipality.name, settings.ADDRESS + accession.get_absolute_url()
    key = f"accession-{accession.pk}"
    if accession.state in ASKED:
        yield Occasion(
            f"{key}-deadline",
            accession.offer.decide_by,
            _("%(name)s: decision on joining should be legally final") % {"name": name},
            url,
        )
        if accession.meeting_on:
            body = accession.get_meeting_body_display()
            title = _("%(name)s: %(body)s deals with the joining") % {"name": name, "body": body}
            yield Occasion(f"{key}-meeting", accession.meeting_on, title, url)
    deciding = accession.deciding
    if accession.state == AccessionState.APPROVED and deciding:
        deciding.accession = accession
        if deciding.last_appeal_day:
            title = _("%(name)s: the appeal period ends") % {"name": name}
            yield Occasion(f"{key}-appeal", deciding.last_appeal_day, title, url)


def _rounds(today):
    waiting = Count("accessions", filter=Q(accessions__state__in=[*ANSWERING, AccessionState.PREPARED]))
    offers = Offer.objects.annotate(waiting=waiting).filter(waiting__gt=0, decide_by__gte=today)
    title = _("Decisions of the round should be legally final")
    return [
        Occasion(f"offer-{o.pk}", o.decide_by, title, settings.ADDRESS + o.get_absolute_url()) for o in offers
    ]
