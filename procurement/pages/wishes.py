"""Wishes as the pages tell of them: on their own page, on the procurement's, at the service centre."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import clock
from consortium.gather import Part, Task
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, long_weekday_day, place, place_name, weekday_day
from procurement.models import Wish, WishState
from procurement.pages.own import own_places

VERBS = {
    "wish": gettext_lazy("Wish received"),
    "edit": gettext_lazy("Wish changed"),
    "endorse": gettext_lazy("Endorsed"),
    "take_back": gettext_lazy("Endorsement taken back"),
    "gather": gettext_lazy("Gathered into a procurement"),
    "decline": gettext_lazy("Answered: not taken forward"),
    "withdraw": gettext_lazy("Wish withdrawn"),
}


def says(wish, endorsements):
    """Return how things stand with a wish, in a sentence."""
    if wish.state == WishState.GATHERED:
        words = _("The wish is now a part of the procurement %(title)s, since %(day)s.")
        return words % {"title": wish.procurement.title, "day": day(wish.settled_on)}
    if wish.state == WishState.DECLINED:
        return _("Not taken forward, answered %(day)s.") % {"day": long_weekday_day(wish.settled_on)}
    if wish.state == WishState.WITHDRAWN:
        return _("The municipality took the wish back on %(day)s.") % {
            "day": long_weekday_day(wish.settled_on)
        }
    name = place_name(wish.municipality)
    if not endorsements:
        return _("Wished for by %(name)s. A wish binds nobody.") % {"name": name}
    others = ngettext("%(n)s other municipality", "%(n)s other municipalities", endorsements)
    words = _("Wished for by %(name)s and %(others)s. A wish binds nobody.")
    return words % {"name": name, "others": others % {"n": endorsements}}


def acts(user, wish, endorsed):
    """Return what the person may do with a wish now. ``endorsed``: pks of the municipalities that have endorsed it."""
    open_to = wish.steps_open_to(user)
    own = {row.pk: row for row in own_places(user)}
    found = []
    for verb in ("gather", "endorse", "take_back", "decline", "edit", "withdraw"):
        if verb not in open_to:
            continue
        could = own.keys() - {wish.municipality_id}
        if verb == "endorse" and not user.is_staff and not could - endorsed:
            continue
        if verb == "take_back" and not (endorsed & own.keys() or (user.is_staff and endorsed)):
            continue
        found.append(
            {
                "label": act_words(verb, wish),
                "url": reverse(f"procurement:wish_{verb}", args=[wish.pk]),
                "main": verb in {"gather", "endorse"} and not found,  # rewording one's own is no main act
            }
        )
    return found


def act_words(verb, wish):
    """Return what a step's link and button say."""
    return {
        "gather": _("Gather into a procurement"),
        "endorse": _("Wish for the same"),
        "take_back": _("Take an endorsement back"),
        "decline": _("Answer that it is not taken forward"),
        "edit": _("Write the wish better"),
        "withdraw": _("Withdraw the wish of %(name)s") % {"name": place_name(wish.municipality)},
    }[verb]


def history(wish, reader):
    """Return what has been done with a wish, the latest first; other municipalities' people are not named."""
    names = {wish.municipality_id: wish.municipality}
    names |= {
        row.municipality_id: row.municipality for row in wish.endorsements.select_related("municipality")
    }
    own = {row.pk for row in own_places(reader)}
    return [
        {
            "when": event.at,
            "what": VERBS.get(event.verb, event.verb),
            "who": _who(event, wish, names, own, reader),
        }
        for event in AuditEvent.objects.about(wish)
    ]


def _who(event, wish, names, own, reader):
    if event.by is None:
        return _("The portal")
    if reader.is_staff:
        return event.by.get_full_name()
    if event.by.is_staff:
        return _("The service centre")
    acted_for = event.details.get("municipality", wish.municipality_id)
    if acted_for in own:
        return event.by.get_full_name()
    return place_name(names[acted_for]) if acted_for in names else _("A municipality")


def parts(user, procurement, today):
    """Return the wishes that the procurement began from, for those who read wishes."""
    if not user.has_perm("procurement.read_wishes"):
        return []
    rows = [
        {
            "when": weekday_day(wish.made_at),
            "what": wish.what,
            "lang": wish.language,
            "url": wish.get_absolute_url(),
            "text": place(wish.municipality),
        }
        for wish in procurement.wishes.select_related("municipality")
    ]
    if not rows:
        return []
    note = ngettext("%(n)s wish", "%(n)s wishes", len(rows)) % {"n": len(rows)}
    return [
        Part(_("Wishes behind it"), "procurement/parts/wishes.html", {"rows": rows}, note=note, is_list=True)
    ]


def list_acts(user, today):
    """Return the link from the list of procurements to the wishes."""
    if not user.has_perm("procurement.read_wishes"):
        return []
    return [{"label": _("Wishes of the members"), "url": reverse("procurement:wish_list")}]


def tasks(user, today):
    """Return the open wishes as one line of the service centre's queue."""
    if not user.is_staff:
        return []
    rows = list(Wish.objects.open().order_by("made_at", "pk"))
    if not rows:
        return []
    names = ", ".join(wish.what for wish in rows[:3])
    words = ngettext("Answer %(n)s wish", "Answer %(n)s wishes", len(rows))
    return [
        Task(
            title=words % {"n": len(rows)},
            url=reverse("procurement:wish_list") + "?state=open",
            text=_("Gather it into a procurement, or say why not: %(names)s.") % {"names": names},
            since=clock.date_of(rows[0].made_at),
            kind=_("wish"),
        )
    ]


def my_data(user):
    """Return the wishes that the person has written."""
    rows = Wish.objects.filter(made_by=user).select_related("municipality").order_by("pk")
    return [
        (
            "wishes",
            [
                {
                    "municipality": wish.municipality.code,
                    "made": wish.made_at,
                    "what": wish.what,
                    "why": wish.why,
                    "use": wish.use,
                    "state": wish.state,
                }
                for wish in rows
            ],
        )
    ]
