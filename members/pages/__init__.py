"""What the members' app tells on the pages that gather from several apps: one function a kind."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import gather
from members.models import Municipality, RoleKind
from members.pages import front, home, municipality, staff


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
            (_("Agreement"), "members:agreement_list"),
        ]
    else:
        lines = [
            (_("Member municipalities"), "members:member_list"),
            (_("Agreement and fee"), "members:agreement_list"),
            (_("How to join"), "questions"),
        ]
    return [{"label": label, "url": reverse(name)} for label, name in lines]


def hats(user, request):
    """Return what the person can act as: the service centre, and each municipality with the strongest role there."""
    match = request.resolver_match
    on_its_page = match is not None and match.url_name == "member_home"
    shown = match.kwargs["code"] if on_its_page else request.session.get("municipality")
    found = {}
    for role in user.roles.active().select_related("municipality").order_by("municipality__sort_key_fi"):
        if role.municipality not in found or role.kind == RoleKind.REPRESENTATIVE:
            found[role.municipality] = role
    codes = [place.code for place in found]
    worn = shown if shown in codes else None if user.is_staff else next(iter(codes), None)
    hats = (
        [{"label": _("Service centre"), "url": reverse("home"), "current": worn is None}]
        if user.is_staff
        else []
    )
    return hats + [
        {
            "label": f"{place.name}, {role.get_kind_display()}",
            "url": reverse("member_home", args=[place.code]),
            "current": place.code == worn,
        }
        for place, role in found.items()
    ]


FUNCTIONS = {
    gather.MENU: menu,
    gather.HATS: hats,
    gather.MUNICIPALITIES_OF: municipalities_of,
    gather.STAFF_HOME: staff.tasks,
    gather.STAFF_DEADLINES: staff.deadlines,
    gather.STAFF_YEAR: staff.year,
    gather.MEMBER_HOME: home.tasks,
    gather.MEMBER_DONE: home.done,
    gather.MEMBER_PARTS: home.parts,
    gather.MUNICIPALITY_BY_CODE: municipality.by_code,
    gather.MUNICIPALITY_KIND: municipality.kind,
    gather.MUNICIPALITY_SAYS: municipality.says,
    gather.MUNICIPALITY_ACTS: municipality.acts,
    gather.MUNICIPALITY: municipality.parts,
    gather.FRONT: front.parts,
    gather.MAP: front.map_page,
    gather.LOOK_UP: front.look_up,
    gather.SEARCH: front.search,
}
