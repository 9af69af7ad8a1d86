"""The practice copy's held meetings: two with published minutes, and one whose minutes wait for a checker."""

from django.core.files.base import ContentFile

from consortium import clock
from members.example import DAY
from steering.demo_days import at, held_on, hour
from steering.demo_proposals import CARRIER, WEEK
from steering.models import Meeting, Minutes, PaperForm, Place, Proposal, SeatKind

GROUND = "Julkisuuslaki 621/1999, 24 § 1 mom. 17 kohta"
OPENING = {"title_fi": "Kokouksen avaus", "title_sv": "Mötet öppnas"}
OPENED = {
    "decision_fi": "Kokous todettiin laillisesti koolle kutsutuksi.",
    "decision_sv": "Mötet konstaterades vara lagligen sammankallat.",
}
EBOOK_WEEK = {
    "proposal_fi": "E-kirjaviikko järjestetään, ja sihteeri kokoaa sen aineiston.",
    "proposal_sv": "En e-boksvecka ordnas och sekreteraren sammanställer materialet.",
}
SPEAKERS = {
    "title_fi": "Hankintapäivän puhujat",
    "title_sv": "Talare på inköpsdagen",
    "proposal_fi": "Puhujat kutsutaan liitteen mukaan.",
    "proposal_sv": "Talarna inbjuds enligt bilagan.",
}
PLAN = {
    "title_fi": "Ensi vuoden painopisteet",
    "title_sv": "Tyngdpunkter för nästa år",
    "proposal_fi": "Painopisteet ovat e-aineistot ja pienten kirjastojen tuki.",
    "proposal_sv": "Tyngdpunkterna är e-material och stöd till små bibliotek.",
}
MUSIC = {
    "title_fi": "Musiikkipalvelun selvitys",
    "title_sv": "Utredning om en musiktjänst",
    "proposal_fi": "Sihteeri selvittää tarpeen jäsenkunnista.",
    "proposal_sv": "Sekreteraren utreder behovet i medlemskommunerna.",
}
TALKS = {
    "title_fi": "Sopimusneuvottelujen tilanne",
    "title_sv": "Läget i avtalsförhandlingarna",
    "restricted_ground": GROUND,
}
CARRIERS = {
    "proposal_fi": "Esitys palautetaan valmisteltavaksi.",
    "proposal_sv": "Förslaget återremitteras för beredning.",
}
TRAINING = {
    "title_fi": "Kevään koulutukset",
    "title_sv": "Vårens utbildningar",
    "proposal_fi": "Järjestetään kaksi etäkoulutusta.",
    "proposal_sv": "Två distansutbildningar ordnas.",
}
FORMS = {
    "title_fi": "Palautelomakkeen uudistaminen",
    "title_sv": "Feedbackblanketten förnyas",
    "proposal_fi": "Lomakkeen luonnos hyväksytään.",
    "proposal_sv": "Utkastet till blankett godkänns.",
}


def add(body, people, today):
    """Hold a meeting five months ago, one six weeks ago and one last week, with the minutes of each."""
    secretary = body.terms.on(today).get(seat__kind=SeatKind.SECRETARY).user
    for days, agenda, hold, close in (
        (150, _week_agenda, _week, _published),
        (42, _plan_agenda, _plan, _published),
        (9, _carrier_agenda, _carriers, _sent),
    ):
        on = held_on(today - days * DAY)
        members = _seated(body, on)
        meeting = _called(body, secretary, on, agenda())
        hold(meeting, secretary, members, on)
        close(meeting, secretary, members, on, today)


def _seated(body, day):
    """Return {seat's number: member} of those who sat on a day."""
    rows = body.terms.on(day).filter(place=Place.MEMBER, seat__kind=SeatKind.MEMBER)
    return {term.seat.number: term.user for term in rows.select_related("seat", "user")}


def _called(body, secretary, on, agenda):
    with at(held_on(on - 16 * DAY), 10):
        meeting = Meeting.plan(
            by=secretary,
            body=body,
            starts_at=hour(on, 13),
            ends_at=hour(on, 15),
            place="Keskustakirjasto Oodi, ryhmätila 4",
        )
        for told in (OPENING, *agenda):
            meeting.add(by=secretary, **told)
    with at(held_on(on - 14 * DAY), 9):
        meeting.call(by=secretary)
    return meeting


def _opened(meeting, secretary, present, on):
    """Open the meeting with those who are there. Returns the items that follow."""
    opening, *items = meeting.items.order_by("position")
    with at(on, 13):
        meeting.begin(by=secretary, present=[user.pk for user in (*present, secretary)])
        opening.take_up(by=secretary)
    with at(on, 13, 5):
        opening.note(by=secretary, **OPENED)
    return items


def _as_proposed(told):
    return {"decision_fi": told["proposal_fi"], "decision_sv": told["proposal_sv"]}


def _closed(meeting, secretary, on, minutes):
    with at(on, 14, minutes):
        meeting.close(by=secretary)


# --- Five months ago: a member's proposal is voted on, and what was decided has been done -----------------------


def _week_agenda():
    return [{"proposal": Proposal.objects.get(title=WEEK["title"]), **EBOOK_WEEK}, SPEAKERS]


def _week(meeting, secretary, members, on):
    week, speakers = _opened(meeting, secretary, members.values(), on)
    with at(on, 13, 8):
        week.take_up(by=secretary)
        week.put(by=secretary, way="roll_call")
    with at(on, 13, 35):
        choices = {user.pk: {5: "against", 8: "blank"}.get(seat, "for") for seat, user in members.items()}
        week.cast_for(by=secretary, choices=choices)
    with at(on, 13, 37):
        week.close_vote(by=secretary)
        week.dissent(
            by=secretary, user=members[5], text="Viikko vie työaikaa kirjastoilta, joissa on yksi työntekijä."
        )
        action = week.add_action(
            by=secretary,
            text_fi="Kootaan e-kirjaviikon aineisto suomeksi ja ruotsiksi.",
            text_sv="Materialet till e-boksveckan sammanställs på finska och svenska.",
            owner=secretary,
            due_on=on + 60 * DAY,
        )
        answer = {
            "answer": "accepted",
            "reason_fi": "Viikko tekee e-kirjat tutuiksi, ja aineisto tehdään kerran kaikille.",
            "reason_sv": "Veckan gör e-böckerna kända, och materialet görs en gång för alla.",
        }
        week.decide(by=secretary, follows={"answer": answer}, **_as_proposed(EBOOK_WEEK))
    with at(on, 13, 50):
        speakers.conflict(
            by=secretary, user=members[4], ground="Puhujaksi esitetty on lähisukulainen.", left_at=clock.now()
        )
        speakers.take_up(by=secretary)
    with at(on, 14, 2):
        speakers.decide(by=secretary, **_as_proposed(SPEAKERS))
    _closed(meeting, secretary, on, 15)
    result = {
        "result_fi": "Aineisto on valmis, ja viikko pidettiin kaikissa jäsenkunnissa.",
        "result_sv": "Materialet är färdigt och veckan hölls i alla medlemskommuner.",
    }
    with at(held_on(on + 56 * DAY), 11):
        action.finish(by=secretary, **result)
        week.proposal.refresh_from_db()
        week.proposal.finish(by=secretary, **result)


# --- Six weeks ago: a deputy sits in, one leaves, one item is not public, one action is late ----------------------


def _plan_agenda():
    return [PLAN, MUSIC, TALKS]


def _plan(meeting, secretary, members, on):
    with at(held_on(on - 5 * DAY), 8, 30):
        meeting.answer(by=members[3], coming="no")  # the deputy is called
    deputy = meeting.body.terms.on(on).get(seat__number=3, place=Place.DEPUTY).user
    present = [deputy if seat == 3 else user for seat, user in members.items()]
    plan, music, talks = _opened(meeting, secretary, present, on)
    with at(on, 13, 10):
        plan.take_up(by=secretary)
    with at(on, 13, 20):
        plan.add_action(
            by=secretary,
            text_fi="Kirjoitetaan painopisteet toimintasuunnitelman luonnokseen.",
            text_sv="Tyngdpunkterna skrivs in i utkastet till verksamhetsplan.",
            owner=members[2],
            due_on=on + 28 * DAY,
        )
        plan.decide(by=secretary, **_as_proposed(PLAN))
    with at(on, 13, 30):
        music.take_up(by=secretary)
    with at(on, 13, 50):
        music.add_action(
            by=secretary,
            text_fi="Kysytään musiikkipalvelun tarve jäsenkunnilta.",
            text_sv="Medlemskommunerna tillfrågas om behovet av en musiktjänst.",
            owner=secretary,
            due_on=on + 70 * DAY,
        )
        music.decide(by=secretary, **_as_proposed(MUSIC))
    with at(on, 14, 20):
        meeting.mark(by=secretary, kind="left", people=[members[max(members)].pk])
        talks.take_up(by=secretary)
    with at(on, 14, 35):
        talks.note(
            by=secretary,
            decision_fi="Neuvottelujen tilanne merkittiin tiedoksi.",
            decision_sv="Läget i förhandlingarna antecknades för kännedom.",
        )
    _closed(meeting, secretary, on, 45)


# --- Last week: a proposal goes back, one item is moved to the next meeting ---------------------------------------


def _carrier_agenda():
    return [{"proposal": Proposal.objects.get(title=CARRIER["title"]), **CARRIERS}, TRAINING, FORMS]


def _carriers(meeting, secretary, members, on):
    carriers, training, forms = _opened(meeting, secretary, members.values(), on)
    with at(on, 13, 12):
        carriers.take_up(by=secretary)
    with at(on, 13, 40):
        answer = {
            "answer": "returned",
            "reason_fi": "Selvitetään ensin, montako kuntaa olisi mukana.",
            "reason_sv": "Först utreds hur många kommuner som skulle delta.",
        }
        carriers.decide(by=secretary, follows={"answer": answer}, **_as_proposed(CARRIERS))
    with at(on, 13, 45):
        training.take_up(by=secretary)
    with at(on, 14, 10):
        training.decide(by=secretary, **_as_proposed(TRAINING))
        forms.take_up(by=secretary)
    with at(on, 14, 18):
        forms.put_off(by=secretary)
    _closed(meeting, secretary, on, 20)


# --- Their minutes ----------------------------------------------------------------------------------------------


def _sent(meeting, secretary, members, on, today):
    """Send the minutes to two checkers, of whom one has approved them."""
    with at(on + DAY, 10):
        minutes = Minutes.of(meeting).begin()
        minutes.name_checkers(by=secretary, first=members[5], second=members[3])
        minutes.send(by=secretary)
    with at(held_on(on + 4 * DAY), 12):
        minutes.approve(by=members[5])


def _published(meeting, secretary, members, on, today):
    with at(on + DAY, 10):
        minutes = Minutes.of(meeting).begin()
        minutes.name_checkers(by=secretary, first=members[2], second=members[6])
        minutes.send(by=secretary)
    with at(on + 4 * DAY, 12):
        minutes.approve(by=members[2])
        minutes.approve(by=members[6])
    with at(on + 7 * DAY, 9):
        _name, content = minutes.papers.get(form=PaperForm.FULL, language="fi").produce()
        file = ContentFile(content, "allekirjoitettu.pdf")
        minutes.sign(by=secretary, file=file, signed_on=clock.today())
        minutes.publish(by=secretary, names_checked=True)
