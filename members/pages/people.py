"""What pages tell of people: who acts where, who has been asked, who is missing, whether it is still right."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.forms import PortalForm
from consortium.gather import Part, Task
from consortium.templatetags.portal import day
from members.models import (
    Contact,
    ContactKind,
    Invitation,
    InvitationState,
    Membership,
    Municipality,
    Role,
    RoleKind,
)
from members.pages import budget_work, fee_search, invoices

FEW, NAMED = 5, 3  # so many are named one by one; of more, so many in the text of one line
COLOUR = {
    InvitationState.WAITING: "waiting",
    InvitationState.ACCEPTED: "done",
    InvitationState.EXPIRED: "refused",
    InvitationState.REVOKED: "refused",
    InvitationState.LAPSED: "refused",
}


def role_rows(user, municipality, on, *, manages):
    """Return who acts for a municipality on a day, as partials/rows.html draws it: since when, by whose word."""
    roles = municipality.roles.active(on).select_related("user", "given_by")
    found = []
    for role in roles.order_by("-kind", "user__name", "pk"):
        person = role.user
        notes = [person.email if person.name else "", _given(role, user)]
        notes += [_("The address is read by several people")] if person.is_shared else []
        notes += [_("The account has been closed")] if not person.is_active else []
        row = {
            "when": _("since %(day)s") % {"day": day(role.since)},
            "small": _("until %(day)s") % {"day": day(role.ended_on)} if role.ended_on else "",
            "what": ", ".join(filter(None, [person.get_full_name(), person.title])),
            "url": reverse("person", args=[person.pk]) if user.is_staff else "",
            "text": str(role.get_kind_display()).capitalize(),
            "note": ". ".join(filter(None, notes)),
        }
        if person == user and not role.ended_on:
            url = reverse("members:people_leave", args=[municipality.code])
            row["link"] = {"label": _("I am leaving"), "url": url}
        elif manages and not role.ended_on:
            label = _("End the role of %(who)s") % {"who": person.get_full_name()}
            row["link"] = {"label": label, "url": reverse("members:role_end", args=[role.pk])}
        found.append(row)
    return found


def _given(role, reader):
    """Return by whose word a role was given; to a municipality the service centre is one."""
    if role.given_by is None:
        return _("Given by the service centre")
    if role.given_by.is_staff and not reader.is_staff:
        return _("Given by the service centre")
    return _("Given by %(who)s") % {"who": role.given_by.get_full_name()}


def invitation_rows(municipality):
    """Return the invitations that are open, the newest first; those run out among them, since they can be renewed."""
    rows = municipality.invitations.open().select_related("invited_by")
    return [{"record": row, "css": COLOUR[row.state], "word": row.state.label} for row in rows]


def others_answer(role):
    """Tell whether somebody else answers for the municipality once this role has ended."""
    others = role.municipality.roles.representing().exclude(user=role.user_id)
    return role.kind != RoleKind.REPRESENTATIVE or others.filter(ended_on__isnull=True).exists()


def nobody_answers(municipality):
    """Return the sentence for a municipality that is left without a representative."""
    words = _("Nobody else answers for %(name)s. The service centre sees that and asks the registry.")
    return words % {"name": municipality.name}


# --- Are these right? -------------------------------------------------------------------------------------


def right_part(user, municipality, today):
    """Return the part that asks whether the people and addresses are right."""
    contacts = municipality.contacts.active(today)
    context = {
        "municipality": municipality,
        "roles": municipality.roles.active(today).select_related("user"),
        "contacts": contacts,
        "can_edit": user.has_perm("members.edit_municipality", municipality),
        "manages": user.has_perm("members.manage_people", municipality),
        "confirmed_on": municipality.people_confirmed_on,
        "key_form": PortalForm(),
    }
    return Part(_("Are these right?"), "members/parts/right.html", context, note=_("Asked once a year"))


def home_parts(user, municipality, today):
    """Return the question of January while it has not been answered."""
    return [right_part(user, municipality, today)] if municipality.people_asked(today) else []


# --- Invoicing --------------------------------------------------------------------------------------------


def invoicing_parts(user, municipality):
    """Return what an invoice needs and whom one asks about it, for those who invoice."""
    if not user.has_perm("members.view_invoicing", municipality):
        return []
    contacts = municipality.contacts.active().filter(kind=ContactKind.INVOICING)
    context = {"municipality": municipality, "contacts": contacts}
    return [Part(_("Invoicing"), "members/parts/invoicing.html", context)]


# --- The service centre -----------------------------------------------------------------------------------


def without_representative(today, told=()):
    """Return tasks for the members that nobody answers for, without those told already; many become one line."""
    answers = Role.objects.representing(today).filter(municipality=OuterRef("pk"), user__is_active=True)
    member = Membership.objects.on(today).filter(municipality=OuterRef("pk"))
    rows = Municipality.objects.current(today).filter(Exists(member), ~Exists(answers)).exclude(pk__in=told)
    places = list(rows)
    if len(places) <= FEW:
        return [
            Task(
                title=_("Ask for a representative: %(name)s") % {"name": place.name},
                url=reverse("members:people", args=[place.code]),
                text=_("A member municipality, and nobody can answer for it here."),
                kind=_("representative"),
            )
            for place in places
        ]
    words = ngettext(
        "Ask %(n)s member municipality for a representative",
        "Ask %(n)s member municipalities for a representative",
        len(places),
    )
    more = len(places) - NAMED
    named = {"names": ", ".join(place.name for place in places[:NAMED]), "n": more}
    return [
        Task(
            title=words % {"n": len(places)},
            url=f"{reverse('members:municipality_list')}?answers=nobody&state=member",
            text=ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % named,
            kind=_("representative"),
        )
    ]


# --- One's own account ------------------------------------------------------------------------------------


def account_parts(user, today):
    """Return the municipalities one acts for, what one may do in each, since when and by whose word."""
    roles = user.roles.active(today).select_related("municipality", "given_by")
    rows = [_account_row(role, user) for role in roles]
    note = ngettext("%(n)s role", "%(n)s roles", len(rows)) % {"n": len(rows)}
    context = {"rows": rows, "invitations": welcomed(user, today)}
    return [Part(_("My municipalities"), "members/parts/my_roles.html", context, note=note, is_list=True)]


def _account_row(role, user):
    place = role.municipality
    may = {
        RoleKind.REPRESENTATIVE: _("Representative: you give the municipality's official answers."),
        RoleKind.LIBRARIAN: _("Librarian: you prepare matters, and the representative answers."),
    }
    link = {"label": _("I am leaving %(name)s") % {"name": place.name}}
    link["url"] = reverse("members:people_leave", args=[place.code])
    return {
        "when": _("since %(day)s") % {"day": day(role.since)},
        "small": _("until %(day)s") % {"day": day(role.ended_on)} if role.ended_on else "",
        "what": place.name,
        "url": reverse("member_home", args=[place.code]),
        "text": may[role.kind],
        "note": _given(role, user),
        "link": None if role.ended_on else link,
    }


def person_parts(person, today):
    """Return the municipalities a person acts for, for the service centre."""
    roles = person.roles.active(today).select_related("municipality", "given_by")
    rows = [
        {
            "when": _("since %(day)s") % {"day": day(role.since)},
            "small": _("until %(day)s") % {"day": day(role.ended_on)} if role.ended_on else "",
            "what": role.municipality.name,
            "url": reverse("members:people", args=[role.municipality.code]),
            "text": str(role.get_kind_display()).capitalize(),
        }
        for role in roles
    ]
    note = ngettext("%(n)s role", "%(n)s roles", len(rows)) % {"n": len(rows)}
    context = {"rows": rows, "empty": _("Acts for no municipality.")}
    return [Part(_("Municipalities"), "members/parts/links.html", context, note=note, is_list=True)]


def welcomed(user, today):
    """Return the invitations that wait for the person's answer."""
    rows = Invitation.objects.waiting(today).filter(email__iexact=user.email)
    return [row for row in rows.select_related("municipality", "invited_by") if row.is_waiting]


def closing(user, by):
    """End the person's roles because the account is closed, and take back their invitations. Returns all of them."""
    ended = [role for role in user.roles.beyond(clock.today()) if role.cut(by=by)]
    asked = list(Invitation.objects.waiting().filter(invited_by=user))
    for row in asked:
        row.revoke(by=by)
    return ended + asked


def my_data(user):
    """Return what the members' records keep about a person; nothing about others."""
    roles = user.roles.select_related("municipality").order_by("since", "pk")
    invited = Invitation.objects.filter(email__iexact=user.email).select_related("municipality")
    contacts = Contact.objects.filter(email__iexact=user.email).select_related("municipality")
    return [
        (
            "roles",
            [
                {
                    "municipality": r.municipality.code,
                    "role": r.kind,
                    "since": r.since,
                    "last_day": r.ended_on,
                }
                for r in roles
            ],
        ),
        (
            "invitations",
            [
                {
                    "municipality": i.municipality.code,
                    "role": i.kind,
                    "language": i.language,
                    "invited": i.invited_at,
                    "valid_until": i.expires_on,
                    "accepted": i.accepted_at,
                    "revoked": i.revoked_at,
                }
                for i in invited
            ],
        ),
        (
            "contacts",
            [
                {
                    "municipality": c.municipality.code,
                    "for": c.kind,
                    "name": c.name,
                    "title": c.title,
                    "email": c.email,
                    "telephone": c.phone,
                    "last_day": c.ended_on,
                }
                for c in contacts
            ],
        ),
    ]


# --- Duties in the consortium -----------------------------------------------------------------------------


def duty_parts(user, today):
    """Return what a duty in the consortium lets the person read here, as links."""
    links = []
    if user.has_perm("members.list_municipalities"):
        text = _("Where each municipality is; its page shows people, letters, decisions and history.")
        links.append((_("Municipalities"), reverse("members:municipality_list"), text))
    if user.has_perm("members.list_invoicing"):
        text = _("Business ID, e-invoice address, operator and buyer's reference; also as a file.")
        links.append((_("Invoicing details"), reverse("members:invoicing_list"), text))
    links += [
        (_("Member municipalities"), reverse("members:member_list"), _("Who belongs, and since when.")),
        (
            _("Annual fee"),
            reverse("members:fees"),
            _("Budgets, decisions and every member's fee, year by year."),
        ),
        (_("Agreement"), reverse("members:agreement_list"), _("The texts, and what the fee is.")),
    ]
    rows = [{"what": what, "url": url, "text": text} for what, url, text in [*invoices.links(user), *links]]
    read = Part(_("What you can read"), "members/parts/links.html", {"rows": rows}, is_list=True)
    return [
        *budget_work.duty_parts(user),
        *fee_search.look_up(user),
        read,
    ]
