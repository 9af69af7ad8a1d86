"""Who may do what in a joint procurement. Whether it is the right moment stands in each record's STEPS."""

import rules

from members.rules import accounts, acts_for_some, audits, belongs, is_staff, prepares, represents, steers

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


@rules.predicate
def is_oneself(user, record):
    """The record is about the person."""
    return record is not None and record.user_id == user.pk


# Wishes, questions and groups are the members' own; papers are published by the service centre.
rules.add_perm("procurement.read_shared", is_staff | audits | steers | acts_for_some)
rules.add_perm("procurement.read_wishes", is_staff | audits | steers | acts_for_some)
rules.add_perm("procurement.audit_papers", audits)
rules.add_perm("procurement.add_wish", is_staff | acts_for_some)
rules.add_perm("procurement.edit_wish", belongs)
rules.add_perm("procurement.withdraw_wish", belongs)
rules.add_perm("procurement.endorse_wish", is_staff | acts_for_some)
rules.add_perm("procurement.take_back_wish", is_staff | acts_for_some)
rules.add_perm("procurement.gather_wish", is_staff)
rules.add_perm("procurement.decline_wish", is_staff)
rules.add_perm("procurement.ask_question", acts_for_some)
rules.add_perm("procurement.answer_question", is_staff)
rules.add_perm("procurement.correct_question", is_staff)
rules.add_perm("procurement.call_group", is_staff)
rules.add_perm("procurement.offer_groupseat", acts_for_some)
rules.add_perm("procurement.name_groupseat", is_staff)
rules.add_perm("procurement.accept_groupseat", is_staff)
rules.add_perm("procurement.decline_groupseat", is_staff)
rules.add_perm("procurement.take_back_groupseat", is_oneself)
rules.add_perm("procurement.leave_groupseat", is_staff | is_oneself)
rules.add_perm("procurement.publish_paper", is_staff)
rules.add_perm("procurement.withdraw_paper", is_staff)
rules.add_perm("procurement.plan_procurement", is_staff)

# Offers are the service centre's alone until the award; what follows the award is written down by it.
rules.add_perm("procurement.view_suppliers", is_staff | audits)
rules.add_perm("procurement.manage_suppliers", is_staff)
rules.add_perm("procurement.view_offers", is_staff)
rules.add_perm("procurement.manage_offers", is_staff)
for _model, _verbs in {
    "supplier": ["edit", "withdraw", "merge"],
    "offer": ["edit", "judge", "withdraw"],
    "award": ["send", "retime", "appeal", "contract", "annul"],
    "appeal": ["arrange", "settle"],
    "procurement": ["start_again"],
}.items():
    for _verb in _verbs:
        rules.add_perm(f"procurement.{_verb}_{_model}", is_staff)

# Shares of costs: prepared by the service centre, charged by it or the accountant; use is read by staff and auditor.
rules.add_perm("procurement.view_costs", is_staff | audits | accounts)
rules.add_perm("procurement.manage_costs", is_staff)
for _verb in ["edit", "freeze", "withdraw"]:
    rules.add_perm(f"procurement.{_verb}_costshare", is_staff)
for _verb in ["settle", "charge"]:
    rules.add_perm(f"procurement.{_verb}_costshare", is_staff | accounts)
rules.add_perm("procurement.view_usage", is_staff | audits)
rules.add_perm("procurement.manage_usage", is_staff)
for _verb in ["map_columns", "map_places", "set_aside"]:
    rules.add_perm(f"procurement.{_verb}_usagefile", is_staff)
rules.add_perm("procurement.view_value", belongs | audits)

# Contracts: who supplies what to whom until when is public. Volumes are not; one that is being made is ours alone.
rules.add_perm("procurement.manage_contracts", is_staff)
rules.add_perm("procurement.view_exits", is_staff | audits | accounts | steers | acts_for_some)
rules.add_perm("procurement.view_participations", is_staff | audits | accounts)
rules.add_perm("procurement.view_use_list", belongs | audits)
rules.add_perm("procurement.tell_use", belongs)
rules.add_perm("procurement.list_use", is_staff | audits)
rules.add_perm("procurement.manage_resources", is_staff)
for _verb in ["edit", "sign", "decide", "give_notice", "add", "leave_out", "withdraw", "drop", "remind_use"]:
    rules.add_perm(f"procurement.{_verb}_contract", is_staff)

# Lists for the central purchasing body leave by the service centre alone.
rules.add_perm("procurement.send_commitmentlist", is_staff)
rules.add_perm("procurement.hand_over_commitmentlist", is_staff)
