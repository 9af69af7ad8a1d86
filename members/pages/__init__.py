"""What the members' app tells on the pages that gather from several apps: one function a kind."""

from functools import cache

from django.db import connection
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium import clock, gather
from members.models import Municipality, Role, RoleKind
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
    swedish, found = get_language() == "sv", {}
    for kind, code, name_fi, name_sv in _roles_today(user):
        if code not in found or kind == RoleKind.REPRESENTATIVE:
            found[code] = f"{name_sv if swedish else name_fi}, {RoleKind(kind).label}"
    worn = shown if shown in found else None if user.is_staff else next(iter(found), None)
    hats = (
        [{"label": _("Service centre"), "url": reverse("home"), "current": worn is None}]
        if user.is_staff
        else []
    )
    return hats + [
        {"label": label, "url": reverse("member_home", args=[code]), "current": code == worn}
        for code, label in found.items()
    ]


def _roles_today(user):
    """Return (kind, code, name in Finnish and Swedish) of each role the person has today, by the places' names."""
    with connection.cursor() as cursor:
        cursor.execute(_roles_sql(), {"user": user.pk, "today": clock.today()})
        return cursor.fetchall()


@cache
def _roles_sql():
    """Return the query of the roles as text: asked on every page, it cost less to answer than to put together."""
    rows = Role.objects.filter(user=0).active().order_by("municipality__sort_key_fi")
    names = ("kind", "municipality__code", "municipality__name_fi", "municipality__name_sv")
    sql, values = rows.values_list(*names).query.sql_with_params()
    return sql % tuple("%(user)s" if value == 0 else "%(today)s" for value in values)


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
