"""Who may do what for a municipality. Whether it is the right moment stands in each record's STEPS."""

import rules

from consortium.models import PostKind
from consortium.models.post import STEERING
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


@rules.predicate
def audits(user):
    """The person reads everything and changes nothing."""
    return user.is_authenticated and PostKind.AUDITOR in user.duties


@rules.predicate
def accounts(user):
    """The person invoices: reads what an invoice needs."""
    return user.is_authenticated and PostKind.ACCOUNTANT in user.duties


@rules.predicate
def steers(user):
    """The person sits in the steering group, in whatever seat."""
    return user.is_authenticated and bool(STEERING & user.duties)


@rules.predicate
def speaks_for_steering(user):
    """The person chairs the steering group or keeps its papers."""
    return user.is_authenticated and bool({PostKind.CHAIR, PostKind.SECRETARY} & user.duties)


@rules.predicate
def acts_for_some(user):
    """The person acts for some municipality today."""
    return user.is_authenticated and user.roles.active().exists()


belongs = is_staff | represents | prepares
only_prepares = prepares & ~represents & ~is_staff

rules.add_perm("members.view_municipality_people", belongs | audits)
rules.add_perm("members.view_invoicing", belongs | audits | accounts)
rules.add_perm("members.list_municipalities", is_staff | audits)
rules.add_perm("members.list_invoicing", is_staff | audits | accounts)
rules.add_perm("members.manage_people", is_staff | represents)
rules.add_perm("members.confirm_people", belongs)
rules.add_perm("members.leave_municipality", represents | prepares)
rules.add_perm("members.move_accession", is_staff)
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
rules.add_perm("members.renew_accession", is_staff)
rules.add_perm("members.stop_accession", is_staff)
rules.add_perm("members.put_aside_accession", is_staff)
rules.add_perm("members.manage_reminders", is_staff)
rules.add_perm("members.approve_agreementversion", is_staff)
rules.add_perm("members.manage_offer", is_staff)
rules.add_perm("members.list_population", is_staff | audits)
rules.add_perm("members.manage_population", is_staff)

# The annual fee. What is decided is public; drafts are for those who prepare them, not for the auditor.
rules.add_perm("members.view_drafts", is_staff | steers)
# Of what they may see (AnnualBudget.objects.visible_to): alternatives are for members and duties, not for the public.
rules.add_perm("members.view_alternatives", is_staff | steers | audits | accounts | acts_for_some)
rules.add_perm("members.view_fees", is_staff | audits | accounts)
rules.add_perm("members.manage_budget", is_staff)
rules.add_perm("members.manage_billing", is_staff | accounts)
rules.add_perm("members.edit_annualbudget", is_staff)
rules.add_perm("members.alternative_annualbudget", is_staff | steers)
rules.add_perm("members.propose_annualbudget", is_staff | speaks_for_steering)
rules.add_perm("members.decide_annualbudget", is_staff)
rules.add_perm("members.assess_annualbudget", is_staff)
rules.add_perm("members.tell_annualbudget", is_staff)
rules.add_perm("members.bill_annualbudget", is_staff | accounts)
rules.add_perm("members.read_annualbudget", is_staff | accounts)
rules.add_perm("members.account_annualbudget", is_staff | accounts)
rules.add_perm("members.close_annualbudget", is_staff)
rules.add_perm("members.credit_assessment", is_staff | accounts)
