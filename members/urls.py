"""Addresses of the members' app."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from members.views import (
    accession,
    agreement,
    billing,
    budget,
    extract,
    fee_audit,
    fee_correction,
    fee_decision,
    fee_proposal,
    fees_public,
    hand_in,
    invitation,
    invoices,
    invoicing,
    ledger_lists,
    moving,
    municipality,
    note,
    offer,
    our_fees,
    package,
    people,
    population,
    reminders,
    simulator,
)


class VersionConverter(StringConverter):
    """The number of a version of the agreement: 3, 3.1."""

    regex = r"[0-9A-Za-z.-]{1,10}"


register_converter(VersionConverter, "version")
app_name = "members"
STEPS = [
    "send",
    "schedule",
    "prepare",
    "decide",
    "respond",
    "sign",
    "finalise",
    "confirm",
    "revoke",
    "reopen",
    "renew",
    "stop",
    "put_aside",
]

urlpatterns = [
    path("municipalities/", municipality.municipality_list, name="municipality_list"),
    path("municipality/<slug:code>/edit/", municipality.municipality_edit, name="municipality_edit"),
    path("municipality/<slug:code>/contacts/new/", municipality.contact_new, name="contact_new"),
    path("municipality/<slug:code>/contacts/<int:pk>/", municipality.contact_edit, name="contact_edit"),
    path("municipality/<slug:code>/people/", people.people, name="people"),
    path("municipality/<slug:code>/people/confirm/", people.people_confirm, name="people_confirm"),
    path("municipality/<slug:code>/people/leave/", people.people_leave, name="people_leave"),
    path("roles/<int:pk>/end/", people.role_end, name="role_end"),
    path("invitations/<int:pk>/renew/", people.invitation_renew, name="invitation_renew"),
    path("invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
    path("invitation/<str:key>/", invitation.invitation, name="invitation"),
    path("invitation/<str:key>/accept/", invitation.invitation_accept, name="invitation_accept"),
    path("municipalities/invoicing/", invoicing.invoicing_list, name="invoicing_list"),
    path("population/", population.population_list, name="population_list"),
    path("population/load/", population.population_load, name="population_load"),
    path("municipality/<slug:code>/notes/new/", note.note_new, name="note_new"),
    path("municipality/<slug:code>/record/", note.record, name="record"),
    path("members/", municipality.member_list, name="member_list"),
    path("memberships/<int:pk>/leave/", municipality.membership_leave, name="membership_leave"),
    path("agreement/", agreement.agreement_list, name="agreement_list"),
    path("agreement/<version:number>/", agreement.agreement, name="agreement"),
    path("agreement/<version:number>/approve/", agreement.agreement_approve, name="agreement_approve"),
    path("offers/", offer.offer_list, name="offer_list"),
    path("offers/new/", offer.offer_new, name="offer_new"),
    path("reminders/", reminders.reminder_list, name="reminder_list"),
    path("reminders/send/", reminders.reminder_send, name="reminder_send"),
    path("reminders/rules/<slug:rung>/", reminders.reminder_rule, name="reminder_rule"),
    path("offers/signing/", offer.signing_list, name="signing_list"),
    path("offers/<int:pk>/", offer.offer, name="offer"),
    path("offers/<int:pk>/invite/", offer.offer_invite, name="offer_invite"),
    path("offers/<int:pk>/send/", offer.offer_send, name="offer_send"),
    path("offers/<int:pk>/packages/", package.offer_packages, name="offer_packages"),
    path("offers/<int:pk>/progress/", package.offer_progress, name="offer_progress"),
    path("offers/<int:pk>/zip/", package.offer_zip, name="offer_zip"),
    path("accessions/<int:pk>/", accession.accession, name="accession"),
    *[
        path(
            f"accessions/<int:pk>/{verb}/", getattr(accession, f"accession_{verb}"), name=f"accession_{verb}"
        )
        for verb in STEPS
    ],
    path(
        "accessions/<int:pk>/correct/<int:decision>/", accession.accession_correct, name="accession_correct"
    ),
    path("accessions/<int:pk>/move/<int:decision>/", moving.accession_move, name="accession_move"),
    path("accessions/<int:pk>/packages/", package.accession_packages, name="accession_packages"),
    path("accessions/<int:pk>/progress/", package.package_progress, name="package_progress"),
    path("packages/<uuid:key>/", package.package_file, name="package_file"),
    path("packages/<uuid:key>/again/", package.package_retry, name="package_retry"),
    path("extracts/<int:pk>/", extract.extract, name="extract"),
    path("extracts/<int:pk>/remove/", extract.extract_remove, name="extract_remove"),
    path("hand-ins/<int:pk>/file/", hand_in.hand_in_file, name="hand_in_file"),
    path("hand-ins/<int:pk>/aside/", hand_in.hand_in_aside, name="hand_in_aside"),
    path("fees/", fees_public.fees, name="fees"),
    path("fees/new/", budget.budget_new, name="budget_new"),
    path("fees/<int:year>/", fees_public.budget, name="budget"),
    path("fees/<int:year>/edit/", budget.budget_edit, name="budget_edit"),
    path("fees/<int:year>/costs/", budget.budget_account, name="budget_account"),
    path("fees/<int:year>/simulator/", simulator.simulator, name="simulator"),
    path("fees/<int:year>/alternatives/<slug:letter>/", simulator.alternative, name="alternative"),
    path("fees/<int:year>/compare/", simulator.compare, name="compare"),
    path("fees/<int:year>/paper/", fee_proposal.fee_proposal_page, name="fee_proposal"),
    path("fees/<int:year>/paper/progress/", fee_proposal.fee_proposal_progress, name="fee_proposal_progress"),
    path("fees/papers/<uuid:key>/", fee_proposal.fee_proposal_file, name="fee_proposal_file"),
    path("fees/fee/<int:pk>/", fee_audit.assessment, name="assessment"),
    path("fees/fee/<int:pk>/credit/", fee_correction.assessment_credit, name="assessment_credit"),
    path("fees/fee/<int:pk>/correct/", fee_correction.assessment_correct, name="assessment_correct"),
    path("fees/invoicing/", billing.billing_terms, name="billing_terms"),
    path("fees/invoicing/new/", billing.billing_terms_new, name="billing_terms_new"),
    path("fees/limits/", billing.fee_limits, name="fee_limits"),
    path("fees/limits/new/", billing.fee_limits_new, name="fee_limits_new"),
    path("fees/files/<uuid:key>/", invoices.ledger_file, name="ledger_file"),
    path("fees/files/<uuid:key>/again/", invoices.ledger_file_again, name="ledger_file_again"),
    path("fees/lists/<int:pk>/", ledger_lists.ledger_list_page, name="ledger_list_page"),
    path("fees/lists/<int:pk>/file/", ledger_lists.ledger_list_file, name="ledger_list_file"),
    path("fees/lists/<int:pk>/aside/", ledger_lists.ledger_list_aside, name="ledger_list_aside"),
    path("fees/<int:year>/invoices/", invoices.invoice_list, name="invoice_list"),
    path("fees/<int:year>/invoices/make/", invoices.invoice_make, name="invoice_make"),
    path("fees/<int:year>/invoices/again/", invoices.invoice_again, name="invoice_again"),
    path("fees/<int:year>/invoices/ask/", invoices.invoicing_ask, name="invoicing_ask"),
    path("fees/<int:year>/invoices/progress/", invoices.invoice_progress, name="invoice_progress"),
    path("fees/<int:year>/lists/", ledger_lists.ledger_return, name="ledger_return"),
    path("fees/<int:year>/reconciliation/", ledger_lists.reconciliation, name="reconciliation"),
    path("fees/<int:year>/open/", ledger_lists.open_items_page, name="open_items"),
    *[
        path(f"fees/<int:year>/{verb}/", getattr(fee_decision, f"budget_{verb}"), name=f"budget_{verb}")
        for verb in ("propose", "decide", "tell", "statements", "joiners", "close")
    ],
    path("fees/<int:year>/mergers/<slug:code>/", fee_decision.budget_merger, name="budget_merger"),
    path("fees/statements/<uuid:key>/again/", fee_decision.statement_retry, name="statement_retry"),
    path("municipalities/<slug:code>/fees/", our_fees.our_fees, name="our_fees"),
    path(
        "municipalities/<slug:code>/fees/<int:year>/<slug:language>.pdf",
        our_fees.fee_statement,
        name="fee_statement",
    ),
    path("p/<slug:code>/", package.package, name="package"),
    path("p/<slug:code>/hand-in/", hand_in.hand_in, name="hand_in"),
    path("p/<slug:code>/hand-in/<str:receipt>/", hand_in.hand_in_received, name="hand_in_received"),
    path("p/<slug:code>/zip/", package.package_public_zip, name="package_public_zip"),
    path("p/<slug:code>/<uuid:key>/", package.package_public_file, name="package_public_file"),
]
