"""How an item is put and voted on: by consensus or by roll call, never secretly; and who dissents. For items."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from steering.models.facts import facts_of, vote_of
from steering.models.untrue import HINDRANCES, REFUSALS, refuse_without_quorum
from steering.models.words import BallotWay, Choice
from steering.voting import Dissent, Hindrance, Refusal, dissent_hindrance


class VotingActs:
    """The votes on an item in hand. A vote may be taken again; the last one stands."""

    @property
    def open_ballot(self):
        """Return the vote that is open, or None."""
        return self.ballots.filter(closed_at__isnull=True).first()

    def put(self, *, by, way, opposed=()):
        """Put the item: to see that nobody opposes it, or, with a roll call, to open the vote. Returns the ballot.

        ``opposed``: accounts of those who break the consensus; a roll call then follows. Raises ValidationError without
        a quorum.
        """
        with self._dealing("put", by=by, way=way) as (details, now, meeting):
            if self.open_ballot:
                raise ValidationError(_("A vote is open: close it first."), "vote")
            if way == BallotWay.CONSENSUS:
                ballot = self._put_unopposed(by, now, opposed)
            else:
                refuse_without_quorum(self._quorum(meeting, now))
                ballot = self._new_ballot(BallotWay.ROLL_CALL, by, now)
            details |= {"ballot": ballot.pk, "result": ballot.result, "ground": ballot.ground}
        return ballot

    def _quorum(self, meeting, now):
        """Return the quorum of the item in hand at this moment."""
        found = facts_of(meeting, "fi", now=now)
        return found.quorum_of(found.items[-1], now)

    def _new_ballot(self, way, by, now):
        number = self.ballots.count() + 1
        return self.ballots.create(number=number, way=way, opened_at=now, opened_by=by)

    def _put_unopposed(self, by, now, opposed=()):
        """Put the item by consensus, at once. Returns the ballot; raises ValidationError without a quorum."""
        found = self._quorum(self.meeting, now)
        refuse_without_quorum(found)
        strangers = {int(key) for key in opposed} - set(found.voters)
        if strangers:
            raise ValidationError({"opposed": _("Only one who sits with a vote breaks the consensus.")})
        ballot = self._new_ballot(BallotWay.CONSENSUS, by, now)
        for key in opposed:
            ballot.casts.create(user_id=int(key), choice=Choice.AGAINST, at=now, sent_by=by)
        self._count(ballot, by, now)
        return ballot

    def _count(self, ballot, by, now):
        """Close a ballot and keep its result as it is reckoned now. Returns the voting.Vote."""
        vote = self._reckoned(ballot, now)
        ballot.closed_at, ballot.closed_by = now, by
        ballot.result, ballot.ground = vote.result or "", vote.ground
        ballot.save()
        return vote

    def _reckoned(self, ballot, now):
        """Return the voting.Vote that a ballot would be, were it closed now."""
        found = facts_of(self.meeting, "fi", now=now)
        marks = list(self.meeting.movements.select_related("user"))
        return vote_of(ballot, self, found, found.items[-1], marks, at=now)

    def cast(self, *, by, choice, changes=False):
        """Give one's own vote in the roll call that is open. Raises ValidationError with why it does not count."""
        self.cast_for(by=by, choices={by.pk: choice}, changes=changes)

    def cast_for(self, *, by, choices, changes=False):
        """Give votes by name: account → choice, as the secretary hears them. ``changes``: in place of earlier ones.

        Raises ValidationError with why one does not count: none of them is taken then.
        """
        with self._dealing("cast", by=by, people=sorted(choices)) as (details, now, _meeting):
            ballot = self.open_ballot
            if ballot is None:
                why = Refusal.LATE if self.ballots.exists() else Refusal.EARLY
                raise ValidationError(REFUSALS[why], str(why))
            sent = {cast.user_id: cast.choice for cast in ballot.casts.order_by("at", "pk")}
            for key, choice in choices.items():
                if sent.get(key) == choice and key != by.pk:
                    continue  # heard, and sent by the person, too
                ballot.casts.create(user_id=key, choice=Choice(choice), at=now, changes=changes, sent_by=by)
            refused = [each for each in self._reckoned(ballot, now).refused if each.cast.at == now]
            names = {cast.user_id: cast.user for cast in ballot.casts.select_related("user")}
            if refused:
                raise ValidationError([_refusal(each, names, by) for each in refused])
            details["ballot"] = ballot.pk

    def close_vote(self, *, by):
        """Close the roll call and count it: those count who sit with a vote at this moment (C 50). Returns the Vote."""
        with self._dealing("close_vote", by=by) as (details, now, _meeting):
            ballot = self.open_ballot
            if ballot is None:
                raise ValidationError(_("No vote is open: somebody else has closed it."), "closed")
            vote = self._count(ballot, by, now)
            details |= {"ballot": ballot.pk, "result": ballot.result, "ground": ballot.ground}
        return vote

    def set_aside(self, *, by):
        """Set the last vote aside, because attendance or a conflict was not as recorded: it is taken anew."""
        with self._dealing("set_aside", by=by) as (details, now, _meeting):
            details["ballot"] = self._set_last_aside(by, now)

    def _set_last_aside(self, by, now):
        """Set the last vote aside, and the dissents from its outcome. Returns its number of row, or None."""
        ballot = self.ballots.filter(closed_at__isnull=False, set_aside_at__isnull=True).last()
        if self.open_ballot or ballot is None:
            raise ValidationError(_("There is no counted vote to set aside."), "no_vote")
        ballot.set_aside_at, ballot.set_aside_by = now, by
        ballot.save()
        self.dissents.all().delete()  # they were from an outcome that is none
        return ballot.pk

    def dissent(self, *, by, user, text="", proposed_otherwise=False):
        """Record that somebody dissents from what was decided; the reasons may follow. Returns the dissent."""
        with self._dealing("dissent", by=by, user=user.pk) as (details, now, meeting):
            item = facts_of(meeting, "fi", now=now).items[-1]
            if not item.votes or item.votes[-1].result is None:
                raise ValidationError(HINDRANCES[Hindrance.BEFORE_DECISION], "before_decision")
            announced = Dissent(user.pk, now, text, proposed_otherwise=proposed_otherwise)
            if why := dissent_hindrance(announced, item.votes[-1], item_closed_at=now):
                raise ValidationError(HINDRANCES[why], str(why))
            row = self.dissents.model(item=self, user=user, text=text, at=now, recorded_by=by)
            row.text_at, row.proposed_otherwise = (now if text else None), proposed_otherwise
            row.full_clean(exclude=["item", "user", "recorded_by"])
            row.validate_constraints()
            row.save()
            details["dissent"] = row.pk
        return row


def _refusal(refused, names, by):
    """Return why one vote does not count, with the name where another one sent it."""
    person = names[refused.cast.person]
    words = REFUSALS[refused.why]
    if person.pk == by.pk:
        return ValidationError(words, str(refused.why))
    return ValidationError(
        _("%(name)s: %(why)s"), str(refused.why), {"name": person.get_full_name(), "why": words}
    )
