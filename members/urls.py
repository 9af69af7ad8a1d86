"""Addresses of the members' app."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from members.views import (
    accession,
    agreement,
    extract,
    hand_in,
    invitation,
    invoicing,
    moving,
    municipality,
    note,
    offer,
    package,
    people,
    reminders,
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
    path("p/<slug:code>/", package.package, name="package"),
    path("p/<slug:code>/hand-in/", hand_in.hand_in, name="hand_in"),
    path("p/<slug:code>/hand-in/<str:receipt>/", hand_in.hand_in_received, name="hand_in_received"),
    path("p/<slug:code>/zip/", package.package_public_zip, name="package_public_zip"),
    path("p/<slug:code>/<uuid:key>/", package.package_public_file, name="package_public_file"),
]
