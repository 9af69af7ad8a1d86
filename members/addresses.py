"""Where the register has an address, how it is corrected there, and what follows when mail to it comes back."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from consortium import clock
from consortium.gather import Holder
from consortium.models import AuditEvent, OutgoingEmail
from members import emails
from members.models import Contact, Municipality, Role

ASKED = "ask_registry"


def in_use(addresses):
    """Return {address in small letters: municipalities that are written to by it}, for those still in use."""
    found, wanted = defaultdict(set), {address.lower() for address in addresses}
    contacts = Contact.objects.active().annotate(address=Lower("email"))
    roles = Role.objects.active().filter(user__is_active=True).annotate(address=Lower("user__email"))
    registries = Municipality.objects.current().annotate(address=Lower("registry_email"))
    rows = list(
        contacts.filter(address__in=wanted)
        .order_by()
        .values_list("address", "municipality")
        .union(
            roles.filter(address__in=wanted).order_by().values_list("address", "municipality"),
            registries.filter(address__in=wanted).order_by().values_list("address", "pk"),
        )
    )
    known = Municipality.objects.in_bulk({pk for _address, pk in rows})
    for address, pk in rows:
        found[address].add(known[pk])
    return found


def holders(letter):
    """Return where the register has the address a letter went to: the registry's or a contact's, not an account's.

    A letter about one municipality's matter is about its addresses alone.
    """
    about = getattr(letter.about, "municipality", letter.about)
    ours = Q(municipality=about) if isinstance(about, Municipality) else Q()
    found = [
        Holder(
            _("%(name)s: the registry's address") % {"name": place.name},
            lambda address, by, place=place: _correct(place, "registry_email", address, by=by),
        )
        for place in Municipality.objects.filter(registry_email__iexact=letter.to)
        if not ours or place == about
    ]
    contacts = Contact.objects.active().filter(ours, email__iexact=letter.to)
    return found + [
        Holder(
            _("%(name)s: the contact %(who)s")
            % {"name": contact.municipality.name, "who": contact.name or contact.get_kind_display()},
            lambda address, by, contact=contact: _correct(contact, "email", address, by=by),
        )
        for contact in contacts.select_related("municipality")
    ]


def _correct(row, field, address, *, by):
    """Put a new address into the register, as the form for it would."""
    with transaction.atomic():
        row = type(row).objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
        setattr(row, field, address)
        row.edited_at = clock.now()
        row.save(update_fields=[field, "edited_at"])
        AuditEvent.record(row, "edit", by=by, fields=[field])


def came_back(letter):
    """Ask the registry who answers now when mail to a municipality's person has come back: once an address.

    Returns the municipalities whose registry is asked. A registry that cannot be reached is left to the service
    centre, on whose list the address stands.
    """
    asked = []
    for place in in_use([letter.to]).get(letter.to.lower(), ()):
        if not place.registry_email or place.registry_email.lower() == letter.to.lower():
            continue
        Municipality.objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)
        same = OutgoingEmail.objects.filter(to__iexact=letter.to).values_list("pk", flat=True)
        before = AuditEvent.objects.about(place).filter(verb=ASKED, details__letter__in=list(same))
        if not before.exists():
            emails.who_answers(place, letter)
            AuditEvent.record(place, ASKED, by=None, letter=letter.pk)
            asked.append(place)
    return asked
