"""The members' records: municipalities and their people, the agreement, joining and membership."""

from members.models.accession import Accession
from members.models.agreement import AgreementState, AgreementVersion, Clause, Tariff
from members.models.decision import AppealState, Body, Decision, Outcome
from members.models.hand_in import HandIn
from members.models.invitation import Invitation, InvitationState
from members.models.membership import Membership
from members.models.municipality import Municipality, MunicipalityLanguage, Population
from members.models.note import Note
from members.models.offer import Offer
from members.models.package import JoiningPackage, PackageFormat, ask_for_packages, figures_of
from members.models.people import Contact, ContactKind, Role, RoleKind
from members.models.reminder import Planned, Reminder, ReminderRule, Rung, send_due
from members.models.states import AccessionState

__all__ = [
    "Accession",
    "AccessionState",
    "AgreementState",
    "AgreementVersion",
    "AppealState",
    "Body",
    "Clause",
    "Contact",
    "ContactKind",
    "Decision",
    "HandIn",
    "Invitation",
    "InvitationState",
    "JoiningPackage",
    "Membership",
    "Municipality",
    "MunicipalityLanguage",
    "Note",
    "Offer",
    "Outcome",
    "PackageFormat",
    "Planned",
    "Population",
    "Reminder",
    "ReminderRule",
    "Role",
    "RoleKind",
    "Rung",
    "Tariff",
    "ask_for_packages",
    "figures_of",
    "send_due",
]
