"""Who may do what for a municipality. Whether it is the right moment stands in each record's STEPS."""

import rules

from members.models.people import RoleKind


def _municipality_of(record):
    return getattr(record, "municipality", record)


def _has_role(user, record, *kinds):
    if record is None or not user.is_authenticated:
        return False
    return user.roles.active().filter(municipality=_municipality_of(record), kind__in=kinds).exists()


@rules.predicate
def is_staff(user):
    """The person works in the service centre."""
    return user.is_authenticated and user.is_staff


@rules.predicate
def represents(user, record):
    """The person may give the municipality's official answer."""
    return _has_role(user, record, RoleKind.REPRESENTATIVE)


@rules.predicate
def prepares(user, record):
    """The person may prepare for the municipality, but not answer for it."""
    return _has_role(user, record, RoleKind.LIBRARIAN)


belongs = is_staff | represents | prepares
only_prepares = prepares & ~represents & ~is_staff

rules.add_perm("members.view_municipality_people", belongs)
rules.add_perm("members.edit_municipality", is_staff | represents)
rules.add_perm("members.send_accession", is_staff)
rules.add_perm("members.schedule_accession", belongs)
rules.add_perm("members.prepare_accession", only_prepares)
rules.add_perm("members.decide_accession", is_staff | represents)
rules.add_perm("members.correct_accession", is_staff | represents)
rules.add_perm("members.respond_accession", is_staff)
rules.add_perm("members.sign_accession", is_staff | represents)
rules.add_perm("members.finalise_accession", is_staff)
rules.add_perm("members.confirm_accession", is_staff)
rules.add_perm("members.revoke_accession", is_staff)
rules.add_perm("members.reopen_accession", is_staff)
rules.add_perm("members.stop_accession", is_staff)
rules.add_perm("members.approve_agreementversion", is_staff)
rules.add_perm("members.manage_offer", is_staff)
