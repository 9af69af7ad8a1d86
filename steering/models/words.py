"""The words for states and kinds in the steering group's work: stored short, told in the reader's language."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BodyKind(models.TextChoices):
    """What a body is for."""

    STEERING = "steering", _("steering group")
    EXPERT = "expert", _("expert group")
    WORKING = "working", _("working group")


class SeatKind(models.TextChoices):
    """As what one sits: only members' seats have a vote and a deputy."""

    MEMBER = "member", _("member's seat")
    EXPERT = "expert", _("expert")
    SECRETARY = "secretary", _("secretary")


class Place(models.TextChoices):
    """The two places of a member's seat."""

    MEMBER = "member", _("member")
    DEPUTY = "deputy", _("personal deputy")


class Office(models.TextChoices):
    """Who presides."""

    CHAIR = "chair", _("chair")
    VICE = "vice", _("vice-chair")


class CandidateState(models.TextChoices):
    """What became of one who was put forward."""

    PUT_FORWARD = "put_forward", _("put forward")
    APPOINTED = "appointed", _("appointed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ProposalState(models.TextChoices):
    """How far a member's proposal has come."""

    SUBMITTED = "submitted", _("submitted")
    RECEIVED = "received", pgettext_lazy("proposal", "received")
    AGENDA = "agenda", _("on an agenda")
    DECIDED = "decided", pgettext_lazy("proposal", "decided")
    DONE = "done", pgettext_lazy("proposal", "done")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")


class Answer(models.TextChoices):
    """What was decided on a proposal."""

    ACCEPTED = "accepted", pgettext_lazy("proposal", "accepted")
    REJECTED = "rejected", pgettext_lazy("proposal", "rejected")
    RETURNED = "returned", _("returned to be prepared")
    PASSED_ON = "passed_on", _("passed on")


class MeetingState(models.TextChoices):
    """How far a meeting is."""

    PLANNED = "planned", _("being planned")
    CALLED = "called", _("called")
    OPEN = "open", _("meets now")
    ADJOURNED = "adjourned", _("adjourned")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class Coming(models.TextChoices):
    """What one who was called has answered."""

    YES = "yes", _("coming")
    NO = "no", _("not coming")


class Outcome(models.TextChoices):
    """How an item ended in its meeting."""

    DECIDED = "decided", _("decided")
    CHAIR_CHOSEN = "chair_chosen", _("chair chosen")
    NOTED = "noted", _("noted")
    MOVED = "moved", _("moved to the next meeting")


class MovementKind(models.TextChoices):
    """One mark in the list of attendance."""

    ARRIVED = "arrived", _("arrived")
    LEFT = "left", _("left")
    DROPPED = "dropped", _("dropped out")


class BallotWay(models.TextChoices):
    """How an item is put."""

    CONSENSUS = "consensus", _("by consensus")
    ROLL_CALL = "roll_call", _("by roll call")


class Choice(models.TextChoices):
    """What a vote is given for."""

    FOR = "for", pgettext_lazy("vote", "for")
    AGAINST = "against", pgettext_lazy("vote", "against")
    BLANK = "blank", pgettext_lazy("vote", "blank")


class ActionState(models.TextChoices):
    """What has become of an action."""

    OPEN = "open", _("to be done")
    DONE = "done", pgettext_lazy("action", "done")
    DROPPED = "dropped", pgettext_lazy("action", "dropped")


class MinutesState(models.TextChoices):
    """How far the minutes of a meeting are."""

    DRAFT = "draft", _("draft")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    SIGNED = "signed", _("signed")
    PUBLISHED = "published", _("published")


class Position(models.TextChoices):
    """What one answers in a written procedure."""

    FOR = "for", pgettext_lazy("vote", "for")
    AGAINST = "against", pgettext_lazy("vote", "against")
    MEETING = "meeting", _("asks for a meeting")


class WrittenState(models.TextChoices):
    """How a matter settled in writing stands in the record; whether it still runs the clock tells."""

    OPEN = "open", _("answers awaited")
    SETTLED = "settled", _("settled in writing")
    TO_MEETING = "to_meeting", _("goes to a meeting")


class Field(models.TextChoices):
    """The three fields on which plan and report speak."""

    ECONOMY = "economy", _("economy")
    RESULTS = "results", _("results")
    CONTENT = "content", _("content")


class PaperState(models.TextChoices):
    """How far a plan of action or an annual report is."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")


class ProjectState(models.TextChoices):
    """How far a national project is."""

    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    ENDED = "ended", _("ended")
