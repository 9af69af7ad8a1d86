"""One municipality's page: its public facts for everyone, its matters for its own people and the service centre."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.gather import Part
from consortium.models import AuditEvent, OutgoingEmail
from consortium.models.mail import MailState
from consortium.templatetags.portal import day, number, weekday_day
from members import path
from members.models import Accession, AccessionState, JoiningPackage, Membership, Municipality, Offer
from members.pages import home, standing
from members.views.accession import ACTS, buttons, who

SHOWN = 20
COLOUR = {MailState.SENT: "done", MailState.QUEUED: "waiting", MailState.REFUSED: "refused"}


def by_code(code):
    """Return the municipality of a code, as a list of one or none."""
    return list(
        Municipality.objects.filter(code=code).select_related("successor").prefetch_related("memberships")
    )


def kind(municipality, today):
    """Return what kind of municipality it is today."""
    return [_("Member municipality") if standing.current(municipality, today) else _("Municipality")]


def _belongs(user, municipality):
    return user.has_perm("members.view_municipality_people", municipality)


def _accessions(municipality):
    rows = Accession.objects.filter(municipality=municipality).order_by("-pk")
    rows = rows.select_related("offer__version", "offer__tariff", "deciding", "membership")
    for accession in rows:
        accession.municipality = municipality
        if accession.deciding:
            accession.deciding.accession = accession
        yield accession


def says(user, municipality, today):
    """Return its state: for all whether it is a member; for those it concerns also how its joining stands."""
    sentences = [standing.sentence(municipality, today)]
    if _belongs(user, municipality):
        newest = next(_accessions(municipality), None)
        if newest and newest.state != AccessionState.CONFIRMED:
            sentences = [path.says(newest, today)]
    return sentences


def acts(user, municipality, today):
    """Return what this person may do here now: the next step of the joining first, then keeping the addresses."""
    if not _belongs(user, municipality):
        return []
    found = []
    newest = next(_accessions(municipality), None)
    if newest and newest.is_open:
        found += [b for b in buttons(newest, user) if b["primary"]]
    elif user.is_staff and not standing.current(municipality, today):
        offer = Offer.objects.latest_open(today)
        if offer:
            url = reverse("members:offer_invite", args=[offer.pk])
            found.append({"label": _("Invite %(name)s to join") % {"name": municipality.name}, "url": url})
    if user.has_perm("members.edit_municipality", municipality):
        url = reverse("members:municipality_edit", args=[municipality.code])
        found.append({"label": _("Correct the addresses"), "url": url})
    return found


def parts(user, municipality, today):
    """Return the parts of its page; people, letters and unfinished matters only for those it concerns."""
    accessions = list(_accessions(municipality))
    belongs = _belongs(user, municipality)
    found = [
        _register(municipality, today),
    ]
    facts = home.membership_facts(municipality, today)
    if facts["fee"]:
        found.append(Part(_("Annual fee"), "members/parts/fee.html", facts))
    confirmed = [a for a in accessions if a.state == AccessionState.CONFIRMED]
    if confirmed:
        heading = _("Decision") if len(confirmed) == 1 else _("Decisions")
        found.append(
            Part(heading, "members/parts/decisions.html", {"accessions": confirmed, "belongs": belongs})
        )
    if belongs:
        found += _own_parts(user, municipality, accessions, today)
    return found


def _register(municipality, today):
    population = municipality.population_on(today)
    facts = [
        (_("Name in Finnish"), municipality.name_fi),
        (_("Name in Swedish"), municipality.name_sv),
        (_("Code"), municipality.code),
        (_("Region"), municipality.region),
        (_("Languages"), municipality.get_language_display()),
        (_("Library network"), municipality.library_network or _("Not known")),
    ]
    if municipality.successor:
        facts.append((_("Merged into"), municipality.successor.name))
        facts.append((_("Ended"), day(municipality.ended_on)))
    return Part(
        _("Register"),
        "members/parts/register.html",
        {
            "facts": facts,
            "population": population,
            "source": standing.source(population),
            "municipality": municipality,
        },
    )


def _own_parts(user, municipality, accessions, today):
    kept = ContentType.objects.get_for_model(Accession)
    pks = [a.pk for a in accessions]
    letters = OutgoingEmail.objects.filter(about_type=kept, about_id__in=pks)
    packages = JoiningPackage.objects.filter(accession__in=pks)
    newest = packages.filter(pk__in=packages.newest()).order_by("-accession", "language", "-format")
    count = letters.count()
    events = list(_history(municipality, pks)[:SHOWN])
    membership = standing.current(municipality, today)
    found = [
        Part(
            _("Joining"),
            "members/parts/accessions.html",
            {
                "accessions": [{"record": a, "says": path.says(a, today)} for a in accessions],
                "packages": newest,
                "leave_url": reverse("members:membership_leave", args=[membership.pk])
                if membership and not membership.last_day and user.is_staff
                else "",
            },
            note=ngettext("%(n)s round", "%(n)s rounds", len(accessions)) % {"n": number(len(accessions))},
        ),
        home.contacts_part(user, municipality, today),
        Part(
            _("Letters"),
            "members/parts/letters.html",
            {"rows": [_letter(letter) for letter in letters.order_by("-pk")[:SHOWN]]},
            note=ngettext("%(n)s letter", "%(n)s letters", count) % {"n": number(count)}
            + (", " + _("the latest %(n)s shown") % {"n": SHOWN} if count > SHOWN else ""),
            is_list=True,
        ),
        Part(
            _("Events"),
            "members/parts/history.html",
            {"history": [_event(event, user) for event in events]},
            note=_("The latest first"),
            is_list=True,
        ),
    ]
    return found


def _letter(letter):
    return {
        "when": weekday_day(letter.sent_at or letter.queued_at),
        "what": letter.subject,
        "text": letter.to,
        "state": {"word": letter.get_state_display(), "css": COLOUR.get(letter.state, "")},
        "note": letter.reason,
    }


def _history(municipality, accession_pks):
    memberships = [m.pk for m in municipality.memberships.all()]
    types = ContentType.objects.get_for_models(Municipality, Accession, Membership)
    about = Q(record_type=types[Municipality], record_id=municipality.pk)
    about |= Q(record_type=types[Accession], record_id__in=accession_pks)
    about |= Q(record_type=types[Membership], record_id__in=memberships)
    return AuditEvent.objects.filter(about).select_related("by")


def _event(event, user):
    return {"when": event.at, "what": _act(event.verb), "who": who(event, user), "note": ""}


def _act(verb):
    own = {"edit": _("Addresses changed"), "leave": _("Notice of leaving recorded")}
    return own.get(verb) or ACTS.get(verb, verb)
