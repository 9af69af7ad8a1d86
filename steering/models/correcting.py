"""Attendance corrected after the close, until the minutes go to their checkers; no decision gains or loses by it."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from steering.models.facts import facts_of
from steering.models.untrue import at as clocked
from steering.models.untrue import refuse_untrue
from steering.models.words import MeetingState, MinutesState, Outcome

SETTLED = frozenset({Outcome.DECIDED, Outcome.CHAIR_CHOSEN})


class Correcting:
    """What is put right in a meeting's record after its close; for meetings."""

    def correct_attendance(self, *, by, because, undone=None, kind="", people=(), visitors=(), at=None):
        """Take a mark back, make one that was forgotten, or both at once. ``at``: a time of the meeting.

        Raises ValidationError where others would have decided an item, or the minutes have gone to their checkers.
        """
        with self.step("correct_attendance", by=by, because=because, undone=undone, kind=kind) as details:
            now = clock.now()
            if not because.strip():
                raise ValidationError({"because": _("Say why the attendance is corrected.")})
            self.refuse_minuted()
            before = self._deciders(now)
            if undone is not None:
                self._take_mark_back(undone, now)
            if kind:
                if at is None or not self.opened_at <= at <= self.closed_at:
                    words = _("Give a time of the meeting: it was open from %(opened)s to %(closed)s.")
                    facts = {"opened": clocked(self.opened_at), "closed": clocked(self.closed_at)}
                    raise ValidationError({"at": ValidationError(words, "outside", facts)})
                if not people and not visitors:
                    raise ValidationError(_("Choose at least one person."), "nobody")
                self._refuse_idle(kind, people, at)
                rows = self._mark(kind, people, visitors, at, by, now)
                details |= {"at": at, "people": sorted(people), "marks": [row.pk for row in rows]}
            elif undone is None:
                raise ValidationError(_("Choose a mark to take back, or one to make."), "nothing")
            for number, who in self._deciders(now).items():
                if who != before[number]:
                    words = _(
                        "§ %(number)s was decided by others than would have been there then. The attendance stays as "
                        "it is: what is wrong in it is told in the minutes as a correction."
                    )
                    raise ValidationError(words, "decided", {"number": number})
            refuse_untrue(self, now)

    def may_correct(self):
        """Tell whether the attendance may still be corrected: closed, and the minutes are a draft."""
        minutes = getattr(self, "minutes", None)
        draft = minutes is None or minutes.state == MinutesState.DRAFT
        return self.state == MeetingState.CLOSED and draft

    def refuse_minuted(self):
        """Raise ValidationError once the minutes have gone to their checkers; their row is held meanwhile."""
        rows = apps.get_model("steering", "Minutes").objects.select_for_update(of=("self",), no_key=True)
        minutes = rows.filter(meeting=self).first()
        if minutes is not None and minutes.state != MinutesState.DRAFT:
            words = _("The minutes have gone to their checkers. Take them back to the draft first.")
            raise ValidationError(words, "minuted")

    def _deciders(self, now):
        """Return section → (who had a vote, who presided) of every item that was decided."""
        try:
            facts = facts_of(self, "fi", now=now)
            return {
                item.number: (frozenset(found.voters), found.chair)
                for item in facts.items
                if item.outcome in SETTLED
                for found in [facts.quorum_of(item)]
            }
        except ValueError:  # steering.quorum.stretches
            words = _("Nobody leaves before arriving. Look at the person's other marks.")
            raise ValidationError(words, "order") from None
