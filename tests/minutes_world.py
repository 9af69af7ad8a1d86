"""A meeting that was held, straight into the tables: who came and went, items decided, noted and restricted."""

import datetime as dt

from django.core.files.base import ContentFile

from consortium import clock
from steering.models import Action, Conflict, Item, Minutes, Movement
from tests.steering_world import meeting

RESTRICTED = "621/1999 24 § 1 mom. 17 k"
DECIDED = {"outcome": "decided", "decision_fi": "Hyväksyttiin.", "decision_sv": "Godkändes."}
NOTED = {"outcome": "noted", "decision_fi": "Merkittiin.", "decision_sv": "Antecknades."}
ITEMS = [
    {"title_fi": "Kokouksen avaus", "title_sv": "Mötet öppnas", **NOTED},
    {"title_fi": "Toimintasuunnitelma", "title_sv": "Verksamhetsplan", **DECIDED},
    {
        "title_fi": "Tarjouskilpailu Kuikka",
        "title_sv": "Anbudstävlan Lommen",
        "restricted_ground": RESTRICTED,
        **DECIDED,
        "decision_fi": "Valittiin Kuikka.",
        "decision_sv": "Lommen valdes.",
    },
]


def at(on, hour, minute=0):
    """Return a moment of a day in Helsinki."""
    return dt.datetime.combine(on, dt.time(hour, minute), tzinfo=clock.HELSINKI)


def held(group, *, items=None, on=None, state="closed", absent=(), visitor="", expert=True):
    """Return a closed meeting of the group, of today or of a day, held from 13 to 15; all members were there."""
    on = on or clock.today()
    opened, closed = at(on, 13), at(on, 15)
    row = meeting(group, starts_at=opened)
    there = [user for user in group.members if user not in absent]
    there += [user for user in (group.secretary, group.expert if expert else None) if user]
    marks = [
        Movement(meeting=row, user=user, at=opened, kind="arrived", marked_by=group.by) for user in there
    ]
    if visitor:
        marks.append(Movement(meeting=row, visitor=visitor, at=opened, kind="arrived", marked_by=group.by))
    Movement.objects.bulk_create(marks)
    items = ITEMS if items is None else items
    for number, told in enumerate(items, start=1):
        began = opened + dt.timedelta(minutes=5 * number)
        times = {"opened_at": began, "closed_at": began + dt.timedelta(minutes=5)}
        Item.objects.create(meeting=row, position=number, number=number, **times, **told)
    type(row).objects.filter(pk=row.pk).update(state=state, opened_at=opened, closed_at=closed)
    row.refresh_from_db()
    return row


def in_conflict(row, number, user, ground="toimittajan hallituksen jäsen"):
    """Write down that somebody was in conflict in an item."""
    item = row.items.get(number=number)
    return Conflict.objects.create(
        item=item,
        user=user,
        ground=ground,
        left_at=item.opened_at,
        back_at=item.closed_at,
        marked_by=row.made_by,
    )


def task(row, number, owner, text="Valmistellaan musiikkipalvelu."):
    """Write down an action decided in an item."""
    item = row.items.get(number=number)
    due_on = clock.today() + dt.timedelta(days=30)
    return Action.objects.create(
        text_fi=text, text_sv=f"{text} (sv)", owner=owner, due_on=due_on, decided_in=item, made_by=owner
    )


def drafted(row):
    """Return the minutes of a held meeting as a draft with its row."""
    return Minutes.of(row).begin()


def sent(row, group, checkers=(1, 2)):
    """Return the minutes of a held meeting, sent to two checkers."""
    found = drafted(row)
    first, second = (group.members[number] for number in checkers)
    found.name_checkers(by=group.secretary, first=first, second=second)
    found.send(by=group.secretary)
    return found


def checked(row, group):
    """Return the minutes of a held meeting, approved by both checkers."""
    found = sent(row, group)
    found.approve(by=found.first_checker)
    found.approve(by=found.second_checker)
    return found


def signed(row, group):
    """Return the minutes of a held meeting with their signed file."""
    found = checked(row, group)
    found.sign(
        by=group.secretary, file=ContentFile(b"%PDF-1.7 signed", "signed.pdf"), signed_on=clock.today()
    )
    return found


def published(row, group, **said):
    """Return the minutes of a held meeting, published."""
    found = signed(row, group)
    found.publish(by=group.secretary, names_checked=True, **said)
    return found
