"""What the pages show in these tests: people, and an accession in each state. Runs inside the demo's own data.

Called by ``Demo.ask`` in a process of its own; returns plain values for the addresses in ``table.py``.
"""

from django.contrib.auth import get_user_model

from consortium.models import DocumentState
from members.models import AccessionState, AgreementVersion, Municipality, Offer, RoleKind
from tests.factories import (
    AccessionFactory,
    AgreementVersionFactory,
    ContactFactory,
    OfferFactory,
    RoleFactory,
    UserFactory,
    ready_packages,
)

TRAVELLERS = {"686": "fi", "545": "sv", "905": "fi"}  # of the main path: their representatives' languages
STAFF = "staff.browser@konsortio.example"
REPRESENTATIVE = "edustaja.browser@kunta.example"
LIBRARIAN = "kirjasto.browser@kunta.example"
BY_KEYBOARD, WITHOUT_SCRIPTS = "keyboard.browser@kunta.example", "noscript.browser@kunta.example"


def _person(email, name, **fields):
    found = get_user_model().objects.filter(email=email).first()
    return found or UserFactory(email=email, name=name, **fields)


def _unused():
    """Yield municipalities with which nothing has begun and nobody is connected."""
    rows = Municipality.objects.current().filter(
        accessions__isnull=True, memberships__isnull=True, roles__isnull=True, language="fi"
    )
    for municipality in rows.exclude(code__in=TRAVELLERS).order_by("-code"):
        municipality.registry_email = municipality.registry_email or f"kirjaamo@k{municipality.code}.example"
        municipality.save()
        yield municipality


def _ours(offer, unused, state, people):
    accession = AccessionFactory(municipality=next(unused), offer=offer, state=state)
    for person, kind in people:
        RoleFactory(user=person, municipality=accession.municipality, kind=kind)
    return accession


def travellers():
    """Prepare people, not matters: a service centre's clerk, and a representative and registry a municipality."""
    _person(STAFF, "Kaisa Keskus", is_staff=True)
    people = {}
    for code, language in TRAVELLERS.items():
        municipality = Municipality.objects.get(code=code)
        email = f"edustaja{code}@kunta.example"
        person = _person(email, f"Edustaja {code}", language=language)
        if not person.roles.filter(municipality=municipality).exists():
            RoleFactory(user=person, municipality=municipality)
        municipality.registry_email = f"kirjaamo{code}@kunta.example"
        municipality.save()
        people[code] = email
    return people


def build():
    """Make an accession in each state and what else the pages need; return the addresses' parts by name."""
    _person(STAFF, "Kaisa Keskus", is_staff=True)
    representative = _person(REPRESENTATIVE, "Eeva Edustaja")
    librarian = _person(LIBRARIAN, "Liisa Lukija")
    keyboard = _person(BY_KEYBOARD, "Niko Näppäin")
    noscript = _person(WITHOUT_SCRIPTS, "Sirpa Skripti")
    offer = Offer.objects.latest_open() or OfferFactory()
    unused = _unused()
    everyone = [(representative, RoleKind.REPRESENTATIVE), (librarian, RoleKind.LIBRARIAN)]
    made = {state: _ours(offer, unused, state, everyone) for state in AccessionState.values}
    found = {state: {"pk": accession.pk} for state, accession in made.items()}
    ready_packages(made["prepared"])
    failed = made["in_preparation"].packages.first()
    failed.state, failed.reason = DocumentState.FAILED, "No population figure."
    failed.save()
    signed = _ours(offer, unused, AccessionState.FINAL, everyone)
    draft = AgreementVersion.objects.filter(state="draft").first() or AgreementVersionFactory(approved=False)
    contact = ContactFactory(municipality=made["approved"].municipality)
    decision = made["approved"].decisions.first()
    return found | {
        "signed": {"pk": signed.pk},
        "offer": {"pk": offer.pk},
        "empty offer": {"pk": OfferFactory(version=offer.version, tariff=offer.tariff).pk},
        "version": {"number": offer.version.number},
        "draft": {"number": draft.number},
        "contact": {"code": contact.municipality.code, "pk": contact.pk},
        "municipality": {"code": made["approved"].municipality.code},
        "member": {"code": made["confirmed"].municipality.code},
        "membership": {"pk": made["confirmed"].membership.pk},
        "decision": {"pk": made["approved"].pk, "decision": decision.pk},
        "package": {"code": made["sent"].code},
        "by keyboard": {
            "pk": _ours(offer, unused, AccessionState.SENT, [(keyboard, RoleKind.REPRESENTATIVE)]).pk
        },
        "without scripts": {
            "pk": _ours(offer, unused, AccessionState.SENT, [(noscript, RoleKind.REPRESENTATIVE)]).pk
        },
    }
