"""What lies on the service centre's desk in the practice copy: something handed in, asked, noted and not yet answered.

Nothing here happened. Titles stand where names would.
"""

from consortium import clock
from consortium.models import AuditEvent, Feedback
from members.demo_story import on
from members.example import DAY
from members.models import Body, HandIn, Invitation, Municipality, Note, Outcome, RoleKind

HANDED_IN, NOTED, INVITED = "614", "105", "981"  # Posio, whose board has met; Hyrynsalmi; Ypäjä


def lay_out(offer, staff, today):
    """Put one of each on the desk, on days shortly before today."""
    _hand_in(offer.accessions.get(municipality__code=HANDED_IN), today)
    with on(today - 20 * DAY):
        Note.objects.create(
            municipality=Municipality.objects.get(code=NOTED),
            by=staff,
            text="Kirjaamo kertoi puhelimessa: asia tulee lautakuntaan vasta, kun talousarvio on käsitelty.",
        )
    with on(today - 3 * DAY):
        place = Municipality.objects.get(code=INVITED)
        address = place.registry_email.replace("kirjaamo@", "kirjasto@")
        Invitation.invite(place, by=staff, email=address, kind=RoleKind.REPRESENTATIVE, language="fi")
    _feedback(today)


def _hand_in(accession, today):
    """The secretary has sent what the board decided; nobody has recorded it yet."""
    with on(today - 2 * DAY):
        HandIn.receive(
            accession,
            language="fi",
            body=Body.BOARD,
            meeting_on=accession.meeting_on,
            section="44",
            case_number=f"PosDno-{accession.meeting_on.year}-118",
            outcome=Outcome.APPROVED,
            sender_name="Hallintosihteeri",
            sender_title="hallintosihteeri",
            sender_email="hallinto@posio.example",
        )


def _feedback(today):
    with on(today - 9 * DAY):
        row = Feedback.objects.create(
            text="Ruudunlukija lukee kuntien luettelon, mutta en löytänyt siitä omaa kuntaani nimellä.",
            page="Jäsenkunnat",
            email="lukija@kirjasto.example",
            received_at=clock.now(),
        )
        AuditEvent.record(row, "receive", by=None)
