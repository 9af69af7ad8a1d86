"""The steering group's work at every moment at once, with a planted word in each field that not everybody may read."""

import datetime as dt
from dataclasses import dataclass, field

from django.core.files.base import ContentFile

from consortium import clock
from consortium.models import DocumentState, OutgoingEmail, Post
from steering.models import (
    Action,
    AgendaPaper,
    Attachment,
    Ballot,
    Body,
    Cast,
    DatePoll,
    Dissent,
    ItemPaper,
    Meeting,
    Minutes,
    MinutesPaper,
    Proposal,
    Term,
    WrittenMatter,
)
from steering.models.words import BodyKind, Choice, Place, SeatKind
from tests.factories import DAY, RoleFactory, UserFactory
from tests.minutes_world import held, in_conflict, published, sent
from tests.procurement_factories import announced, brought_to, member
from tests.steering_calls import make_files, planned, soon
from tests.steering_leak_table import LANGUAGES, both, word
from tests.steering_world import meeting, steering_group

TEXTS = ("title", "background", "proposal")
RECORDED = ("decision", "discussion")


@dataclass
class World:
    """Who may look, and what the addresses name: {parameter or place: values}."""

    group: object
    people: dict
    at: dict = field(default_factory=dict)

    def keep(self, place, *rows):
        """Keep records whose pages are asked for. Returns the first."""
        self.at.setdefault(place, []).extend(rows)
        return rows[0]


def the_world():
    """Return the group with its readers, nothing done yet."""
    staff = UserFactory(is_staff=True, name="Palvelukeskus")
    group = steering_group(seats=7, by=staff)
    since = {"since": clock.today() - 90 * DAY}
    home = member()
    people = {
        "visitor": None,
        "staff": staff,
        "secretary": group.secretary,
        "chair": group.chair,
        "member": group.members[2],
        "conflicted": group.members[3],
        "deputy": group.deputies[2],
        "called": group.deputies[4],
        "released": group.deputies[5],
        "present": group.deputies[6],
        "expert": group.expert,
        "proposer": RoleFactory(municipality=home, **since).user,
        "stranger": RoleFactory(municipality=member(), **since).user,
        "owner": RoleFactory(municipality=member(), kind="librarian", **since).user,
        "ended": UserFactory(),
        "worker": UserFactory(),
    }
    for name in ("auditor", "accountant"):
        people[name] = UserFactory()
        Post.give(people[name], name, by=staff)
    sat(group, people["ended"])
    return World(group, people, {"home": [home], "tender": [brought_to(announced(staff), "round")]})


def sat(group, user):
    """Let somebody have sat until the present members' terms began."""
    last = group.body.terms.filter(user=group.members[2]).get()
    start = last.period.lower
    period = (dt.date(start.year - 1, 1, 1), start)
    facts = {"body_of": group.body, "seat": last.seat, "place": Place.MEMBER, "user": user, "period": period}
    Term.objects.create(appointment=last.appointment, municipality=last.municipality, **facts)


def closed(place, *more, **facts):
    """Return the fields of a restricted item with its planted words."""
    return both(place, *TEXTS, *more) | {"restricted_ground": word(place, "ground")} | facts


def a_paper(item, place, *, by, own_ground=False):
    """Add a file whose title, name and content are planted; on a ground of its own if the item has none."""
    content = ContentFile(f"%PDF-1.7 {word(place, 'content')}".encode(), f"{word(place, 'file')}.pdf")
    ground = word(place, "paperground") if own_ground else ""
    facts = {"title": word(place, "paper"), "language": "fi", "contains_volumes": False}
    return ItemPaper.add(item, by=by, file=content, restricted_ground=ground, **facts)


def answer(row, user, *said):
    """Let somebody who was called say in turn whether they come."""
    for each in said:
        row.answer(by=user, coming=each)


def dealt(place):
    """Return what is recorded of a restricted item that was decided."""
    names = {name: word(place, name) for name in ("proposed", "seconded")}
    return {"outcome": "decided", "proposed_by": names["proposed"], "seconded_by": names["seconded"]}


def beside(world, row, number, place):
    """Write a conflict of interest, a dissent and an action of an item down."""
    people, item = world.people, row.items.get(number=number)
    in_conflict(row, number, people["conflicted"], ground=word(place, "conflict"))
    voted(world, item)
    said = {"text": word(place, "dissent"), "at": item.closed_at, "text_at": item.closed_at}
    Dissent.objects.create(item=item, user=people["member"], recorded_by=people["staff"], **said)
    a_task(world, place, decided_in=item)


def voted(world, item):
    """Write a roll call down in which one member was against."""
    for records in (item.meeting.movements, item.conflicts):
        records.update(marked_at=item.meeting.opened_at)  # before the vote was counted
    by, times = world.group.by, {"opened_at": item.opened_at, "closed_at": item.closed_at}
    ballot = Ballot.objects.create(
        item=item,
        number=1,
        way="roll_call",
        result="for",
        ground="majority",
        opened_by=by,
        closed_by=by,
        **times,
    )
    Cast.objects.bulk_create(
        Cast(ballot=ballot, user=user, choice="against" if user == world.people["member"] else "for", **given)
        for given in [{"at": item.opened_at, "sent_by": by}]
        for user in world.group.members
        if user != world.people["conflicted"]
    )


def a_task(world, place, **of):
    """Give somebody outside the group something to do. Returns the action."""
    days = {"due_on": clock.today() + 20 * DAY}
    texts = both(place, "text")
    task = Action.make(by=world.people["secretary"], owner=world.people["owner"], **texts, **days, **of)
    return world.keep("actions", task)


# --- Before the meeting ---------------------------------------------------------------------------------------------


def before(world):
    """Bring meetings as far as being planned and called; proposals, a written matter and another group beside."""
    group = world.group
    draft = planned(group)
    draft.add(by=group.secretary, **both("draft", *TEXTS))
    draft.add(by=group.secretary, **closed("planned"))
    polled = planned(group, starts_at=None, ends_at=None)
    polled.add(by=group.secretary, **both("polled", *TEXTS))
    days = [(soon(40), soon(40, 15)), (soon(41), soon(41, 15))]
    DatePoll.ask(polled, by=group.secretary, days=days, answer_by=soon(9).date())
    (tender,) = world.at["tender"]
    coming = planned(group, "Julkinen asia", starts_at=soon(25), ends_at=soon(25, 15))
    coming.add(by=group.secretary, **closed("called"))
    coming.add(by=group.secretary, procurement=tender, **both("tender", *TEXTS))
    on_agenda = a_proposal(world, "onagenda", ground=word("onagenda", "ground"))
    coming.add(by=group.secretary, proposal=on_agenda)
    public, shut, concerning, _proposed = coming.items.order_by("position")
    papers = [
        a_paper(shut, "called", by=group.secretary),
        a_paper(public, "ownground", by=group.secretary, own_ground=True),
        a_paper(concerning, "tender", by=group.secretary),
        a_paper(public, "takenback", by=group.secretary),
    ]
    papers[-1].withdraw(by=group.secretary, reason=word("takenback", "reason"))
    coming.call(by=group.secretary)
    make_files()
    answer(coming, group.members[4], "no")
    answer(coming, group.members[5], "no", "yes")
    world.keep("meetings", coming, draft, polled)
    world.keep("coming", coming)
    world.keep("polled", polled)
    world.keep("items", *coming.items.order_by("position"), *draft.items.all(), *polled.items.all())
    world.keep("papers", *papers)
    world.keep("agendas", *AgendaPaper.objects.all())
    a_proposal(world, "intender", procurement=tender)
    a_proposal(world, "submitted")
    a_matter(world, "writing")
    a_task(world, "ofproposal", proposal=on_agenda)
    working(world)


def a_proposal(world, place, *, ground="", procurement=None):
    """Make a proposal with a file; unless it was only submitted, it is received and kept from the public."""
    people = world.people
    said = {"title": word(place, "title"), "text": word(place, "text"), "procurement": procurement}
    row = Proposal.make(world.at["home"][0], by=people["proposer"], **said)
    content = ContentFile(f"%PDF-1.7 {word(place, 'content')}".encode(), f"{word(place, 'file')}.pdf")
    file = Attachment.add(row, by=people["proposer"], file=content, title=word(place, "attachment"))
    world.keep("files", file)
    if ground or procurement:
        row.receive(by=people["staff"])
    if ground:
        row.restrict(by=people["staff"], ground=ground)
    return world.keep("proposals", row)


def a_matter(world, place, *, ends=False):
    """Send a restricted matter to the members; a member cannot answer, the deputy is asked; or let all answer."""
    people, group = world.people, world.group
    deadline = clock.now() + dt.timedelta(days=5)
    texts = both(place, *TEXTS) | {"restricted_ground": word(place, "ground")}
    row = WrittenMatter.begin(by=group.secretary, body=group.body, deadline=deadline, **texts)
    row.answer(by=people["member"], position="for", because=word(place, "because"))
    row.step_aside(by=group.members[4], kind="hindered", ground=word(place, "aside"))
    if ends:
        row.answer(by=people["chair"], position="meeting")
    return world.keep("written", row)


def working(world):
    """Let a working group call a meeting: its own people read it, whatever is restricted or not."""
    people = world.people
    body = Body.found(
        by=people["staff"],
        name_fi="Työryhmä",
        name_sv="Arbetsgrupp",
        kind=BodyKind.WORKING,
        founded_on=dt.date(2026, 1, 1),
        seats=[SeatKind.MEMBER],
    )
    term = Term.objects.filter(body_of=world.group.body).first()
    appointment = term.appointment
    appointment.pk, appointment.body_of = None, body
    appointment.save()
    facts = {"body_of": body, "seat": body.seats.get(), "place": Place.MEMBER, "user": people["worker"]}
    Term.objects.create(appointment=appointment, period=(term.period.lower, term.period.upper), **facts)
    row = Meeting.plan(by=people["staff"], body=body, starts_at=soon(), ends_at=soon(hour=15))
    row.add(by=people["staff"], **both("working", *TEXTS))
    row.call(by=people["staff"])
    make_files()
    world.keep("meetings", row)
    world.keep("items", row.items.get())
    world.keep("agendas", AgendaPaper.objects.filter(meeting=row).first())


# --- The meeting and after -----------------------------------------------------------------------------------------


def after(world):
    """Hold meetings: one meets, one was held, one is with its checkers, one is published, of one all is open now."""
    meets_now(world)
    a_draft(world)
    with_checkers(world)
    told(world, "published")
    world.keep("meetings", *world.at["held"])
    told(world, "opened", opens=True)
    a_matter(world, "written", ends=True)
    for paper in MinutesPaper.objects.exclude(state=DocumentState.READY):
        paper.make()
    papers = MinutesPaper.objects.filter(language="fi").order_by("minutes_id", "form", "-pk")
    world.keep("prints", *papers.distinct("minutes_id", "form"))


def meets_now(world):
    """Let a meeting meet: a restricted item decided by roll call, another in hand with its vote open."""
    group, people = world.group, world.people
    items = ["Julkinen asia", closed("decided"), closed("inhand"), closed("waiting")]
    row = meeting(group, items=items, starts_at=clock.now())
    answer(row, group.members[4], "no")
    answer(row, group.members[5], "no", "yes")
    there = [*group.members[:4], group.members[5], people["called"], people["present"]]
    row.begin(by=group.secretary, present=[user.pk for user in [*there, group.secretary, group.expert]])
    first, decided, in_hand, _waiting = row.items.order_by("position")
    first.take_up(by=group.secretary)
    first.note(by=group.secretary, decision_fi="Merkittiin.", decision_sv="Antecknades.")
    decided.take_up(by=group.secretary)
    decided.conflict(by=group.secretary, user=people["conflicted"], ground=word("decided", "conflict"))
    decided.put(by=group.secretary, way="roll_call")
    voters = [user for user in there if user != people["conflicted"]]
    votes = {user.pk: Choice.FOR for user in voters} | {people["member"].pk: Choice.AGAINST}
    decided.cast_for(by=group.secretary, choices=votes)
    decided.close_vote(by=group.secretary)
    decided.dissent(by=group.secretary, user=people["member"], text=word("decided", "dissent"))
    a_task(world, "decided", decided_in=decided)
    decided.decide(by=group.secretary, **both("decided", *RECORDED), **names_of("decided"))
    in_hand.take_up(by=group.secretary)
    in_hand.write(by=group.secretary, before=None, **both("inhand", *RECORDED), **names_of("inhand"))
    in_hand.put(by=group.secretary, way="roll_call")
    a_paper(in_hand, "inhand", by=group.secretary)
    world.keep("papers", *ItemPaper.objects.filter(item=in_hand))
    world.keep("meetings", row)
    world.keep("meets", row)
    world.keep("items", *row.items.order_by("position")[1:])


def names_of(place):
    """Return who proposed and who seconded."""
    return {f"{name}_by": word(place, name) for name in ("proposed", "seconded")}


def was_held(world, place, *, third=None, **more):
    """Return a closed meeting with a public item and a restricted one, and what was recorded of that."""
    items = [
        {
            "title_fi": "Avaus",
            "title_sv": "Öppning",
            "outcome": "noted",
            "decision_fi": "M.",
            "decision_sv": "A.",
        },
        closed(place, *RECORDED, **dealt(place), **more),
    ]
    row = held(world.group, items=items + ([third] if third else []))
    beside(world, row, 2, place)
    world.keep("items", *row.items.filter(number__gt=1))
    world.keep("held", row)
    return row


def a_draft(world):
    """Close a meeting whose minutes nobody has touched."""
    was_held(world, "held")


def with_checkers(world):
    """Send minutes to two checkers, of whom one wants the restricted item corrected."""
    found = sent(was_held(world, "checking"), world.group, checkers=(2, 3))
    found.remark(
        by=found.first_checker, item=found.meeting.items.get(number=2), text=word("checking", "remark")
    )


def told(world, place, *, opens=False):
    """Publish minutes with a correction and an extract of the restricted item; or open it and publish them anew."""
    staff, group = world.people["staff"], world.group
    answered = a_proposal(world, f"{place}answer")
    answered.receive(by=staff)
    row = was_held(world, place, proposal=answered, third=None if opens else in_tender(world))
    item = row.items.get(number=2)
    Proposal.objects.filter(pk=answered.pk).update(
        state="decided", answer="accepted", decided_in=item, decided_on=clock.today(), **both(place, "reason")
    )
    found = published(row, group)
    found.signed_file.save("signed.pdf", ContentFile(f"%PDF-1.7 {word(place, 'signed')}".encode()))
    found.correct(
        by=group.secretary, item=item, names_checked=True, **both(place, "was", "right"), **because(place)
    )
    found.extract(by=group.secretary, item=item)
    if opens:
        item.refresh_from_db()
        item.open(by=group.secretary, contains_volumes=False)
        Minutes.objects.get(pk=found.pk).publish(by=group.secretary, names_checked=True)
    return found


def in_tender(world):
    """Return an item that was decided while the tender runs which it concerns; nobody has put a ground on it."""
    tender = brought_to(announced(world.people["staff"]), "tendering")
    return both("tendered", *TEXTS, *RECORDED) | dealt("tendered") | {"concerns": tender}


def because(place):
    """Return why a correction was made."""
    return {f"reason_{code}": word(place, "because", code) for code in LANGUAGES}


def letters(media):
    """Return (address, template, all that a letter and its files tell) of each letter. ``media``: where files lie."""
    for letter in OutgoingEmail.objects.all():
        files = [(media / file["path"]).read_bytes().decode(errors="replace") for file in letter.attachments]
        yield (
            letter.to,
            letter.template,
            "\n".join([letter.subject, letter.body, str(letter.attachments), *files]),
        )
