"""What one who sits sees of the vote: what is put, whether one has a vote, the own vote, and what became of it."""

from django.utils.translation import gettext as _

from consortium import clock
from steering.models import BallotWay, Choice, Item
from steering.models.facts import facts_of
from steering.models.untrue import GROUNDS, REFUSALS
from steering.models.untrue import at as clocked
from steering.quorum import sitting
from steering.voting import Cast, by_roll_call


class OwnVote:
    """The vote of one person in a meeting, as it stands now. Restricted items are not told to who may not read them."""

    def __init__(self, meeting, user):
        self.meeting, self.user, self.now = meeting, user, clock.now()
        row = meeting.in_hand
        readable = row is not None and Item.objects.visible_to(user).filter(pk=row.pk).exists()
        self.item = row if readable else None
        self.hidden = row is not None and not readable
        self.ballots = list(row.ballots.prefetch_related("casts")) if readable else []
        self.ballot = next(
            (b for b in self.ballots if b.closed_at is None and b.way == BallotWay.ROLL_CALL), None
        )
        self.why_not = self._why_not() if self.ballot else ""

    def _why_not(self):
        """Return why the person has no vote now, as a sentence; an empty text for one who has."""
        found = facts_of(self.meeting, "fi", now=self.now)
        item, person = found.items[-1], self.user.pk
        shared = {"in_conflict": item.in_conflict, "rules": found.rules}
        self.sits_for = next(
            (
                found.people[each.seat.member].name
                for each in sitting(found.group, found.attendance, self.now, **shared)
                if each.person == person and each.as_deputy and each.seat.member
            ),
            "",
        )
        tried = by_roll_call(
            found.group,
            found.attendance,
            [Cast(person, Choice.FOR.value, self.now)],
            opened_at=self.ballot.opened_at,
            closed_at=self.now,
            chosen=found.chosen_for(item),
            **shared,
        )
        return REFUSALS[tried.refused[0].why] if tried.refused else ""

    @property
    def given(self):
        """Return the own vote in the open ballot, or None."""
        casts = (
            [cast for cast in self.ballot.casts.all() if cast.user_id == self.user.pk] if self.ballot else []
        )
        return casts[-1] if casts else None

    @property
    def initial(self):
        """Return what the form begins with."""
        given = self.given
        return {
            "ballot": self.ballot.pk if self.ballot else None,
            "choice": given.choice if given else None,
        }

    @property
    def says(self):
        """Return the page's sentence of state."""
        if self.ballot is None:
            return self._without_ballot()
        if self.why_not:
            return self.why_not
        if self.given:
            words = _("Your vote “%(choice)s” came at %(time)s. It can be changed until the vote is closed.")
            return words % {"choice": self.given.get_choice_display(), "time": clocked(self.given.at)}
        if self.sits_for:
            return _("You attend for %(name)s. You have a vote.") % {"name": self.sits_for}
        return _("The vote is open. You have a vote.")

    def _without_ballot(self):
        if self.hidden:
            return _("The item in hand is not public, and its papers are not open to you.")
        closed = [
            each
            for each in self.ballots
            if each.closed_at and not each.set_aside_at and each.way == BallotWay.ROLL_CALL
        ]
        if not closed:
            return _("No vote is open now.")
        last = closed[-1]
        words = _("The vote was closed at %(time)s: %(result)s.")
        result = last.get_result_display() or _("nothing was decided")
        if last.result:
            result += f", {GROUNDS[last.ground]}"
        return words % {"time": clocked(last.closed_at), "result": result}
