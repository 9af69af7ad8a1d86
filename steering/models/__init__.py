"""The records of the steering group's work, one file a subject."""

from steering.models.action import Action
from steering.models.agenda_paper import AgendaPaper, ReadBy
from steering.models.appointment import Appointment, Candidate
from steering.models.attachment import Attachment
from steering.models.body import Body, Seat
from steering.models.call import CalendarFile, Call
from steering.models.item_paper import ItemPaper
from steering.models.meeting import BEFORE, RUNNING, Item, Meeting
from steering.models.minutes import Minutes
from steering.models.minutes_notes import Correction, Remark
from steering.models.minutes_papers import MinutesPaper, NamesPeriod, PaperForm
from steering.models.plan import Goal, Indicator, Plan, PlanChange, Unit
from steering.models.poll import DatePoll, Fit, PollAnswer, PollDay
from steering.models.project import Grant, Partner, Project
from steering.models.proposal import UNSETTLED, Proposal, Support
from steering.models.report import FILLED, AnnualReport, Edition, ReportPaper, ReportSection, SectionKind
from steering.models.room import Ballot, Cast, Conflict, Dissent, Movement, Recess
from steering.models.seating import last_days
from steering.models.tally import Reckoned, Subject, Tally, TallyChange, stamp_of
from steering.models.term import Term
from steering.models.words import (
    ActionState,
    Answer,
    BallotWay,
    BodyKind,
    CandidateState,
    Choice,
    Coming,
    Field,
    MeetingState,
    MinutesState,
    MovementKind,
    Office,
    Outcome,
    PaperState,
    Place,
    Position,
    ProjectState,
    ProposalState,
    SeatKind,
    WrittenState,
)
from steering.models.written import Aside, AsideKind, WrittenAnswer, WrittenMatter

__all__ = [
    "BEFORE",
    "FILLED",
    "RUNNING",
    "UNSETTLED",
    "Action",
    "ActionState",
    "AgendaPaper",
    "AnnualReport",
    "Answer",
    "Appointment",
    "Aside",
    "AsideKind",
    "Attachment",
    "Ballot",
    "BallotWay",
    "Body",
    "BodyKind",
    "CalendarFile",
    "Call",
    "Candidate",
    "CandidateState",
    "Cast",
    "Choice",
    "Coming",
    "Conflict",
    "Correction",
    "DatePoll",
    "Dissent",
    "Edition",
    "Field",
    "Fit",
    "Goal",
    "Grant",
    "Indicator",
    "Item",
    "ItemPaper",
    "Meeting",
    "MeetingState",
    "Minutes",
    "MinutesPaper",
    "MinutesState",
    "Movement",
    "MovementKind",
    "NamesPeriod",
    "Office",
    "Outcome",
    "PaperForm",
    "PaperState",
    "Partner",
    "Place",
    "Plan",
    "PlanChange",
    "PollAnswer",
    "PollDay",
    "Position",
    "Project",
    "ProjectState",
    "Proposal",
    "ProposalState",
    "ReadBy",
    "Recess",
    "Reckoned",
    "Remark",
    "ReportPaper",
    "ReportSection",
    "Seat",
    "SeatKind",
    "SectionKind",
    "Subject",
    "Support",
    "Tally",
    "TallyChange",
    "Term",
    "Unit",
    "WrittenAnswer",
    "WrittenMatter",
    "WrittenState",
    "last_days",
    "stamp_of",
]
