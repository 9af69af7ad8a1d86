"""What the steering group had done: an owner, a day, and what became of it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow
from steering import proposal_emails
from steering.models.confidence import sits_in_confidence
from steering.models.meeting import Item
from steering.models.proposal import Proposal, refuse_overtaken
from steering.models.words import ActionState, BodyKind
from steering.models.written import WrittenMatter


class ActionQuerySet(models.QuerySet):
    """Questions to the actions."""

    def open(self):
        """Return those that are still to be done."""
        return self.filter(state=ActionState.OPEN)

    def overdue(self, today=None):
        """Return those whose day has passed: they stand on the next agenda by themselves (A 39)."""
        return self.open().filter(due_on__lt=today or clock.today())

    def of_body(self, body):
        """Return those that a body decided on; of none they are the steering group's."""
        own = Q(decided_in__meeting__body=body) | Q(in_writing__body=body)
        if body.kind == BodyKind.STEERING:
            own |= Q(decided_in__isnull=True, in_writing__isnull=True)
        return self.filter(own)

    def restricted(self, today=None):
        """Return those that tell of restricted matter: of such a proposal or item, or of an agenda's about them."""
        today = today or clock.today()
        proposal = Q(proposal__in=Proposal.objects.restricted(today))
        items = Item.objects.restricted(today)
        on_agenda = items.filter(action__isnull=False).values("action")
        written = Q(in_writing__in=WrittenMatter.objects.restricted(today))
        return self.filter(proposal | written | Q(decided_in__in=items) | Q(pk__in=on_agenda))

    def visible_to(self, user):
        """Return those a person may read: who steers or audits those that are not restricted, and one's own always."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff or sits_in_confidence(user):
            return self
        seen = Q(owner=user)
        if user.has_perm("steering.list_actions"):
            seen |= ~Q(pk__in=self.model.objects.restricted().values("pk"))
        return self.filter(seen)


class Action(Workflow):
    """Something to be done by somebody by a day, decided in an item or on a proposal."""

    STEPS = {
        "edit": ({ActionState.OPEN}, None),
        "finish": ({ActionState.OPEN}, ActionState.DONE),
        "drop": ({ActionState.OPEN}, ActionState.DROPPED),
        "reopen": ({ActionState.DONE, ActionState.DROPPED}, ActionState.OPEN),
    }

    text_fi = models.CharField(_("what is to be done, in Finnish"), max_length=300)
    text_sv = models.CharField(_("what is to be done, in Swedish"), max_length=300, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="actions")
    due_on = models.DateField(_("by"))
    in_writing = models.ForeignKey(  # decided between meetings
        WrittenMatter, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    decided_in = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="actions")
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, blank=True, related_name="actions")
    state = models.CharField(_("state"), max_length=8, choices=ActionState, default=ActionState.OPEN)
    result_fi = models.TextField(_("result in Finnish"), max_length=1200, blank=True)
    result_sv = models.TextField(_("result in Swedish"), max_length=1200, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="action_ended_with_result",
                condition=Q(state="open", ended_on__isnull=True)
                | Q(state__in=["done", "dropped"], ended_on__isnull=False) & ~Q(result_fi=""),
                violation_error_message=_("Say what came of it."),
            ),
        ]

    def __str__(self):
        return self.text_fi

    def get_absolute_url(self):
        """Return the action's page."""
        return reverse("steering:action", args=[self.pk])

    @property
    def text(self):
        """Return what is to be done, in the page's language, or in Finnish while there is no Swedish."""
        return (self.text_sv if get_language() == "sv" else "") or self.text_fi

    @property
    def result(self):
        """Return what came of it, in the page's language, or in Finnish while there is no Swedish."""
        return (self.result_sv if get_language() == "sv" else "") or self.result_fi

    def restriction(self):
        """Return the fields that keep an agenda item about it from the public: as its own item, or its proposal, is."""
        item = self.decided_in
        proposal = self.proposal or (item and item.proposal)
        if item and item.is_restricted() and (item.restricted_ground or item.in_tender):
            source, concerned = item, item.concerns_id
        elif proposal and proposal.is_restricted():
            source, concerned = proposal, proposal.procurement_id
        elif self.in_writing and self.in_writing.is_restricted():
            return self.in_writing.restriction()
        else:
            return {}
        copied = {"restricted_ground", "restricted_until", "opened_in_tender"}
        return {"concerns_id": concerned} | {name: getattr(source, name) for name in copied}

    def is_overdue(self, today=None):
        """Tell whether its day has passed and it is still to be done."""
        return self.state == ActionState.OPEN and self.due_on < (today or clock.today())

    @classmethod
    def make(cls, *, by, text_fi, text_sv, owner, due_on, decided_in=None, proposal=None, in_writing=None):
        """Write down what is to be done, by whom and by when; the owner is told. Returns the action."""
        row = cls(text_fi=text_fi, text_sv=text_sv, owner=owner, due_on=due_on, made_by=by)
        row.decided_in, row.proposal, row.in_writing = decided_in, proposal, in_writing
        row.full_clean(exclude=["made_by"])
        if row.due_on < clock.today():
            raise ValidationError({"due_on": _("Choose a later day.")})
        with transaction.atomic():
            row.save()
            facts = {"item": row.decided_in_id, "proposal": row.proposal_id, "written": row.in_writing_id}
            AuditEvent.record(row, "make", by=by, owner=owner.pk, due_on=due_on, **facts)
            if owner != by:
                proposal_emails.action_given(row)
        return row

    def edit(self, *, by, revision, **facts):
        """Change what is to be done, by whom or by when. ``revision``: the one the form was made from."""
        with self.step("edit", by=by) as details:
            refuse_overtaken(self, revision)
            before = {"owner": self.owner_id, "due_on": self.due_on}
            for name, value in facts.items():
                setattr(self, name, value)
            self.revision += 1
            self.full_clean(exclude=["made_by"])
            if self.due_on != before["due_on"] and self.due_on < clock.today():
                raise ValidationError({"due_on": _("Choose a later day.")})
            details["before"] = before
            details |= {"owner": self.owner_id, "due_on": self.due_on}
            if self.owner_id != before["owner"] and self.owner != by:
                proposal_emails.action_given(self)

    def finish(self, *, by, result_fi, result_sv=""):
        """Say that it is done and what came of it."""
        self._end("finish", by, result_fi, result_sv)

    def drop(self, *, by, result_fi, result_sv=""):
        """Say that it is not done after all, and why."""
        self._end("drop", by, result_fi, result_sv)

    def _end(self, verb, by, result_fi, result_sv):
        with self.step(verb, by=by):
            self.result_fi, self.result_sv, self.ended_on = result_fi, result_sv, clock.today()

    def reopen(self, *, by, due_on):
        """Take it up again with a new day; what was said of it before stays in the field to be written anew."""
        with self.step("reopen", by=by, due_on=due_on):
            if due_on < clock.today():
                raise ValidationError({"due_on": _("Choose a later day.")})
            self.due_on, self.ended_on = due_on, None
            if self.owner != by:
                proposal_emails.action_given(self)

    def still_tells(self, template):
        """Tell whether a letter about it is still true when it is about to leave."""
        return self.state == ActionState.OPEN
