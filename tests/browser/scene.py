"""Who looks at which record in these tests, laid over the demo's story. Runs inside the demo's own data.

Called by ``Demo.ask`` in a process of its own; returns plain values for the addresses in ``table.py``.
"""

from django.contrib.auth import get_user_model

from consortium.models import DocumentState
from members.models import Accession, AgreementVersion, Clause, Municipality, Offer, Role, RoleKind
from tests.browser.table import LIBRARIAN, REPRESENTATIVE

SEEN = {  # what the address table calls them -> municipality of the demo's story
    "prepared": "304",
    "sent": "620",
    "in preparation": "614",
    "meets soon": "853",
    "conditional": "236",
    "approved": "009",
    "period running": "407",
    "no publication": "317",
    "åland": "170",
    "final": "217",
    "final and signed": "232",
    "confirmed": "616",
    "rejected": "213",
    "stopped": "889",
}
BY_KEYBOARD, WITHOUT_SCRIPTS = "981", "445"
OURS = [
    "sent",
    "in preparation",
    "conditional",
    "approved",
    "final",
]  # of the representative and the librarian


def build():
    """Give the story its onlookers and the few records it lacks; return the addresses' parts by name."""
    offer = Offer.objects.order_by("pk").filter(accessions__municipality__code=SEEN["sent"]).get()
    made = {name: offer.accessions.get(municipality__code=code) for name, code in SEEN.items()}
    people(made)
    failed = made["in preparation"].packages.first()
    failed.state, failed.reason = DocumentState.FAILED, "No population figure."
    failed.save()
    decision = made["approved"].decisions.standing().last()
    contact = made["approved"].municipality.contacts.first()
    return {name: {"pk": accession.pk} for name, accession in made.items()} | {
        "offer": {"pk": offer.pk},
        "version": {"number": offer.version.number},
        "draft": {"number": draft().number},
        "contact": {"code": contact.municipality.code, "pk": contact.pk},
        "municipality": {"code": made["approved"].municipality.code},
        "member": {"code": "297"},
        "membership": {"pk": Municipality.objects.get(code="297").memberships.get().pk},
        "decision": {"pk": made["approved"].pk, "decision": decision.pk},
        "package": {"code": made["sent"].code},
        "package of two languages": {"code": made["meets soon"].code},
    }


def people(made):
    """Let one representative and one librarian act for some municipalities of the story."""
    for email, kind in ((REPRESENTATIVE, RoleKind.REPRESENTATIVE), (LIBRARIAN, RoleKind.LIBRARIAN)):
        person = get_user_model().objects.create_user(email, name="Sulo Esimerkki")
        for name in OURS:
            Role.objects.create(user=person, municipality=made[name].municipality, kind=kind)


def draft():
    """Write a version that Helsinki has not approved."""
    version = AgreementVersion.objects.create(number="9", is_example=True)
    Clause.objects.create(
        version=version,
        position=1,
        number="1",
        title_fi="Osapuolet",
        title_sv="Parter",
        text_fi="Osapuolet ovat Helsingin kaupunki ja kunta.",
        text_sv="Parterna är Helsingfors stad och kommunen.",
    )
    return version


def representative(code):
    """Let a new person represent a municipality whose package has been sent; return her address and its accession."""
    person = get_user_model().objects.create_user(f"edustaja{code}@kunta.example", name="Impi Esimerkki")
    accession = Accession.objects.get(municipality__code=code, state="sent")
    Role.objects.create(user=person, municipality=accession.municipality, kind=RoleKind.REPRESENTATIVE)
    return {"email": person.email, "pk": accession.pk}
