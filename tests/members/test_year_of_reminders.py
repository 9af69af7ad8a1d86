"""A year of mornings: ``remind`` on each day but those it missed, beside what the rules say should have gone.

The oracle below knows only the script (what happened in which municipality on which day) and the sentences of the
ladder; it asks neither the ladder nor the rows. What went is read from the letters.
"""

import datetime as dt
import io
import random
from collections import Counter

import pytest
from django.core.management import call_command

from consortium import clock
from consortium.deadlines import earliest_final_on, is_working_day
from consortium.models import OutgoingEmail
from members.models import Body, Membership, Municipality, Outcome
from tests.factories import (
    AccessionFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    TariffFactory,
    a_clerk,
    handling,
)

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2027, 1, 1), dt.date(2027, 12, 31)
ORDER = ["result", "finality", "published", "deadline", "signature", "meeting", "open", "contacts"]


class Town:
    """One municipality: its script by days, and what the oracle knows of it."""

    def __init__(self, municipality, accession=None, sent_on=None, by=None):
        self.municipality, self.accession = municipality, accession
        self.sent_on, self.by, self.script, self.expected = sent_on, by, {}, []
        self.state = "sent" if accession else "member"
        self.opened = self.meeting = self.handled = self.met = self.final_on = self.signed = None
        self.aside = self.ended = self.confirmed = self.reminded_on = None
        self.published = False
        self.gone = set()

    def on(self, day, verb, **said):
        """Write into the script that something happens on a day, in office hours."""
        day = min(day, LAST)
        while not is_working_day(day):
            day += DAY
        self.script.setdefault(day, []).append((verb, said))

    def live(self, day):
        """Do what the script says of the day: to the rows by their verbs, to the oracle's notes by its own words."""
        for verb, said in self.script.get(day, []):
            if self.state in {"rejected", "stopped"} or (self.ended and day >= self.ended):
                continue
            getattr(self, verb)(day, **said)

    # What happens

    def opens(self, day):
        self.accession.note_opened()
        self.opened = day

    def schedules(self, day, after):
        if self.state not in {"sent", "in preparation"}:
            return
        self.meeting, self.state = day + after * DAY, "in preparation"
        self.accession.schedule(by=a_clerk(), meeting_on=self.meeting, meeting_body=Body.BOARD)

    def decides(self, day, outcome="approved", published=True, next_after=None):
        if self.meeting and self.meeting > day:  # the meeting it knew of was put off to a day still to come
            return
        met = self.meeting or day
        next_on = day + next_after * DAY if next_after else None
        published_on = max(met, day - DAY) if published and outcome == "approved" else None
        known = {"published_on": published_on, "next_meeting_on": next_on}
        self.accession.decide(by=a_clerk(), **handling(Outcome(outcome), meeting_on=met, **known))
        self.handled, self.aside, self.meeting = met, None, next_on
        self.state = {"approved": "approved", "rejected": "rejected"}.get(outcome, "in preparation")
        if outcome == "approved":
            self.met = met
            self.final_on = earliest_final_on(published_on, "rectification") if published_on else None

    def publishes(self, day):
        wrong = self.accession.deciding
        published_on = max(wrong.meeting_on, day - 3 * DAY)
        self.accession.correct(
            by=a_clerk(),
            corrects=wrong,
            correction_reason="Julkaisupäivä",
            **handling(meeting_on=wrong.meeting_on, published_on=published_on),
        )
        self.final_on = earliest_final_on(published_on, "rectification")

    def signs(self, day):
        self.accession.sign(by=a_clerk(), signed_on=day, signatory="Kunnanjohtaja")
        self.signed = day

    def finalises(self, day):
        if self.final_on and self.final_on <= day:
            said = {"finality_ground": "phone", "finality_note": "Kirjaamo"}
            self.accession.finalise(by=a_clerk(), finality_on=self.final_on, **said)
            self.state = "final"

    def stops(self, day):
        self.accession.stop(by=a_clerk(), reason="Kunta yhdistyy.")
        self.state = "stopped"

    def puts_aside(self, day, days):
        self.aside = day + days * DAY
        self.accession.put_aside(by=a_clerk(), aside_until=self.aside, aside_reason="Loma")

    def merges(self, day):
        self.ended = day
        other = MunicipalityFactory()
        Municipality.objects.filter(pk=self.municipality.pk).update(ended_on=day, successor=other)

    def confirms(self, day):
        Municipality.objects.filter(pk=self.municipality.pk).update(people_confirmed_on=day)
        self.confirmed = day

    # What should go

    def asked_on(self, day):
        """Return {what: occasion} of all that the sentences of the ladder ask on the day."""
        if (self.ended and day >= self.ended) or (self.aside and day < self.aside):
            return {}
        if self.meeting and day <= self.meeting:
            return {}
        found = {}
        if self.state in {"sent", "in preparation"}:
            found = self._asked_while_undecided(day)
        if self.state == "approved":
            if self.final_on and day >= self.final_on + DAY:
                found["finality"] = self.final_on
            if not self.final_on and day >= self.met + 10 * DAY:
                found["published"] = self.met
        if self.state in {"approved", "final"} and not self.signed and day >= self.met + 30 * DAY:
            found["signature"] = self.met
        in_january = day.month == 1 and day.day >= 8 and not self.confirmed
        if in_january and self.state not in {"rejected", "stopped"}:
            found["contacts"] = day.year
        return found

    def _asked_while_undecided(self, day):
        near = self.by - 42 * DAY <= day <= self.by
        if self.meeting:
            return {"result": self.meeting} | ({"deadline": self.by} if near else {})
        if near or day > self.by:
            return {"deadline": self.by} if near else {}
        quiet_since = max(d for d in (self.sent_on, self.handled) if d)
        if day >= quiet_since + 30 * DAY:
            return {"meeting": quiet_since}
        if self.state == "sent" and not self.opened and day >= self.sent_on + 14 * DAY:
            return {"open": self.sent_on}
        return {}

    def readers(self, what):
        """Return the addresses: the representative's, and the registry's where a certificate is asked for."""
        registry = [self.municipality.registry_email] if what == "finality" else []
        return [f"edustaja@{self.municipality.code}.example", *registry]

    def morning(self, day):
        """Expect what a run on the day sends."""
        if day.month == 7 or not is_working_day(day):
            return
        asked = {what: on for what, on in self.asked_on(day).items() if (what, on) not in self.gone}
        what = min(asked, key=ORDER.index, default=None)
        rested = self.reminded_on is None or (day - self.reminded_on).days >= 7
        if what and (rested or what == "result"):
            self.gone.add((what, asked[what]))
            self.reminded_on = day
            self.expected.append((day, what))


def towns(rng, today_is):
    """Two rounds of joining with every kind of story, and some members."""
    found = []
    tariff = TariffFactory(valid_from=dt.date(2027, 1, 1), decided_on=dt.date(2026, 9, 15))
    for sent_on, by in (("2026-12-21", dt.date(2027, 5, 21)), ("2027-05-24", dt.date(2027, 11, 30))):
        yield_on = dt.date.fromisoformat(sent_on)
        today_is(yield_on)
        offer = OfferFactory(tariff=tariff, decide_by=by, joins_on=dt.date(2028, 1, 1))
        for kind in range(10):
            for _again in range(2):
                found.append((yield_on, kind, offer))
    return found


def write(town, kind, rng):
    """Give a municipality its story."""
    start, some = town.sent_on, rng.randint
    if kind in {1, 2, 3, 4, 5, 8, 9}:
        town.on(start + some(2, 25) * DAY, "opens")
    if kind in {2, 3, 4, 5, 9}:
        asked = start + some(20, 60) * DAY
        meeting_in = some(10, 40)
        town.on(asked, "schedules", after=meeting_in)
        met = asked + (meeting_in + 4) * DAY
    if kind == 2:  # says in time what was decided; all goes well
        town.on(met + some(0, 3) * DAY, "decides")
        town.on(met + 20 * DAY, "signs")
        town.on(met + 45 * DAY, "finalises")
    if kind == 3:  # says late; minutes later still
        decided = met + some(5, 20) * DAY
        town.on(decided, "decides", published=False)
        town.on(decided + some(12, 40) * DAY, "publishes")
        town.on(decided + some(80, 120) * DAY, "finalises")
        town.on(decided + some(25, 100) * DAY, "signs")
    if kind == 4:  # tabled, and asked again the day after the next meeting
        decided = met + some(1, 6) * DAY
        town.on(decided, "decides", outcome="tabled", next_after=some(14, 30))
        town.on(decided + some(32, 50) * DAY, "decides")
    if kind == 5:  # returned without a day; then no
        decided = met + some(1, 9) * DAY
        town.on(decided, "decides", outcome="returned")
        town.on(decided + some(40, 70) * DAY, "decides", outcome="rejected")
    if kind == 6:
        town.on(start + some(16, 80) * DAY, "stops")
    if kind == 7:
        town.on(start + some(5, 40) * DAY, "puts_aside", days=some(20, 60))
    if kind == 8:
        town.on(start + some(30, 100) * DAY, "merges")
    if kind == 9:  # the meeting is put off, once before its day and once after
        town.on(asked + 3 * DAY, "schedules", after=some(20, 40))
        town.on(asked + 50 * DAY, "schedules", after=some(10, 20))
        town.on(asked + some(75, 100) * DAY, "decides")


def what_went():
    """Return how many letters of each kind went to each municipality on each day."""
    rows = OutgoingEmail.objects.filter(template__startswith="members/emails/remind_", state="sent")
    went = ((r.to, clock.date_of(r.queued_at), r.template.partition("remind_")[2]) for r in rows)
    return Counter(went)


@pytest.mark.parametrize("seed", [1])
def test_a_year_with_missed_mornings_and_double_runs(today_is, run_worker, seed):
    rng = random.Random(seed)
    waiting = towns(rng, today_is)
    everyone, ran, twice, missed = [], 0, 0, 0

    def join_in(day):
        for sent_on, kind, offer in [w for w in waiting if w[0] == day]:
            accession = AccessionFactory(offer=offer, state="sent")
            municipality = accession.municipality
            RoleFactory(user__email=f"edustaja@{municipality.code}.example", municipality=municipality)
            town = Town(municipality, accession, sent_on, offer.decide_by)
            write(town, kind, rng)
            everyone.append(town)

    today_is(dt.date(2026, 12, 21))
    join_in(dt.date(2026, 12, 21))
    for _n in range(6):
        municipality = MunicipalityFactory()
        RoleFactory(user__email=f"edustaja@{municipality.code}.example", municipality=municipality)
        Membership.objects.create(municipality=municipality, period=(dt.date(2026, 1, 1), None))
        everyone.append(Town(municipality))
    for town in everyone[-2:]:
        town.on(dt.date(2027, 1, 4), "confirms")

    for n in range((LAST - FIRST).days + 1):
        day = FIRST + n * DAY
        today_is(day)
        join_in(day)
        chance = rng.random()
        missed += chance < 0.1
        for time in ("morning", "evening"):
            if time == "evening":
                for town in everyone:
                    town.live(day)
            if chance < 0.1 or (time == "evening" and chance > 0.2):
                continue
            twice += time == "evening"
            ran += 1
            call_command("remind", stdout=io.StringIO())
            run_worker()
            for town in everyone:
                town.morning(day)

    expected = Counter(
        (to, day, what) for town in everyone for day, what in town.expected for to in town.readers(what)
    )
    went = what_went()
    assert (went - expected, expected - went) == (Counter(), Counter())
    assert set(expected.values()) == {1}
    kinds = Counter(what for _to, _day, what in expected)
    print(
        f"{ran} runs, {missed} days missed, {twice} days twice, {len(everyone)} municipalities: {dict(kinds)}"
    )
    assert kinds.keys() == set(ORDER)
    assert not [day for _to, day, _what in expected if day.month == 7]
    assert (missed > 25, twice > 25) == (True, True)
    left = OutgoingEmail.objects.filter(template__startswith="members/emails/remind_").exclude(state="sent")
    assert not left.exists()
