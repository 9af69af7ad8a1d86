"""How far the making of packages is, as the live part of a page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import documents
from members.models import JoiningPackage


def _told(packages, *, poll_url, link=None):
    """Return the context of partials/progress.html for a batch of files."""
    counts = documents.progress(packages)
    made = counts["ready"] + counts["failed"]
    if not counts["total"]:
        says = _("No package has been asked for yet.")
    elif counts["running"]:
        says = _("%(made)s of %(total)s files made.") % {"made": made, "total": counts["total"]}
    elif counts["failed"]:
        says = _("%(ready)s of %(total)s files are ready, %(failed)s failed.") % counts
    else:
        says = _("All %(total)s files are ready.") % counts
    return {
        "id": "packages",
        "poll_url": poll_url if counts["running"] else "",
        "says": says,
        "done": made,
        "total": counts["total"],
        "link": link if counts["ready"] and not counts["running"] else None,
    }


def offer_progress(offer):
    """Return how far the newest packages of an offer are."""
    zip_link = {"url": reverse("members:offer_zip", args=[offer.pk]), "label": _("Download all as one ZIP")}
    newest = JoiningPackage.objects.filter(accession__offer=offer).newest()
    poll_url = reverse("members:offer_progress", args=[offer.pk])
    return _told(newest, poll_url=poll_url, link=zip_link)


def progress_of(accession):
    """Return how far the newest packages of one accession are."""
    newest = JoiningPackage.objects.filter(accession=accession).newest()
    return _told(newest, poll_url=reverse("members:package_progress", args=[accession.pk]))
