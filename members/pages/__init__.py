"""What the members' app tells on the pages that gather from several apps: one function a kind."""

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from consortium import clock, gather
from members import addresses
from members.models import Municipality, RoleKind
from members.pages import decisions, feed, front, home, invoices, letters, municipality, people, staff, year


def municipalities_of(user):
    """Return the municipalities the person acts for, by name."""
    return list(Municipality.objects.of(user).prefetch_related("memberships"))


def menu(user):
    """Return the menu's lines for a visitor, a municipality's person or the service centre."""
    if user and user.is_staff:
        lines = [
            (_("Municipalities"), "members:municipality_list"),
            (_("Rounds of joining"), "members:offer_list"),
            (_("Signing list"), "members:signing_list"),
            (_("Reminders"), "members:reminder_list"),
            (_("People"), "people"),
            (_("Agreement"), "members:agreement_list"),
            (_("Fees"), "members:fees"),
        ]
    else:
        lines = [
            (pgettext("menu", "Members"), "members:member_list"),
            (_("Agreement"), "members:agreement_list"),
            (_("Fees"), "members:fees"),
            (pgettext("menu", "How to join"), "questions"),
        ]
    return [{"label": label, "url": reverse(name)} for label, name in lines]


def hats(user, request):
    """Return what the person can act as: the service centre, and each municipality with the strongest role there."""
    match = request.resolver_match
    page = match.url_name if match else ""
    here = getattr(request, "acts_for", None) or (match.kwargs.get("code") if match else None)
    if user.is_staff and page != "member_home":
        here = None  # the service centre looks at every municipality's pages as itself
    swedish, found = get_language() == "sv", {}
    for kind, code, name_fi, name_sv in _roles(user, request.session, anew=page in {"home", "member_home"}):
        if code not in found or kind == RoleKind.REPRESENTATIVE:
            found[code] = f"{name_sv if swedish else name_fi}, {RoleKind(kind).label}"
    worn = here if here in found else request.session.get("municipality")
    if worn not in found:
        worn = None if user.is_staff else next(iter(found), None)
    hats = (
        [{"label": _("Service centre"), "url": reverse("home"), "current": worn is None}]
        if user.is_staff
        else []
    )
    return hats + [
        {"label": label, "url": reverse("member_home", args=[code]), "current": code == worn}
        for code, label in found.items()
    ]


def _roles(user, session, *, anew):
    """Return [kind, code, name in Finnish and Swedish] of each role of today, by the places' names.

    They are read on one's front pages, where signing in leads, and kept for the day's other pages: they only name
    what the menu offers, and each page asks for itself what the person may see.
    """
    today, kept = clock.today().isoformat(), session.get("roles")
    if kept and kept[0] == today and not anew:
        return kept[1]
    names = ("kind", "municipality__code", "municipality__name_fi", "municipality__name_sv")
    rows = [
        list(row) for row in user.roles.active().order_by("municipality__sort_key_fi").values_list(*names)
    ]
    if anew and kept != [today, rows]:
        session["roles"] = [today, rows]
    return rows


FUNCTIONS = {
    gather.MENU: menu,
    gather.HATS: hats,
    gather.MUNICIPALITIES_OF: municipalities_of,
    gather.STAFF_HOME: staff.tasks,
    gather.STAFF_DEADLINES: year.deadlines,
    gather.STAFF_YEAR: year.year,
    gather.MEMBER_HOME: home.tasks,
    gather.MEMBER_DONE: home.done,
    gather.MEMBER_PARTS: home.parts,
    gather.MUNICIPALITY_BY_CODE: municipality.by_code,
    gather.MUNICIPALITY_KIND: municipality.kind,
    gather.MUNICIPALITY_SAYS: municipality.says,
    gather.MUNICIPALITY_ACTS: municipality.acts,
    gather.MUNICIPALITY: municipality.parts,
    gather.FRONT: front.parts,
    gather.FRONT_END: front.for_municipalities,
    gather.DECISIONS: decisions.decisions,
    gather.MAP: front.map_page,
    gather.LOOK_UP: front.look_up,
    gather.SEARCH: front.search,
    gather.WELCOMED: people.welcomed,
    gather.CLOSING: people.closing,
    gather.DUTY_TASKS: invoices.duty_tasks,
    gather.DUTIES: people.duty_parts,
    gather.ACCOUNT: people.account_parts,
    gather.PERSON: people.person_parts,
    gather.FEED: feed.occasions,
    gather.MY_DATA: people.my_data,
    gather.LETTERS: letters.names,
    gather.HOLDERS: addresses.holders,
    gather.CAME_BACK: addresses.came_back,
}
