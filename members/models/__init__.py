"""The members' records: municipalities and their people, the agreement, joining and membership, the annual fee."""

from members.models.accession import Accession
from members.models.agreement import AgreementState, AgreementVersion, Clause
from members.models.assessment import Assessment
from members.models.billing import BillingTerms, Numbering, ReferenceKind, Vat
from members.models.budget import Alternative, AnnualBudget, BudgetState, CostLine, Stale
from members.models.decision import AppealState, Body, Decision, Outcome
from members.models.fee_paper import FeePaper, FeePaperKind
from members.models.hand_in import HandIn
from members.models.invitation import Invitation, InvitationState
from members.models.invoice import Invoice, InvoiceBatch, LedgerFile, LedgerFormat, LedgerLine
from members.models.ledger_list import LedgerEntry, LedgerReturn, settlements
from members.models.membership import Membership
from members.models.municipality import Municipality, MunicipalityLanguage, Population
from members.models.note import Note
from members.models.offer import Offer
from members.models.package import JoiningPackage, PackageFormat, ask_for_packages, figures_of
from members.models.people import Contact, ContactKind, Role, RoleKind
from members.models.reminder import Planned, Reminder, ReminderRule, Rung, send_due
from members.models.scheme import FeeLimits, Scheme, SchemeKind, Terms
from members.models.states import AccessionState

__all__ = [
    "Accession",
    "AccessionState",
    "AgreementState",
    "AgreementVersion",
    "Alternative",
    "AnnualBudget",
    "AppealState",
    "Assessment",
    "BillingTerms",
    "Body",
    "BudgetState",
    "Clause",
    "Contact",
    "ContactKind",
    "CostLine",
    "Decision",
    "FeeLimits",
    "FeePaper",
    "FeePaperKind",
    "HandIn",
    "Invitation",
    "InvitationState",
    "Invoice",
    "InvoiceBatch",
    "JoiningPackage",
    "LedgerEntry",
    "LedgerFile",
    "LedgerFormat",
    "LedgerLine",
    "LedgerReturn",
    "Membership",
    "Municipality",
    "MunicipalityLanguage",
    "Note",
    "Numbering",
    "Offer",
    "Outcome",
    "PackageFormat",
    "Planned",
    "Population",
    "ReferenceKind",
    "Reminder",
    "ReminderRule",
    "Role",
    "RoleKind",
    "Rung",
    "Scheme",
    "SchemeKind",
    "Stale",
    "Terms",
    "Vat",
    "ask_for_packages",
    "figures_of",
    "send_due",
    "settlements",
]
