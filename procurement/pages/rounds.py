"""A round on the procurement's page and at the service centre: how it stands, what can be done, opened volumes."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.gather import Part
from consortium.templatetags.portal import keep, long_weekday_day, money, place, put_in
from procurement import answer_words
from procurement.models import COUNTED, ProcurementState
from procurement.pages import facts
from procurement.pages.own import own_places

NAMED = 3  # municipalities of one's own named on the procurement's page; more become one line


def says(round_):
    """Return how the round stands, for the service centre."""
    if round_.is_open():
        day = keep(long_weekday_day(round_.closes_at))
        words = _("The round is open until %(day)s at 16.00. Then the list is frozen by itself.")
        return put_in(words, day=day)
    if round_.takes_late():
        return _("The list is frozen. What comes within the hour is kept and marked late.")
    return _("The list is frozen as it was on %(when)s.") % {"when": answer_words.deadline(round_)}


def staff_acts(user, procurement, round_):
    """Return what the service centre can do with the round, the main act first."""
    if not user.has_perm("procurement.manage_procurement"):
        return []
    found, pk = [], procurement.pk
    if round_.is_open():
        found.append({"label": _("Remind the silent"), "url": reverse("procurement:round_remind", args=[pk])})
        found.append({"label": _("Move the deadline"), "url": reverse("procurement:round_extend", args=[pk])})
        found.append(
            {"label": _("Ask one more municipality"), "url": reverse("procurement:round_ask", args=[pk])}
        )
    else:
        label = _("Lists for the central purchasing body")
        found.append({"label": label, "url": reverse("procurement:commitment_lists", args=[pk])})
        found.append(
            {"label": _("Open or close the volumes"), "url": reverse("procurement:volumes", args=[pk])}
        )
    return found


def acts(user, procurement, today):
    """Return what the person can do with the round on the procurement's page."""
    round_, pk = facts.round_of(procurement), procurement.pk
    if round_ is None:
        if procurement.state == ProcurementState.PREPARED and user.has_perm(
            "procurement.open_round_procurement"
        ):
            url = reverse("procurement:round_open", args=[pk])
            return [{"label": _("Open the commitment round"), "url": url, "main": True}]
        return []
    found = _answering(user, procurement, round_)
    if user.has_perm("procurement.view_answers", procurement):
        url = reverse("procurement:answer_list", args=[pk])
        found.append(
            {"label": _("Answers of the round"), "url": url, "main": user.is_staff and round_.is_open()}
        )
    return found


def _answering(user, procurement, round_):
    """Return the links to the pages of the municipalities for which the person acts and which are asked."""
    places = own_places(user)
    asked = set(round_.answers.filter(municipality__in=places).values_list("municipality", flat=True))
    places = [row for row in places if row.pk in asked]
    is_open = round_.is_open()
    if len(places) > NAMED:
        label = ngettext(
            "Our %(n)s municipality in a table", "Our %(n)s municipalities in a table", len(places)
        )
        url = reverse("procurement:drafts", args=[procurement.pk])
        return [{"label": label % {"n": len(places)}, "url": url, "main": is_open}]
    words = _("Answer for %(name)s") if is_open else _("The page of %(name)s")
    return [
        {
            "label": words % {"name": row.of_name},
            "url": reverse("procurement:ours", args=[procurement.pk, row.code]),
            "main": is_open and not user.is_staff,
        }
        for row in places
    ]


def volumes(user, procurement, today):
    """Return what each municipality has said it will buy, once the service centre has opened it to the reader."""
    round_ = facts.round_of(procurement)
    if round_ is None or user.has_perm("procurement.view_answers", procurement):
        return []  # those who have the whole list need no part of it here
    if not procurement.shows_volumes_to(user) or procurement.state == ProcurementState.VOID:
        return []
    rows = (
        round_.answers.with_ruling().filter(standing__kind__in=COUNTED).order_by("municipality__sort_key_fi")
    )
    table = [
        (place(row.municipality), row.counts_as.label, money(row.standing.yearly))
        for row in rows
        if row.standing.yearly is not None
    ]
    note = ngettext("%(n)s municipality", "%(n)s municipalities", len(table)) % {"n": len(table)}
    return [Part(_("Volumes"), "procurement/parts/volumes.html", {"rows": table}, note=note, folds=True)]
