"""Records that move between states by recorded steps, and the refusals that a step can meet."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models.audit import AuditEvent
from consortium.models.checked import Checked


class WrongState(ValidationError):
    """A step was asked for at a moment when the record's state does not allow it."""

    def __init__(self, record, verb):
        self.record, self.verb = record, verb
        super().__init__(
            _("This can no longer be done: the state is now “%(state)s”. Nothing was changed."),
            code="wrong_state",
            params={"state": record.get_state_display()},
        )


def refuse_day(field, day, *, since=None):
    """Raise ValidationError beside the field for a day of an act that is still to come, or before what it rests on."""
    if day > clock.today():
        raise ValidationError({field: _("That day is still to come.")})
    if since and day < since:
        words = ValidationError(
            _("It cannot have been before %(day)s."), params={"day": f"{since:%-d.%-m.%Y}"}
        )
        raise ValidationError({field: words})


class Workflow(Checked):
    """A record that moves between states, one locked and recorded step at a time.

    A subclass lists its ``STEPS``: verb -> (states it may start from, state it leads to). A target of None
    leaves the state to the step itself, which then sets ``self.state`` inside the block.
    """

    STEPS = {}

    class Meta:
        abstract = True

    @contextmanager
    def step(self, verb, *, by, **details):
        """Lock the row, check the state, run the block, save and record it; or change nothing at all.

        ``details`` are ids, dates and short words for the audit event. Raises WrongState, or ValidationError
        by a violated constraint; after a refusal this object again holds what the row holds.
        """
        sources, target = self.STEPS[verb]
        rows = type(self)._base_manager.select_for_update(of=("self",), no_key=True)
        try:
            with transaction.atomic():
                self.refresh_from_db(from_queryset=rows)
                if self.state not in sources:
                    raise WrongState(self, verb)
                before = self.state
                if target is not None:
                    self.state = target
                yield details
                self.validate_constraints()
                self.save()
                AuditEvent.record(self, verb, by=by, **details, **{"from": before, "to": self.state})
        except Exception:
            if not transaction.get_connection().needs_rollback:
                self.refresh_from_db()
            raise

    def allows(self, verb):
        """Tell whether the state lets this step begin."""
        return self.state in self.STEPS[verb][0]

    def still_tells(self, template):
        """Tell whether a letter about this record, written earlier, is still true when it is about to leave."""
        return True

    def steps_open_to(self, user):
        """Return the verbs that the state allows and the rules give to this user, in the order of STEPS."""
        label = self._meta.app_label
        name = self._meta.model_name
        return [v for v in self.STEPS if self.allows(v) and user.has_perm(f"{label}.{v}_{name}", self)]
