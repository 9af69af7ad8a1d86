"""Joint procurement: wishes, rounds and answers, offers and awards, contracts and their use."""

from procurement.models.answer import COUNTED, Answer, Overtaken
from procurement.models.procurement import DECIDED, UNDER_WAY, Lot, Option, Procurement
from procurement.models.round import GRACE, Round, closing_time
from procurement.models.stage import Stage
from procurement.models.version import AnswerVersion, Draft, Ruling
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
    "UNDER_WAY",
    "Answer",
    "AnswerKind",
    "AnswerVersion",
    "CostRule",
    "Draft",
    "Kind",
    "Lot",
    "Option",
    "Overtaken",
    "Procedure",
    "Procurement",
    "ProcurementState",
    "Readers",
    "Round",
    "Ruling",
    "RulingKind",
    "Setting",
    "Silence",
    "Stage",
    "StageKind",
    "closing_time",
]
