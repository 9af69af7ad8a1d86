"""The practice copy's steering group: its people, proposals, meetings and papers. Nothing here happened."""

from steering import demo_group, demo_meetings, demo_minutes, demo_plan, demo_proposals, demo_written

STAFF = "palvelukeskus@konsortio.example"
# f(body, people, today): what each subject adds once the group is there, in this order
LATER = (demo_proposals.add, demo_minutes.add, demo_written.add, demo_meetings.add, demo_plan.add)


def live(people, today):
    """Add the steering group to the story, up to today. Returns nothing to show: they are rows."""
    body = demo_group.seat(people[STAFF], today)
    for add in LATER:
        add(body, people, today)
    return []
