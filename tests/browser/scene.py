"""Who looks at which record in these tests, laid over the demo's story. Runs inside the demo's own data.

Called by ``Demo.ask`` in a process of its own; returns plain values for the addresses in ``table.py``.
"""

import datetime as dt

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.files.base import ContentFile

from consortium import clock, emails
from consortium.feedback import RECEIPT
from consortium.models import DocumentState, Feedback, OutgoingEmail, Post
from consortium.models.mail import MailState, Reader
from members.models import (
    Accession,
    AgreementVersion,
    Clause,
    Decision,
    HandIn,
    Invitation,
    Municipality,
    Offer,
    Reminder,
    Role,
    RoleKind,
)
from members.views.hand_in import SALT
from tests.browser import decision_scene, fee_scene, ledger_scene, procurement_scene, steering_scene
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
    message = Feedback.objects.create(
        text="Hakukentän nimi puuttuu.", page="/search/", email="x@kunta.example"
    )
    decision = made["approved"].decisions.standing().last()
    contact = made["approved"].municipality.contacts.first()
    return {name: {"pk": accession.pk} for name, accession in made.items()} | {
        "offer": {"pk": offer.pk},
        "version": {"number": offer.version.number},
        "draft": {"number": draft().number},
        "contact": {"code": contact.municipality.code, "pk": contact.pk},
        "municipality": {"code": made["approved"].municipality.code},
        "member": {"code": "297"},
        "feedback": {"pk": message.pk},
        "receipt": {"receipt": RECEIPT.sign(message.pk)},
        "membership": {"pk": Municipality.objects.get(code="297").memberships.get().pk},
        "rule": {"rung": "open"},
        "refused letter": {"pk": refused_letter(made["sent"]).pk},
        "decision": {"pk": made["approved"].pk, "decision": decision.pk},
        "package": {"code": made["sent"].code},
        **handed_in(made["in preparation"]),
        **duties_and_invitations(made["approved"].municipality),
        "package of two languages": {"code": made["meets soon"].code},
        **ledger_scene.records(),
        **fee_scene.records(),
        **decision_scene.records(),
        **procurement_scene.records(made["approved"].municipality),
        **steering_scene.records(),
    }


def people(made):
    """Let one representative and one librarian act for some municipalities of the story."""
    for email, kind in ((REPRESENTATIVE, RoleKind.REPRESENTATIVE), (LIBRARIAN, RoleKind.LIBRARIAN)):
        person = get_user_model().objects.create_user(email, name="Sulo Esimerkki")
        for name in OURS:
            Role.objects.create(user=person, municipality=made[name].municipality, kind=kind)


def duties_and_invitations(place):
    """Give two people a duty each, and invite three addresses; return what their pages' addresses need."""
    clerk = get_user_model().objects.staff().earliest("pk")
    for email, kind in (
        ("tarkastaja@browser.example", "auditor"),
        ("kirjanpito@browser.example", "accountant"),
    ):
        holder = get_user_model().objects.create_user(email, name="Toimi Esimerkki")
        duty, _is_new = Post.give(holder, kind, by=clerk)
    asked = {"by": clerk, "language": "fi"}
    waiting, used = (
        Invitation.invite(place, email=f"{name}@kunta.example", kind="librarian", **asked)
        for name in ("kutsuttu", "toinen")
    )
    used.revoke(by=clerk)
    elsewhere = Municipality.objects.get(code="297")
    own = Invitation.invite(elsewhere, email=REPRESENTATIVE, kind="representative", **asked)
    role = Role.objects.filter(municipality=place, kind=RoleKind.LIBRARIAN).latest("pk")
    return {
        "person": {"pk": role.user_id},
        "duty": {"pk": duty.pk},
        "closing": {"pk": role.user_id, "verb": "close"},
        "role": {"pk": role.pk},
        "invitation": {"key": waiting.key},
        "used invitation": {"key": used.key},
        "own invitation": {"key": own.key},
    }


def handed_in(accession):
    """Hand a decision in without an account, and give an entry a file; return what their pages' addresses need."""
    row = HandIn.receive(
        accession,
        language="fi",
        body="board",
        meeting_on=accession.sent_at.date(),
        section="61",
        outcome="tabled",
        extract=ContentFile(b"%PDF-1.7 a stand-in", "ote.pdf"),
        sender_name="Sanna Esimerkki",
        sender_title="hallintosihteeri",
        sender_email="sanna@kunta.example",
    )
    decision = Decision.objects.filter(recorded_at__isnull=False, correction__isnull=True).earliest("pk")
    decision.extract.save("ote.pdf", ContentFile(b"%PDF-1.7 a stand-in"))
    return {
        "received": {"code": accession.code, "receipt": signing.dumps(row.pk, salt=SALT)},
        "handed in": {"pk": row.pk},
        "extract": {"pk": decision.pk},
    }


def refused_letter(accession):
    """Write a letter that the registry's server has refused."""
    return OutgoingEmail.objects.create(
        to=accession.municipality.registry_email,
        reader=Reader.REGISTRY,
        subject="Liittyminen yleisten kirjastojen konsortioon",
        body="Hyvä kirjaamo,\n\nliittymispaketti on liitteenä.\n",
        language="fi",
        template="members/emails/send",
        about=accession,
        state=MailState.REFUSED,
        tries=1,
        reason="550 5.1.1 No such user",
    )


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


def reminded(code, met_on=None):
    """Let a new person represent a municipality that is reminded today: of its meeting, or of telling its day."""
    person = get_user_model().objects.create_user(f"johtaja{code}@kunta.example", name="Aune Esimerkki")
    place = Municipality.objects.get(code=code)
    Role.objects.create(user=person, municipality=place, kind=RoleKind.REPRESENTATIVE)
    today = clock.today()
    [accession] = Offer.objects.latest_open().invite(Municipality.objects.filter(pk=place.pk), by=None)
    Accession.objects.filter(pk=accession.pk).update(
        state="sent", sent_at=clock.now() - dt.timedelta(days=60), opened_at=clock.now()
    )
    if met_on:
        with clock.moved_to(dt.date.fromisoformat(met_on) - dt.timedelta(days=7)):
            accession.schedule(by=person, meeting_on=dt.date.fromisoformat(met_on), meeting_body="board")
    [planned] = Reminder.objects.plan(today, today, municipality=place)
    Reminder.send_planned(planned)
    return {"email": person.email, "pk": accession.pk, "rung": planned.ask.rung}


def digits(package):
    """Return the six digits that stand in the letter of a package, by the package's short address."""
    return Accession.objects.get(code=package).hand_in_code


def representative(code):
    """Let a new person represent a municipality whose package has been sent; return her address and its accession."""
    person = get_user_model().objects.create_user(f"edustaja{code}@kunta.example", name="Impi Esimerkki")
    accession = Accession.objects.get(municipality__code=code, state="sent")
    Role.objects.create(user=person, municipality=accession.municipality, kind=RoleKind.REPRESENTATIVE)
    return {"email": person.email, "pk": accession.pk}


def somebody_new(email):
    """Make one more person who acts for a municipality, for tests that change how somebody signs in."""
    person = get_user_model().objects.create_user(email, name="Uusi Esimerkki")
    home = Municipality.objects.get(code=SEEN["approved"])
    Role.objects.create(user=person, municipality=home, kind=RoleKind.REPRESENTATIVE)
    return email


def home_link(email):
    """Return the address of a person's front page as a letter to the person carries it."""
    person = get_user_model().objects.get(email=email)
    code = person.roles.first().municipality.code
    return emails.personal(emails.absolute("member_home", "fi", code=code), person)
