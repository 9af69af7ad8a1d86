"""The service centre's letter of the day: what waits, deadlines first, and our own deadlines."""

import logging

from django.db import IntegrityError, transaction
from django.utils import translation

from consortium import clock, emails, gather
from consortium.deadlines import is_working_day
from consortium.models import Digest, User

log = logging.getLogger(__name__)
JULY = 7
NAMED = 20  # so many are named; the page behind the link has them all


def write_all(today=None):
    """Write each person of the service centre who wants summaries what waits. Returns how many letters.

    Once a person and day, however often it runs; never on a closed day or in July, never when nothing waits.
    """
    today = today or clock.today()
    if today.month == JULY or not is_working_day(today):
        return 0
    staff = User.objects.filter(is_staff=True, is_active=True, wants_summaries=True)
    return sum(write(user, today) for user in staff.order_by("pk") if user.may_enter(today))


def write(user, today):
    """Write one person's summary of the day. Returns whether there was something to say that was not yet said."""
    if Digest.objects.filter(user=user, on=today).exists():
        return False
    with translation.override(user.language):
        tasks = sorted(gather.collect(gather.STAFF_HOME, user, today), key=gather.by_deadline)
        deadlines = sorted(gather.collect(gather.STAFF_DEADLINES, user, today), key=gather.by_deadline)
    if not tasks:
        return False
    try:
        with transaction.atomic():
            letter = emails.queue(
                "consortium/emails/digest",
                user.email,
                user.language,
                count=len(tasks),
                tasks=tasks[:NAMED],
                more=max(0, len(tasks) - NAMED),
                deadlines=deadlines[:NAMED],
                url=emails.personal(emails.absolute("home", user.language), user),
            )
            letter.about = Digest.objects.create(user=user, on=today, letter=letter)
            letter.save(update_fields=["about_type", "about_id"])
    except IntegrityError:  # another process was faster, and its letter is on its way
        log.info("summary of %s: already written", today)
        return False
    return True
