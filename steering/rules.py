"""Who may do what in the steering group's work. Whether it is the right moment stands in each record's STEPS."""

import rules

from consortium import clock
from members.rules import acts_for_some, audits, belongs, is_staff, speaks_for_steering, steers
from steering.models import SeatKind


def _body_of(record):
    """Return the body that a record belongs to: its own, its meeting's, itself."""
    meeting = getattr(record, "meeting", record)
    return getattr(meeting, "body", meeting)


@rules.predicate
def sits(user, record):
    """The person sits today in the body that the record belongs to, in whatever place."""
    if record is None or not user.is_authenticated:
        return False
    return user.terms.on(clock.today()).filter(body_of=_body_of(record)).exists()


@rules.predicate
def presides(user, record):
    """The person is chair or vice-chair of the body today."""
    if record is None or not user.is_authenticated:
        return False
    return user.terms.on(clock.today()).filter(body_of=_body_of(record)).exclude(office="").exists()


@rules.predicate
def keeps_papers(user, record):
    """The person is the secretary of the body today."""
    if record is None or not user.is_authenticated:
        return False
    terms = user.terms.on(clock.today()).filter(body_of=_body_of(record))
    return terms.filter(seat__kind=SeatKind.SECRETARY).exists()


@rules.predicate
def keeps_some(user):
    """The person is the secretary of some body today."""
    if not user.is_authenticated:
        return False
    return user.terms.on(clock.today()).filter(seat__kind=SeatKind.SECRETARY).exists()


@rules.predicate
def acts_for_member(user):
    """The person acts for a municipality that is a member today."""
    if not user.is_authenticated:
        return False
    return user.roles.active().filter(municipality__memberships__period__contains=clock.today()).exists()


runs = is_staff | keeps_papers  # whoever prepares a body's meetings and records them
settles = is_staff | speaks_for_steering  # whoever answers a proposal without a meeting

# Proposals: any member municipality makes and supports them; chair and secretary receive and answer them.
rules.add_perm("steering.read_proposals", is_staff | audits | steers | acts_for_some)
rules.add_perm("steering.audit_proposals", audits)
rules.add_perm("steering.add_proposal", is_staff | acts_for_member)
rules.add_perm("steering.edit_proposal", belongs)
rules.add_perm("steering.withdraw_proposal", belongs)
rules.add_perm("steering.support_proposal", is_staff | acts_for_member)
rules.add_perm("steering.take_back_proposal", is_staff | acts_for_member)
for _verb in [
    "receive",
    "restrict",
    "open",
    "put_on_agenda",
    "return_from_agenda",
    "decide",
    "become",
    "finish",
]:
    rules.add_perm(f"steering.{_verb}_proposal", settles)

# Bodies and seats: the service centre keeps them; who sits where is public.
rules.add_perm("steering.manage_bodies", is_staff)
rules.add_perm("steering.withdraw_candidate", is_staff)
rules.add_perm("steering.view_candidates", is_staff | audits | steers)

# Meetings: prepared and recorded by the service centre and the body's own secretary, read by the body.
rules.add_perm("steering.list_meetings", is_staff | audits | steers)
rules.add_perm("steering.view_meeting", is_staff | audits | sits)
for _verb in ["edit", "call", "change", "cancel", "begin", "mark", "adjourn", "resume"]:
    rules.add_perm(f"steering.{_verb}_meeting", runs)
rules.add_perm("steering.close_meeting", runs | presides)
for _verb in ["record", "undo", "choose_chair", "carry_over", "continue_on", "give_reasons"]:
    rules.add_perm(f"steering.{_verb}_meeting", runs)
rules.add_perm("steering.correct_attendance_meeting", keeps_papers)  # the secretary alone
rules.add_perm("steering.vote_meeting", sits)
rules.add_perm("steering.answer_meeting", sits | runs)
for _verb in ["add", "edit", "move", "remove", "restrict", "open", "add_paper"]:
    rules.add_perm(f"steering.{_verb}_item", runs)
for _verb in ["restrict", "open", "withdraw"]:
    rules.add_perm(f"steering.{_verb}_itempaper", runs)
rules.add_perm("steering.plan_meeting", is_staff | keeps_some)
rules.add_perm("steering.choose_datepoll", runs)
rules.add_perm("steering.answer_datepoll", sits)

# Actions: whoever runs the body keeps them; the owner says when they are done.
rules.add_perm("steering.list_actions", is_staff | audits | steers)
rules.add_perm("steering.manage_actions", settles)


@rules.predicate
def owns(user, action):
    """The action is the person's own."""
    return action is not None and user.is_authenticated and action.owner_id == user.pk


rules.add_perm("steering.finish_action", settles | owns)
for _verb in ["edit", "drop", "reopen"]:
    rules.add_perm(f"steering.{_verb}_action", settles)

# Dashboard: those who steer or run the consortium; the plan and the published report are public.
rules.add_perm("steering.view_dashboard", is_staff | audits | steers)
rules.add_perm("steering.manage_plans", is_staff | speaks_for_steering)
rules.add_perm("steering.read_drafts", is_staff | steers)  # plans and reports before they are published
for _verb in ["edit", "write_goal", "remove_goal", "publish", "account"]:
    rules.add_perm(f"steering.{_verb}_plan", settles)
for _verb in ["write", "fill", "publish", "reopen"]:
    rules.add_perm(f"steering.{_verb}_annualreport", settles)
for _verb in ["edit", "grant", "account", "start", "end", "reopen"]:
    rules.add_perm(f"steering.{_verb}_project", settles)

# Minutes: written by whoever runs the body, checked by two; corrected and published by the former.
for _verb in ["name_checkers", "word", "send", "rework", "sign", "publish", "correct", "extract"]:
    rules.add_perm(f"steering.{_verb}_minutes", runs)


@rules.predicate
def checks(user, minutes):
    """The person is one of the two who check the minutes."""
    return minutes is not None and user.pk in {minutes.first_checker_id, minutes.second_checker_id}


for _verb in ["approve", "remark"]:
    rules.add_perm(f"steering.{_verb}_minutes", checks)
rules.add_perm("steering.settle_names", is_staff)

# Written procedures: sent by whoever runs the body; answered by members, and by deputies in their place.
rules.add_perm("steering.list_written", is_staff | audits | steers)
rules.add_perm("steering.begin_written", is_staff | speaks_for_steering)


@rules.predicate
def answers_in_writing(user, matter):
    """The person was a member or a deputy in the body of the matter when it was sent, and sits in it still."""
    if matter is None or matter.sitters.group.seat_of(user.pk) is None:
        return False
    return matter.is_seated(user)


rules.add_perm("steering.answer_writtenmatter", answers_in_writing | runs)
rules.add_perm("steering.step_aside_writtenmatter", answers_in_writing)
for _verb in ["settle", "put_on_agenda", "carry_out", "open"]:
    rules.add_perm(f"steering.{_verb}_writtenmatter", runs)
