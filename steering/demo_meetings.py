"""The practice copy's meetings to come: one that has been called, with answers, and one whose day is asked for."""

from members.demo_story import on
from members.example import DAY
from members.models import AnnualBudget
from procurement.models import Procurement, ProcurementState
from steering.demo_days import hour, outside_july, working
from steering.models import DatePoll, Meeting, Place, Proposal, ProposalState, SeatKind

OTHER = {"title_fi": "Muut asiat", "title_sv": "Övriga ärenden"}


def add(body, people, today):
    """Plan and call the next meeting, let some answer, and ask which day fits the one after it."""
    secretary = body.terms.on(today).get(seat__kind=SeatKind.SECRETARY).user
    with on(today - 6 * DAY):
        meeting = _planned(body, secretary, outside_july(today + 12 * DAY))
    with on(today - 3 * DAY):
        meeting.call(by=secretary)
    with on(today - 2 * DAY):
        _answers(meeting, people)
    with on(today - DAY):
        _ask_days(body, secretary, today)


def _planned(body, secretary, day):
    meeting = Meeting.plan(
        by=secretary,
        body=body,
        starts_at=hour(working(day), 13),
        ends_at=hour(working(day), 15),
        place="Keskustakirjasto Oodi, ryhmätila 4",
        link="https://kokous.example/ohjausryhma",
        note_fi="Kahvia on tarjolla kello 12.45 alkaen.",
        note_sv="Kaffe serveras från klockan 12.45.",
    )
    budget = AnnualBudget.objects.filter(state__in=["draft", "proposed"]).order_by("-year").first()
    if budget:
        meeting.add(
            by=secretary,
            budget=budget,
            background_fi="Palvelukeskus on laskenut vaihtoehdot. Ne ovat talousarvion sivulla.",
            background_sv="Servicecentralen har räknat ut alternativen. De finns på budgetens sida.",
            proposal_fi="Ohjausryhmä esittää Helsingin kaupungille yhtä vaihtoehdoista.",
            proposal_sv="Styrgruppen föreslår Helsingfors stad ett av alternativen.",
        )
    running = Procurement.objects.filter(state=ProcurementState.ROUND).first()
    if running:
        meeting.add(
            by=secretary,
            procurement=running,
            proposal_fi="Merkitään tilanne tiedoksi.",
            proposal_sv="Läget antecknas för kännedom.",
        )
    proposal = Proposal.objects.filter(state=ProposalState.RECEIVED).order_by("pk").first()
    if proposal:
        meeting.add(by=secretary, proposal=proposal)
    meeting.add(by=secretary, **OTHER)
    return meeting


def _answers(meeting, people):
    """Let some say that they come, and one that she does not: her deputy is called."""
    calls = [call for call in meeting.standing_calls() if call.has_vote and call.term.place == Place.MEMBER]
    for call in calls:
        if call.term.seat.number in (2, 4, 5):
            meeting.answer(by=call.user, coming="yes")
        elif call.user == people.get("raseborg@kunta.example"):
            meeting.answer(by=call.user, coming="no")


def _ask_days(body, secretary, today):
    meeting = Meeting.plan(by=secretary, body=body)
    first = outside_july(today + 45 * DAY, span=10)
    days = [tuple(hour(working(first + n * DAY), hours) for hours in (13, 15)) for n in (0, 3, 8)]
    DatePoll.ask(meeting, by=secretary, days=days, answer_by=working(today + 10 * DAY))
