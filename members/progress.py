"""How far the making of packages is, as the live part of a page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import documents
from members.models import AccessionState, JoiningPackage


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


def offer_progress(offer, *, live=False):
    """Return how far the newest packages of an offer are; a live part that has ended leads on to sending."""
    link = {"url": reverse("members:offer_zip", args=[offer.pk]), "label": _("Download all as one ZIP")}
    if live and offer.accessions.filter(state=AccessionState.PREPARED).exists():
        link = {"url": offer.get_absolute_url(), "label": _("Go on to sending")}
    newest = JoiningPackage.objects.filter(accession__offer=offer).newest()
    job = _told(newest, poll_url=reverse("members:offer_progress", args=[offer.pk]), link=link)
    return job | {"template": "members/failed.html", "failed": JoiningPackage.objects.failed_in(offer)}


def accession_progress(accession, *, live=False):
    """Return how far the newest packages of one accession are, with the files themselves."""
    link = None
    if live and accession.state == AccessionState.PREPARED:
        link = {"url": accession.get_absolute_url(), "label": _("Go on to sending")}
    newest = JoiningPackage.objects.filter(accession=accession).newest()
    job = _told(newest, poll_url=reverse("members:package_progress", args=[accession.pk]), link=link)
    return job | {"template": "members/files.html", "files": accession.newest_packages()}
