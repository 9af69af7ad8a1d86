"""Joint procurement: wishes, rounds and answers, offers and awards, contracts and their use."""

from procurement.models.answer import COUNTED, Answer, Overtaken
from procurement.models.answer_reminder import AnswerReminder, due_in, remind_by_hand, waited_for
from procurement.models.appeal import Appeal
from procurement.models.award import Award
from procurement.models.awarding import put_earlier_answers
from procurement.models.commitment_form import CommitmentForm, FormSent
from procurement.models.comparison import Comparison, compare
from procurement.models.contract import AtEnd, Contract, ContractState, RenewalKind
from procurement.models.contract_decision import ContractDecision, ContractOption
from procurement.models.cost_share import (
    STANDING,
    CostBatch,
    CostMethod,
    CostShare,
    CostShareLine,
    CostShareState,
)
from procurement.models.exit_reminder import ExitReminder, open_exits, send_due_exits
from procurement.models.grounds import Criterion, Grounds, Requirement, UserCount, put_grounds, put_users
from procurement.models.group import Group, GroupCall, GroupSeat, SeatState
from procurement.models.handover import CommitmentList, HandedOver, ListKind
from procurement.models.offer import Offer
from procurement.models.offer_words import (
    AppealKind,
    AppealOutcome,
    AppealState,
    AwardState,
    Basis,
    Decider,
    OfferState,
    Sending,
    SharedBy,
)
from procurement.models.paper import Paper, PaperKind, PaperState
from procurement.models.participation import Participation
from procurement.models.procurement import DECIDED, UNDER_WAY, Lot, Option, Procurement
from procurement.models.question import Question, QuestionState
from procurement.models.resource import Holding, Material, MaterialLanguage, Resource
from procurement.models.round import GRACE, Cost, Round, closing_day, closing_time
from procurement.models.stage import Stage
from procurement.models.supplier import Supplier, SupplierLanguage, SupplierState
from procurement.models.taking_use import Identification, UseKind, UseStep
from procurement.models.usage import Scope, UsageFigure, UsageFile, UsageMapping, UsagePlace, UsageState
from procurement.models.value_sheet import ValueSheet
from procurement.models.version import AnswerExtract, AnswerVersion, Draft, Ruling
from procurement.models.wish import Endorsement, Wish, WishState
from procurement.models.words import (
    AnswerKind,
    CostRule,
    Kind,
    Procedure,
    ProcurementState,
    Readers,
    RulingKind,
    Setting,
    Silence,
    StageKind,
)

__all__ = [
    "COUNTED",
    "DECIDED",
    "GRACE",
    "STANDING",
    "UNDER_WAY",
    "Answer",
    "AnswerExtract",
    "AnswerKind",
    "AnswerReminder",
    "AnswerVersion",
    "Appeal",
    "AppealKind",
    "AppealOutcome",
    "AppealState",
    "AtEnd",
    "Award",
    "AwardState",
    "Basis",
    "CommitmentForm",
    "CommitmentList",
    "Comparison",
    "Contract",
    "ContractDecision",
    "ContractOption",
    "ContractState",
    "Cost",
    "CostBatch",
    "CostMethod",
    "CostRule",
    "CostShare",
    "CostShareLine",
    "CostShareState",
    "Criterion",
    "Decider",
    "Draft",
    "Endorsement",
    "ExitReminder",
    "FormSent",
    "Grounds",
    "Group",
    "GroupCall",
    "GroupSeat",
    "HandedOver",
    "Holding",
    "Identification",
    "Kind",
    "ListKind",
    "Lot",
    "Material",
    "MaterialLanguage",
    "Offer",
    "OfferState",
    "Option",
    "Overtaken",
    "Paper",
    "PaperKind",
    "PaperState",
    "Participation",
    "Procedure",
    "Procurement",
    "ProcurementState",
    "Question",
    "QuestionState",
    "Readers",
    "RenewalKind",
    "Requirement",
    "Resource",
    "Round",
    "Ruling",
    "RulingKind",
    "Scope",
    "SeatState",
    "Sending",
    "Setting",
    "SharedBy",
    "Silence",
    "Stage",
    "StageKind",
    "Supplier",
    "SupplierLanguage",
    "SupplierState",
    "UsageFigure",
    "UsageFile",
    "UsageMapping",
    "UsagePlace",
    "UsageState",
    "UseKind",
    "UseStep",
    "UserCount",
    "ValueSheet",
    "Wish",
    "WishState",
    "closing_day",
    "closing_time",
    "compare",
    "due_in",
    "open_exits",
    "put_earlier_answers",
    "put_grounds",
    "put_users",
    "remind_by_hand",
    "send_due_exits",
    "waited_for",
]
