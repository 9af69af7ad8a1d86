"""The letters of joining: one function a message, one row a recipient."""

from consortium import emails
from consortium.models.mail import Priority


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
    directors = municipality.contacts.filter(kind="director", ended_on__isnull=True).exclude(email="")
    return people + [(c.email, municipality.languages[0]) for c in directors]


def _queue_all(accession, template, recipients, **context):
    for address, languages in recipients:
        for language in languages:
            emails.queue(
                template,
                address,
                language,
                about=accession,
                municipality=accession.municipality,
                accession=accession,
                url=emails.absolute("members:accession", language, pk=accession.pk),
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
                municipality=accession.municipality,
                offer=accession.offer,
                url=emails.absolute("members:package", language, code=accession.code),
            )


def decision_prepared(accession, by):
    """Tell the representatives that a librarian's entry waits for them to record it."""
    roles = accession.municipality.roles.representing().select_related("user").filter(user__is_active=True)
    people = [(role.user.email, [role.user.language]) for role in roles]
    _queue_all(accession, "members/emails/prepare", people, prepared_by=by)


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
    _queue_all(accession, "members/emails/confirm", _registry_and_people(accession), joins_on=joins_on)


def confirmation_revoked(accession):
    """Tell the municipality that the confirmation was taken back before the membership began."""
    _queue_all(accession, "members/emails/revoke", _registry_and_people(accession))
