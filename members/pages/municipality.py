"""One municipality's page: its public facts for everyone, its matters for its own people and the service centre."""

from dataclasses import replace

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from consortium import gather, public
from consortium.gather import Part, Task
from consortium.models import AuditEvent, OutgoingEmail
from consortium.models.mail import MailState
from consortium.rows import row
from consortium.templatetags.portal import day, number, place, weekday_day
from members import path
from members.addresses import ASKED
from members.forms.note import NoteForm
from members.models import (
    Accession,
    AccessionState,
    Assessment,
    JoiningPackage,
    Membership,
    Municipality,
    Offer,
    Outcome,
)
from members.models.municipality import ASK_INVOICING
from members.models.population import CORRECT
from members.pages import home, municipality_fee, people, staff, standing
from members.views.accession import ACTS, buttons, who

SHOWN = 20
COMES = {
    "decide",
    "correct",
    "schedule",
    "sign",
    "finalise",
    "confirm",
    "reopen",
}  # steps that rest on what comes
SETTLED = {Outcome.APPROVED, Outcome.REJECTED}
COLOUR = {
    MailState.SENT: "done",
    MailState.QUEUED: "waiting",
    MailState.REFUSED: "refused",
    MailState.RETURNED: "refused",
}


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
    """Return its joinings, the newest first; asked once for a page, which reads them in several places."""
    if not hasattr(municipality, "its_accessions"):
        rows = Accession.objects.filter(municipality=municipality).order_by("-pk")
        rows = rows.select_related("offer__version", "offer__tariff", "deciding", "membership")
        municipality.its_accessions = list(rows)
        for accession in municipality.its_accessions:
            accession.municipality = municipality
            if accession.deciding:
                accession.deciding.accession = accession
    return municipality.its_accessions


def says(user, municipality, today):
    """Return its state: for all whether it is a member; for those it concerns also how its joining stands."""
    sentences = [standing.sentence(municipality, today)]
    if _belongs(user, municipality):
        newest = next(iter(_accessions(municipality)), None)
        if newest and newest.state != AccessionState.CONFIRMED:
            sentences = [path.says(newest, today)]
    return sentences


def acts(user, municipality, today):
    """Return what this person may do here: the service centre records what has come, its own people take their step."""
    if not _belongs(user, municipality):
        return []
    found = []
    if user.is_staff:
        url = reverse("members:record", args=[municipality.code])
        found.append({"label": _("Record something that has come"), "url": url})
    newest = next(iter(_accessions(municipality)), None)
    if newest and newest.is_open:
        found += [b for b in buttons(newest, user) if b["primary"]]
    elif user.is_staff and not (
        standing.current(municipality, today) or standing.coming(municipality, today)
    ):
        offer = Offer.objects.latest_open(today)
        if offer:
            url = reverse("members:offer_invite", args=[offer.pk])
            found.append({"label": _("Invite %(name)s to join") % {"name": municipality.name}, "url": url})
    if user.has_perm("members.edit_municipality", municipality):
        url = reverse("members:municipality_edit", args=[municipality.code])
        found.append({"label": _("Correct the addresses"), "url": url})
    return found


def to_record(user, municipality, today):
    """Return what the service centre can record here as tasks: steps of the joining, a note, addresses, leaving."""
    newest = next(iter(_accessions(municipality)), None)
    code, found = municipality.code, []
    if newest:
        found += [Task(title=b["label"], url=b["url"]) for b in buttons(newest, user) if b["verb"] in COMES]
    found += [
        Task(
            title=_("Write a note"),
            url=reverse("members:note_new", args=[code]),
            text=_("A telephone call, a letter, anything that concerns the matter."),
        ),
        Task(
            title=_("Correct the addresses"),
            url=reverse("members:municipality_edit", args=[code]),
            text=_("Registry, business ID, e-invoices."),
        ),
        Task(title=_("Add a contact"), url=reverse("members:contact_new", args=[code])),
    ]
    membership = standing.current(municipality, today)
    if membership and not membership.last_day:
        leave = reverse("members:membership_leave", args=[membership.pk])
        found.append(Task(title=_("Record a notice of leaving"), url=leave))
    return found


def parts(user, municipality, today):
    """Return the parts of its page; people, letters and unfinished matters only for those it concerns."""
    accessions = _accessions(municipality)
    if not _belongs(user, municipality):
        own = people.invoicing_parts(user, municipality)
        return [_register(municipality, today), *own, *_public_parts(user, municipality, accessions, today)]
    return [
        replace(_register(municipality, today), folds=True),
        _waiting(user, municipality, today),
        home.contacts_part(user, municipality, today),
        _joining(user, municipality, accessions, today),
        *[replace(part, folds=True) for part in _public_parts(user, municipality, accessions, today)],
        *_own_parts(user, municipality, accessions),
    ]


def _public_parts(user, municipality, accessions, today):
    """Return what everyone may know besides the register: decision, services, fee."""
    found = []
    decided = list(_decided(accessions, today))
    if decided:
        heading = _("Decision") if len(decided) == 1 else _("Decisions")
        found.append(Part(heading, "members/parts/decisions.html", {"decided": decided}))
    found.append(public.services(today, municipality))
    if decided_fee := municipality_fee.fee_part(user, municipality, today):
        return [*found, decided_fee]
    reads_all = user.has_perm("members.view_fees") or _belongs(user, municipality)
    fees_url = reverse("members:our_fees", args=[municipality.code]) if reads_all else ""
    facts = home.membership_facts(municipality, today, fees_url=fees_url)
    if facts["fee"]:
        found.append(Part(_("Annual fee"), "members/parts/fee.html", facts))
    return found


def _decided(accessions, today):
    """Yield what has been decided and is public: Helsinki's confirmations, and what the municipality has published.

    A municipality's own decision is nobody else's matter before its minutes are public.
    """
    for accession in accessions:
        confirmed = accession.state == AccessionState.CONFIRMED
        own = accession.deciding if confirmed else _settled(accession) if accession == accessions[0] else None
        own = own if own and own.published_on and own.published_on <= today else None
        if own or confirmed:
            yield {"own": own, "accession": accession if confirmed else None}


def _settled(accession):
    """Return the last handling of a matter that is not confirmed, if it approved or rejected."""
    if not accession.sent_at:
        return None
    last = accession.decisions.standing().last()
    return last if last and last.outcome in SETTLED else None


def _waiting(user, municipality, today):
    """Return what waits here and with whom: first the municipality's own tasks, then, for us, the service centre's."""
    theirs = home.tasks(user, municipality, today)
    ours = staff.about(municipality, today) if user.is_staff else []
    with_them, with_us = municipality.name, _("service centre")
    rows = [row(replace(t, kind=with_them), today) for t in sorted(theirs, key=gather.by_deadline)]
    rows += [row(replace(t, kind=with_us), today) for t in sorted(ours, key=gather.by_deadline)]
    words = ngettext("%(n)s thing", "%(n)s things", len(rows)) % {"n": number(len(rows))}
    return Part(_("Waits"), "members/parts/waiting.html", {"rows": rows}, note=words, is_list=True)


def _spoken(name, language):
    return name if get_language() == language else format_html('<span lang="{}">{}</span>', language, name)


def _register(municipality, today):
    population = municipality.population_on(today)
    facts = [
        (_("Name in Finnish"), _spoken(municipality.name_fi, "fi")),
        (_("Name in Swedish"), _spoken(municipality.name_sv, "sv")),
        (_("Code"), municipality.code),
        (_("Region"), municipality.region),
        (_("Languages"), municipality.get_language_display()),
        (_("Library network"), municipality.library_network or _("Not known")),
    ]
    if municipality.successor:
        facts.append((_("Merged into"), place(municipality.successor)))
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


def _joining(user, municipality, accessions, today):
    packages = JoiningPackage.objects.filter(accession__in=[a.pk for a in accessions])
    newest = packages.filter(pk__in=packages.newest()).order_by("-accession", "language", "-format")
    membership = standing.current(municipality, today)
    may_leave = membership and not membership.last_day and user.is_staff
    return Part(
        _("Joining"),
        "members/parts/accessions.html",
        {
            "accessions": [{"record": a, "says": path.says(a, today)} for a in accessions],
            "packages": newest,
            "leave_url": reverse("members:membership_leave", args=[membership.pk]) if may_leave else "",
        },
        note=ngettext("%(n)s round", "%(n)s rounds", len(accessions)) % {"n": number(len(accessions))},
        folds=True,
    )


def _own_parts(user, municipality, accessions):
    pks = [a.pk for a in accessions]
    types = ContentType.objects.get_for_models(Accession, Assessment)
    about = Q(about_type=types[Accession], about_id__in=pks)
    fees = Assessment.objects.filter(municipality=municipality).values("pk")
    about |= Q(about_type=types[Assessment], about_id__in=fees)
    letters = OutgoingEmail.objects.filter(about)
    count = letters.count()
    found = [
        Part(
            _("Letters"),
            "members/parts/letters.html",
            {"rows": [_letter(letter) for letter in letters.order_by("-pk")[:SHOWN]]},
            note=ngettext("%(n)s letter", "%(n)s letters", count) % {"n": number(count)} + _cut(count),
            is_list=True,
            folds=True,
        ),
        Part(
            _("Events"),
            "members/parts/history.html",
            {"history": [_event(event, user) for event in _history(municipality, pks)[:SHOWN]]},
            note=_("The latest first"),
            is_list=True,
            folds=True,
        ),
    ]
    return [found[0], _notes(municipality), found[1]] if user.is_staff else found


def _cut(count):
    return ", " + _("the latest %(n)s shown") % {"n": SHOWN} if count > SHOWN else ""


def _notes(municipality):
    """Return the service centre's notes with the form for a new one."""
    notes = municipality.notes.select_related("by")
    count = notes.count()
    return Part(
        _("Notes"),
        "members/parts/notes.html",
        {"notes": notes[:SHOWN], "form": NoteForm(), "municipality": municipality},
        note=ngettext("%(n)s note", "%(n)s notes", count) % {"n": number(count)} + _cut(count),
        folds=True,
    )


def _letter(letter):
    return {
        "when": weekday_day(letter.sent_at or letter.queued_at),
        "what": letter.subject,
        "lang": letter.language,
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
    own = {
        "edit": _("Addresses changed"),
        "leave": _("Notice of leaving recorded"),
        CORRECT: _("Population figure corrected"),
        ASK_INVOICING: _("Asked for the details that an invoice needs"),
        ASKED: _("Registry asked who answers for the municipality"),
    }
    return own.get(verb) or ACTS.get(verb, verb)
