"""The letters of joining: one function a message, one row a recipient."""

from django.conf import settings
from django.utils.translation import gettext, override

from consortium import emails
from consortium.models.mail import Priority, Reader
from members.fee_words import reckoning_line


def _registry_and_people(accession):
    """Return (address, languages) of everyone an official letter goes to: the registry first, then the people."""
    municipality = accession.municipality
    found = {}
    if municipality.registry_email:
        found[municipality.registry_email.lower()] = municipality.languages
    for address, language in _people(municipality):
        found.setdefault(address.lower(), [language])
    return found.items()


def _people(municipality):
    """Return (address, language) of the representatives and of the library director."""
    roles = municipality.roles.representing().select_related("user")
    people = [(role.user.email, role.user.language) for role in roles if role.user.is_active]
    directors = municipality.contacts.active().filter(kind="director").exclude(email="")
    return people + [(c.email, municipality.languages[0]) for c in directors]


def _reader(municipality, address):
    """Return as whom an address is written to: the registry, or a person."""
    return Reader.REGISTRY if address == municipality.registry_email.lower() else Reader.PERSON


def _page(accession, reader, language):
    """Return where a letter leads: a registry has no account, so it gets the municipality's public page."""
    if reader == Reader.REGISTRY:
        return emails.absolute("municipality", language, code=accession.municipality.code)
    return emails.absolute("members:accession", language, pk=accession.pk)


def _queue_all(accession, template, recipients, *, files=None, **context):
    """Write to each in their languages; ``files`` {language: document} go along to the registry, which files them."""
    for address, languages in recipients:
        reader = _reader(accession.municipality, address)
        for language in languages:
            own = [files[language]] if files and language in files and reader == Reader.REGISTRY else []
            emails.queue(
                template,
                address,
                language,
                about=accession,
                attachments=own,
                attached=bool(own),
                reader=reader,
                municipality=accession.municipality,
                accession=accession,
                url=_page(accession, reader, language),
                **context,
            )


def package_sent(accession):
    """Send the joining package itself, with the PDF that a registry files, in each language of the municipality."""
    packages = {p.language: p for p in accession.newest_packages() if p.format == "pdf"}
    for address, languages in _registry_and_people(accession):
        wanted = [language for language in languages if language in packages] or list(packages)[:1]
        for language in wanted:
            emails.queue(
                "members/emails/send",
                address,
                language,
                about=accession,
                attachments=[packages[language]],
                priority=Priority.MAILING,
                reader=_reader(accession.municipality, address),
                municipality=accession.municipality,
                offer=accession.offer,
                url=emails.absolute("members:package", language, code=accession.code),
            )


def decision_prepared(accession, by):
    """Tell the representatives that a librarian's entry waits for them to record it."""
    _ask_to_record(accession, "members/emails/prepare", prepared_by=by)


def _ask_to_record(accession, template, **context):
    """Ask each representative to record a decision; the link leads straight to it."""
    roles = accession.municipality.roles.representing().select_related("user").filter(user__is_active=True)
    for user in {role.user for role in roles}:
        url = emails.absolute("members:accession_decide", user.language, pk=accession.pk)
        emails.queue(
            template,
            user.email,
            user.language,
            about=accession,
            municipality=accession.municipality,
            accession=accession,
            url=emails.personal(url, user),
            **context,
        )


def decision_recorded(accession, decision):
    """Send the receipt of a recorded decision to the people who answer for the municipality."""
    people = [(address, [language]) for address, language in _people(accession.municipality)]
    answered_for = accession.municipality.roles.representing().exists()
    recipients = people if answered_for else _registry_and_people(accession)
    _queue_all(accession, "members/emails/decide", recipients, decision=decision)


def view_given(accession, *, accepted):
    """Tell the municipality Helsinki's view on its change or condition."""
    _queue_all(accession, "members/emails/respond", _registry_and_people(accession), accepted=accepted)


def accession_confirmed(accession, joins_on):
    """Tell the municipality that Helsinki has confirmed and from which day it is a member."""
    files = {package.language: package for package in accession.ready_packages() if package.format == "pdf"}
    recipients = _registry_and_people(accession)
    _queue_all(accession, "members/emails/confirm", recipients, files=files, joins_on=joins_on)


def confirmation_revoked(accession):
    """Tell the municipality that the confirmation was taken back before the membership began."""
    _queue_all(accession, "members/emails/revoke", _registry_and_people(accession))


def handed_in(hand_in, language):
    """Send the sender of a hand-in its receipt, and ask the representatives to check and record it."""
    accession = hand_in.accession
    emails.queue(
        "members/emails/hand_in",
        hand_in.sender_email,
        language,
        about=accession,
        municipality=accession.municipality,
        hand_in=hand_in,
        url=emails.absolute("members:package", language, code=accession.code),
    )
    _ask_to_record(accession, "members/emails/handed_in", hand_in=hand_in)


def hand_in_set_aside(hand_in):
    """Tell the sender that what was handed in is not recorded, and why."""
    accession = hand_in.accession
    language = accession.municipality.languages[0]
    emails.queue(
        "members/emails/set_aside",
        hand_in.sender_email,
        language,
        about=accession,
        municipality=accession.municipality,
        hand_in=hand_in,
        url=emails.absolute("members:package", language, code=accession.code),
    )


def hand_in_renewed(accession):
    """Send the registry the new digits, with the package once more."""
    packages = {p.language: p for p in accession.ready_packages() if p.format == "pdf"}
    for language in accession.municipality.languages if accession.municipality.registry_email else ():
        emails.queue(
            "members/emails/renew",
            accession.municipality.registry_email,
            language,
            about=accession,
            attachments=[packages[language]] if language in packages else [],
            reader=Reader.REGISTRY,
            municipality=accession.municipality,
            accession=accession,
            url=emails.absolute("members:package", language, code=accession.code),
        )


def person_invited(invitation):
    """Ask an address to act for a municipality: one link, in the language chosen for it."""
    language, place = invitation.language, invitation.municipality
    emails.queue(
        "members/emails/invite_person",
        invitation.email,
        language,
        about=invitation,
        invitation=invitation,
        municipality=place,
        url=emails.absolute("members:invitation", language, key=invitation.key),
    )


def left_without_successor(municipality, user, last_day):
    """Tell the registry and the service centre that somebody leaves and nobody is named to go on."""
    context = {"municipality": municipality, "person": user, "last_day": last_day}
    for language in municipality.languages if municipality.registry_email else ():
        emails.queue(
            "members/emails/leave_role",
            municipality.registry_email,
            language,
            about=municipality,
            reader=Reader.REGISTRY,
            url=emails.absolute("municipality", language, code=municipality.code),
            **context,
        )
    emails.queue(
        "members/emails/leave_role_staff",
        settings.CONTACT_EMAIL,
        settings.LANGUAGE_CODE,
        about=municipality,
        url=emails.absolute("members:people", settings.LANGUAGE_CODE, code=municipality.code),
        **context,
    )


def decision_moved(decision):
    """Tell both municipalities that an entry was made for the wrong one, and where it now stands."""
    wrong, right = decision.accession, decision.moved_to.accession
    for accession, template in ((wrong, "move"), (right, "receive")):
        _queue_all(
            accession,
            f"members/emails/{template}",
            _registry_and_people(accession),
            decision=decision.moved_to,
            reason=decision.moved_to.correction_reason,
            wrong=wrong.municipality,
            right=right.municipality,
        )


def matter_stopped(accession):
    """Tell the municipality that the matter has been stopped, and why; who never heard of it is told nothing."""
    if accession.sent_at:
        _queue_all(accession, "members/emails/stop", _registry_and_people(accession))


def matter_reopened(accession):
    """Tell the municipality that the matter has been taken up again, and why."""
    if accession.sent_at:
        _queue_all(accession, "members/emails/reopen", _registry_and_people(accession))


def who_answers(municipality, letter):
    """Ask the registry who answers for the municipality now that mail to a person has come back."""
    for language in municipality.languages:
        emails.queue(
            "members/emails/who_answers",
            municipality.registry_email,
            language,
            about=municipality,
            reader=Reader.REGISTRY,
            municipality=municipality,
            address=letter.to,
            url=emails.absolute("municipality", language, code=municipality.code),
        )


def invoicing_details(municipality, **facts):
    """Ask the representatives and the registry for what an invoice lacks. Returns to how many people it went.

    ``facts``: year, missing (members of ledger.Gap), returned (whether an invoice came back), reason.
    """
    roles = municipality.roles.representing().select_related("user").filter(user__is_active=True)
    people = {role.user for role in roles}
    for user in people:
        url = emails.absolute("members:municipality_edit", user.language, code=municipality.code)
        emails.queue(
            "members/emails/invoicing_details",
            user.email,
            user.language,
            about=municipality,
            url=emails.personal(url, user),
            to_registry=False,
            municipality=municipality,
            **facts,
        )
    for language in municipality.languages if municipality.registry_email else ():
        emails.queue(
            "members/emails/invoicing_details",
            municipality.registry_email,
            language,
            about=municipality,
            reader=Reader.REGISTRY,
            url=emails.absolute("municipality", language, code=municipality.code),
            to_registry=True,
            municipality=municipality,
            **facts,
        )
    return len(people)


def our_fees_address(municipality, language):
    """Return the full address of a municipality's fees, for its own people."""
    return emails.absolute("members:our_fees", language, code=municipality.code)


def fee_decided(assessment, papers, *, vat):
    """Tell a municipality its fee; ``papers`` {language: statement} go along to the registry, which files them.

    ``vat``: (settings of invoicing, amount) -> how VAT bears on it, in a sentence.
    """
    budget, place = assessment.budget, assessment.municipality
    users = {role.user.email.lower(): role.user for role in place.roles.representing().select_related("user")}
    for address, languages in _registry_and_people(assessment):
        reader = _reader(place, address)
        for language in languages:
            own = [papers[language]] if reader == Reader.REGISTRY and language in papers else []
            has_account = address in users and reader == Reader.PERSON
            if has_account:
                url = emails.personal(our_fees_address(place, language), users[address])
            else:  # a registry or a director without an account: the year's page is everyone's
                url = emails.absolute("members:budget", language, year=budget.year)
            with override(language):
                said = {
                    "line": reckoning_line(assessment.line),
                    "vat": vat(budget.billing, assessment.amount),
                    "source": gettext(assessment.residents_source) if assessment.residents_source else "",
                }
            emails.queue(
                "members/emails/fee_decided",
                address,
                language,
                about=assessment,
                attachments=own,
                attached=bool(own),
                has_account=has_account,
                priority=Priority.MAILING,
                reader=reader,
                municipality=place,
                budget=budget,
                url=url,
                **said,
            )
