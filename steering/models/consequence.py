"""What a decision does: it is carried out on the record it is about, by that record's own verb, with its section.

A decision is an item of a meeting or a matter settled in writing.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from steering.models.words import BodyKind, Choice


def section_of(decision):
    """Return the section by which a decision is cited: § 12/2027, or the number of the written procedure."""
    return decision.section


def carry_out(decision, *, by, result, propose=False, answer=None, award=None):
    """Carry a decision out in the transaction that settles it.

    ``result``: what the vote was for; ``propose``: the budget's alternative is proposed to Helsinki; ``answer``: what
    Proposal.decide takes; ``award``: what Procurement.award takes. Raises what those verbs raise, and ValidationError
    where the proposed decision was voted down.
    """
    if decision.body.kind != BodyKind.STEERING and (propose or award or decision.proposal_id):
        raise ValidationError(_("The steering group alone decides on that."), "other_body")
    if (propose or award) and result != Choice.FOR:
        raise ValidationError(
            _("The vote went against the proposed decision: nothing of it is carried out."), "voted_down"
        )
    if propose:
        _propose_budget(decision, by)
    if award:
        decision.procurement.award(by=by, **award)
    if decision.proposal_id:
        if not answer:
            raise ValidationError(_("Say what the proposer is answered, and why."), "answer")
        decision.proposal.decide(by=by, **decision.cited, **answer)


def is_carried_out(item):
    """Tell whether the item's decision has done something on the record that it is about."""
    if item.proposal_id and item.proposal.decided_in_id == item.pk:
        return True
    if item.budget_id and item.budget.proposed_section == section_of(item):
        return True
    standing = item.procurement.awards.standing() if item.procurement_id else None
    return bool(standing) and standing.filter(section=section_of(item)).exists()


def _propose_budget(decision, by):
    """Propose the budget's alternative to Helsinki, by the decision's section."""
    if decision.alternative is None:
        raise ValidationError(_("The item names no alternative of the budget."), "no_alternative")
    facts = {"proposed_on": decision.settled_on, "proposed_section": section_of(decision)}
    decision.budget.propose(by=by, alternative=decision.alternative, **facts)
