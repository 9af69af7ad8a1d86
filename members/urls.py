"""Addresses of the members' app."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from members.views import accession, agreement, municipality, offer, package


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
    "stop",
]

urlpatterns = [
    path("municipalities/", municipality.municipality_list, name="municipality_list"),
    path("municipality/<slug:code>/edit/", municipality.municipality_edit, name="municipality_edit"),
    path("municipality/<slug:code>/contacts/new/", municipality.contact_new, name="contact_new"),
    path("municipality/<slug:code>/contacts/<int:pk>/", municipality.contact_edit, name="contact_edit"),
    path("members/", municipality.member_list, name="member_list"),
    path("memberships/<int:pk>/leave/", municipality.membership_leave, name="membership_leave"),
    path("agreement/", agreement.agreement_list, name="agreement_list"),
    path("agreement/<version:number>/", agreement.agreement, name="agreement"),
    path("agreement/<version:number>/approve/", agreement.agreement_approve, name="agreement_approve"),
    path("offers/", offer.offer_list, name="offer_list"),
    path("offers/new/", offer.offer_new, name="offer_new"),
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
    path("accessions/<int:pk>/packages/", package.accession_packages, name="accession_packages"),
    path("accessions/<int:pk>/progress/", package.package_progress, name="package_progress"),
    path("packages/<uuid:key>/", package.package_file, name="package_file"),
    path("packages/<uuid:key>/again/", package.package_retry, name="package_retry"),
    path("extracts/<int:pk>/", accession.extract, name="extract"),
    path("p/<slug:code>/", package.package, name="package"),
    path("p/<slug:code>/zip/", package.package_public_zip, name="package_public_zip"),
    path("p/<slug:code>/<uuid:key>/", package.package_public_file, name="package_public_file"),
]
