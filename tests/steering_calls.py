"""Meetings before they begin, for tests: planned and called by their verbs, the files made as the worker makes them."""

import datetime as dt

from django.core.files.base import ContentFile

from consortium import clock
from consortium.models import OutgoingEmail
from steering.models import AgendaPaper, DatePoll, ItemPaper, Meeting, SeatKind

PDF = b"%PDF-1.7 a small stand-in"


def soon(days=20, hour=13):
    """Return an hour of Helsinki's day some days ahead."""
    day = clock.today() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour), tzinfo=clock.HELSINKI)


def planned(group, *titles, **facts):
    """Return a meeting planned by its verb, with items of its own."""
    facts = {"starts_at": soon(), "ends_at": soon(hour=15), "place": "Oodi"} | facts
    row = Meeting.plan(by=group.secretary, body=group.body, **facts)
    for title in titles:
        row.add(by=group.secretary, title_fi=title, title_sv=f"{title} (sv)")
    return row


def make_files():
    """Make the agendas' files, as the worker does."""
    for paper in AgendaPaper.objects.unfinished().order_by("pk"):
        paper.make()


def called(group, *titles, **facts):
    """Return a meeting that has been called, its letters written."""
    row = planned(group, *titles or ("Budjetti",), **facts)
    row.call(by=group.secretary)
    make_files()
    row.refresh_from_db()
    return row


def paper(item, *, by, **facts):
    """Add a small file to an item. Returns the paper."""
    told = {"title": "Muistio", "language": "fi", "contains_volumes": False} | facts
    return ItemPaper.add(item, by=by, file=ContentFile(PDF, name="muistio.pdf"), **told)


def letters(user, template=""):
    """Return the letters to a person, the oldest first."""
    return list(OutgoingEmail.objects.filter(to=user.email, template__endswith=template).order_by("pk"))


def calls_pages(group, people):
    """Return {URL name: arguments} of the pages of meetings before they begin, of agendas, papers and polls."""
    asked = planned(group, starts_at=None, ends_at=None)
    days = [(soon(30), soon(30, 15)), (soon(31), soon(31, 15))]
    without = planned(group, starts_at=None, ends_at=None)
    DatePoll.ask(asked, by=group.secretary, days=days, answer_by=soon(5).date())
    draft = planned(group, "Luonnos")
    meeting = planned(group, "Talousarvio", "Muut asiat")
    meeting.call(by=group.secretary)
    first, second = meeting.items.order_by("position")
    second.restrict(by=group.secretary, ground="621/1999, 24 §")
    open_paper = paper(first, by=group.secretary)
    closed = paper(first, by=group.secretary, restricted_ground="621/1999, 24 §")
    agenda = AgendaPaper.objects.filter(meeting=meeting).for_all().first()
    agenda.make()
    at = {
        f"steering:meeting_{verb}": {"pk": meeting.pk} for verb in ("change", "cancel", "answer", "calendar")
    }
    at |= {f"steering:meeting_{verb}": {"pk": draft.pk} for verb in ("edit", "call")}
    at |= {f"steering:item_{verb}": {"pk": first.pk} for verb in ("edit", "move", "restrict")}
    at |= {f"steering:poll{verb}": {"pk": asked.pk} for verb in ("", "_choose")}
    return at | {
        "steering:meeting": {"pk": meeting.pk},
        "steering:agenda_again": {"pk": meeting.pk},
        "steering:agenda_file": {"pk": agenda.pk},
        "steering:poll_new": {"pk": without.pk},
        "steering:item_new": {"pk": meeting.pk},
        "steering:item": {"pk": first.pk},
        "steering:item_open": {"pk": second.pk},
        "steering:item_remove": {"pk": draft.items.get().pk},
        "steering:paper_new": {"pk": first.pk},
        "steering:paper_file": {"pk": open_paper.pk},
        "steering:paper_open": {"pk": closed.pk},
        "steering:paper_restrict": {"pk": open_paper.pk},
        "steering:paper_withdraw": {"pk": open_paper.pk},
    }


class _Prepared:
    """The practice copy's own group as these functions need it."""

    def __init__(self, body):
        self.body = body
        self.secretary = body.terms.on(clock.today()).get(seat__kind=SeatKind.SECRETARY).user


def calls_scene(body, people):
    """Return {name: arguments} of the pages that are looked at."""
    return calls_pages(_Prepared(body), people)
