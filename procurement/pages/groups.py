"""The groups of a procurement: who is asked, who offers and who sits; their people are known to the members alone."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Part, Task
from consortium.templatetags.portal import day, long_weekday_day, place_name, weekday_day
from procurement.models import UNDER_WAY, Group, GroupCall, GroupSeat, SeatState

SHOWN = {SeatState.SEATED, SeatState.OFFERED}


def parts(user, procurement, today):
    """Return each group that has a call or a member: what it does, who sits, and what one can do about it."""
    if not user.has_perm("procurement.read_shared"):
        return []
    calls = {call.group: call for call in procurement.calls.all()}
    seats = GroupSeat.objects.visible_to(user).filter(procurement=procurement, state__in=SHOWN)
    by_group = {group: [] for group in Group}
    for seat in seats.select_related("user", "municipality"):
        by_group[seat.group].append(seat)
    groups = [
        _group(user, procurement, group, calls.get(group), by_group[group], today)
        for group in Group
        if group in calls or by_group[group]
    ]
    if not groups:
        return []
    return [Part(_("Groups"), "procurement/parts/groups.html", {"groups": groups}, is_list=True)]


def _group(user, procurement, group, call, seats, today):
    seated = sum(seat.state == SeatState.SEATED for seat in seats)
    mine = any(seat.user_id == user.pk for seat in seats)
    if call:
        call.procurement = procurement
    asks = call is not None and call.is_open(today)
    context = {
        "label": Group(group).label,
        "text": call.text if call else "",
        "note": ngettext("%(n)s member", "%(n)s members", seated) % {"n": seated},
        "rows": [_row(user, seat) for seat in seats],
        "asks": _("Members are asked for until %(day)s.") % {"day": long_weekday_day(call.offer_by)}
        if asks
        else "",
        "acts": [],
    }
    if asks and not mine and user.has_perm("procurement.offer_groupseat"):
        url = reverse("procurement:seat_offer", args=[procurement.pk, group])
        context["acts"].append({"label": _("Offer to take part"), "url": url, "about": Group(group).label})
    if procurement.state in UNDER_WAY and user.has_perm("procurement.name_groupseat"):
        url = reverse("procurement:seat_name", args=[procurement.pk, group])
        context["acts"].append({"label": _("Name a member"), "url": url, "about": Group(group).label})
    return context


def _row(user, seat):
    offered = seat.state == SeatState.OFFERED
    since = _("offered") if offered else _("since")
    verbs = {
        "accept": _("Give a seat"),
        "decline": _("No seat"),
        "take_back": _("Take the offer back"),
        "leave": _("Leave the group") if seat.user_id == user.pk else _("End the seat"),
    }
    acts = [
        {
            "label": verbs[verb],
            "about": seat.user.get_full_name(),
            "url": reverse("procurement:seat_act", args=[seat.pk, verb]),
        }
        for verb in seat.steps_open_to(user)
    ]
    return {
        "when": weekday_day(seat.asked_at) if offered else day(seat.accepted_on),
        "small": since,
        "what": ", ".join(filter(None, [seat.user.get_full_name(), seat.user.title])),
        "text": place_name(seat.municipality),
        "note": seat.about if user.is_staff or seat.user_id == user.pk else "",
        "acts": acts,
    }


def acts(user, procurement, today):
    """Return the link to ask the members for a group that has not been asked for."""
    if procurement.state not in UNDER_WAY or procurement.announced_on is None:
        return []
    if not user.has_perm("procurement.call_group"):
        return []
    called = {call.group for call in procurement.calls.all()}
    return [
        {
            "label": _("Ask for members: %(group)s") % {"group": group.label},
            "url": reverse("procurement:group_call", args=[procurement.pk, group]),
        }
        for group in Group
        if group not in called
    ]


def tasks(user, today):
    """Return the offers that wait for the service centre, a line a procurement."""
    if not user.is_staff:
        return []
    waiting = {}
    for seat in GroupSeat.objects.waiting().select_related("procurement"):
        waiting.setdefault(seat.procurement_id, []).append(seat)
    return [
        Task(
            title=ngettext(
                "Answer %(n)s offer to take part: %(title)s",
                "Answer %(n)s offers to take part: %(title)s",
                len(seats),
            )
            % {"n": len(seats), "title": seats[0].procurement.title},
            url=seats[0].procurement.get_absolute_url(),
            text=_("Somebody offers to take part in a group."),
            since=clock.date_of(seats[0].asked_at),
            kind=_("group"),
        )
        for seats in waiting.values()
    ]


def home(user, municipality, today):
    """Return the groups that ask for members and in which the person has not offered yet."""
    if not user.roles.active(today).filter(municipality=municipality).exists():
        return []
    mine = set(GroupSeat.objects.open_of(user).values_list("procurement", "group"))
    rows = GroupCall.objects.filter(offer_by__gte=today, procurement__state__in=UNDER_WAY)
    return [
        Task(
            title=_("Offer to take part: %(group)s, %(title)s")
            % {"group": call.get_group_display(), "title": call.procurement.title},
            url=call.procurement.get_absolute_url(),
            text=_("This is voluntary."),
            due_on=call.offer_by,
            kind=_("group"),
            minutes=2,
        )
        for call in rows.select_related("procurement")
        if (call.procurement_id, call.group) not in mine
    ]


def closing(user, by):
    """End the person's seats and offers because the account is closed. Returns them."""
    rows = list(GroupSeat.objects.open_of(user))
    for seat in rows:
        if seat.state == SeatState.SEATED:
            seat.leave(by=by)
        else:
            seat.take_back(by=by)
    return rows


def my_data(user):
    """Return the person's offers and seats."""
    rows = user.group_seats.select_related("procurement", "municipality").order_by("pk")
    return [
        (
            "group_seats",
            [
                {
                    "procurement": seat.procurement.number,
                    "group": seat.group,
                    "municipality": seat.municipality.code,
                    "state": seat.state,
                    "offered": seat.asked_at,
                    "about": seat.about,
                    "since": seat.accepted_on,
                    "left": seat.left_on,
                }
                for seat in rows
            ],
        )
    ]
