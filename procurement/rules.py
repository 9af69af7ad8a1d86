"""Who may do what in a joint procurement. Whether it is the right moment stands in each record's STEPS."""

import rules

from members.rules import audits, belongs, is_staff, prepares, represents

STAFF_VERBS = ["edit", "announce", "open_round", "tender", "award", "contract", "void", "end"]
STAFF_VERBS += ["open_volumes", "close_volumes"]


@rules.predicate
def volumes_shown(user, procurement):
    """The volumes of the procurement are open to the person."""
    return procurement is not None and procurement.shows_volumes_to(user)


@rules.predicate
def frozen(_user, procurement):
    """The list of the procurement's round is frozen."""
    round_ = getattr(procurement, "round", None)
    return round_ is not None and round_.is_frozen()


rules.add_perm("procurement.manage_procurement", is_staff)
rules.add_perm("procurement.add_procurement", is_staff)
for _verb in STAFF_VERBS:
    rules.add_perm(f"procurement.{_verb}_procurement", is_staff)
# Volumes: the auditor from the freeze on, others when the service centre has opened them. Ceilings: staff alone.
rules.add_perm("procurement.view_volumes", volumes_shown)
rules.add_perm("procurement.view_answers", is_staff | (audits & frozen))
rules.add_perm("procurement.audit_answers", audits)
rules.add_perm("procurement.view_ceilings", is_staff)
rules.add_perm("procurement.view_answer", belongs | audits)
rules.add_perm("procurement.give_answer", represents)
rules.add_perm("procurement.prepare_answer", prepares | represents)
rules.add_perm("procurement.record_answer", is_staff)
rules.add_perm("procurement.rule_answer", is_staff)
rules.add_perm("procurement.withdraw_answer", is_staff)
