"""Who is called to a meeting, what each has answered, and the files that calendars have been given."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from steering import call_emails
from steering.invitation import Method
from steering.models.meeting import Meeting
from steering.models.term import Term
from steering.models.words import Coming, MeetingState, Place, SeatKind


class CallQuerySet(models.QuerySet):
    """Questions to the calls."""

    def standing(self):
        """Return those that have not been taken back."""
        return self.filter(released_at__isnull=True)

    def unanswered(self, moment=None):
        """Return those of coming meetings that wait for an answer, the next meeting first."""
        rows = self.standing().filter(coming="", meeting__state=MeetingState.CALLED)
        return rows.filter(meeting__ends_at__gte=moment or clock.now()).order_by("meeting__starts_at")


class Call(models.Model):
    """One person called to one meeting: members, experts, secretary with the call, a deputy once the member says no.

    From ``called_at`` on the papers are open to the person; ``released_at``: the member comes after all.
    ``told_at``: the letter has been written; it waits for the agenda's files.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="calls")
    term = models.ForeignKey(Term, models.PROTECT, related_name="calls")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calls")
    called_at = models.DateTimeField(_("called"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(_("not needed any more"), null=True, blank=True)
    coming = models.CharField(_("answer"), max_length=3, choices=Coming, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # the last one sent to this person

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["term__seat__number", "-term__place"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "term"], name="call_once"),
            models.CheckConstraint(
                name="call_answered_has_time",
                condition=Q(coming="", answered_at__isnull=True)
                | ~Q(coming="") & Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.meeting_id} {self.user_id}"

    def get_absolute_url(self):
        """Return the meeting's page."""
        return self.meeting.get_absolute_url()

    @property
    def has_vote(self):
        """Tell whether the person sits with a vote when coming."""
        return self.term.seat.kind == SeatKind.MEMBER

    @property
    def as_deputy(self):
        """Tell whether the person comes in a member's place."""
        return self.has_vote and self.term.place == Place.DEPUTY

    def still_tells(self, template):
        """Tell whether a letter about it is still true when it is about to leave."""
        name = template.rpartition("/")[2]
        if name == "meeting_cancelled":
            return self.meeting.state == MeetingState.CANCELLED
        if name == "meeting_released":
            return self.released_at is not None
        return self.released_at is None and self.meeting.state != MeetingState.CANCELLED

    def tell(self, meeting, papers, *, instead=None):
        """Write to the person with a calendar file and the public agenda. ``instead``: the member's call."""
        self.told_at = clock.now()
        call_emails.called(self, meeting, papers, instead)
        self.save()

    def tell_change(self, meeting, before):
        """Write to the person that the meeting has another time or place. ``before``: when it was to begin."""
        call_emails.changed(self, meeting, before)
        self.save()

    def release(self, meeting, *, instead=None, because=""):
        """Take the call back. ``because``: the member comes after all, or "moved", "term" or "seated".

        The meeting has moved out of the person's term; the term ends before it; the seat has got a member.
        """
        self.released_at = clock.now()
        self.coming, self.answered_at = "", None
        if self.told_at is not None:
            call_emails.released(self, meeting, instead, because)
        self.save()

    def renew(self, meeting):
        """Call the person again who was released: calendars that have cancelled a state take only a later one in."""
        meeting.sequence, meeting.changed_at = meeting.sequence + 1, clock.now()
        self.released_at, self.called_at, self.told_at = None, clock.now(), None
        self.coming, self.answered_at = "", None
        self.save()

    def calendar_file(self, meeting, method, content):
        """Keep a calendar file as it was sent. Returns the row."""
        self.sequence = meeting.sequence
        row = CalendarFile(call=self, method=method, sequence=meeting.sequence)
        row.file.save("meeting.ics", ContentFile(content), save=False)
        row.save()
        return row


class CalendarFile(models.Model):
    """A calendar file as it was sent to one person: the request, or its cancellation. Never changed."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="files")
    method = models.CharField(max_length=7, choices=[(method.value, method.value) for method in Method])
    sequence = models.PositiveIntegerField()
    file = models.FileField(upload_to="calendar/%Y/", max_length=300)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("calendar file")
        verbose_name_plural = _("calendar files")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.call_id} {self.method} {self.sequence}"

    @property
    def content_type(self):
        """Return the media type with what the file asks of a calendar; the letter adds in which charset it is."""
        return f"text/calendar; method={self.method}"

    def as_attachment(self):
        """Return what a letter needs to carry the file."""
        return {"name": "meeting.ics", "path": self.file.name, "type": self.content_type}
