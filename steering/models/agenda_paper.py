"""The agenda as a file: one for everybody, without what is not public, and one for those who read all of it."""

from django.db import models, transaction
from django.db.models import Exists, Func, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from consortium import clock
from consortium.documents import request_document
from consortium.models import AccessLog, Document, DocumentQuerySet, DocumentState
from consortium.models.audit import AccessKind
from consortium.templatetags.portal import clock_time, long_weekday_day
from steering import agenda_sheet
from steering.models.meeting import Item, Meeting
from steering.models.words import BodyKind, MeetingState

LANGUAGES = ("fi", "sv")
FILES = {"fi": "esityslista", "sv": "foredragningslista"}


class ReadBy(models.TextChoices):
    """For whom a file of the agenda is made."""

    ALL = "all", gettext_lazy("for everybody")
    SEATED = "seated", gettext_lazy("for those who sit")


class AgendaPaperQuerySet(DocumentQuerySet):
    """Questions to the files of agendas."""

    def visible_to(self, user):
        """Return those a person, or a visitor, may read: with restricted items only who reads every one of them.

        Of the files for everybody the newest, and none that tells of an item which is not public any more.
        """
        told = Meeting.objects.visible_to(user).filter(called_on__isnull=False)
        seen = Q(
            read_by=ReadBy.ALL,
            meeting__in=told.values("pk"),
            pk__in=self.model.objects.for_all().values("pk"),
        )
        if user.is_authenticated:
            if user.is_staff:
                return self
            readable = Item.objects.open_to_readers(user).values("pk")
            kept = Item.objects.filter(meeting__in=told.values("pk")).exclude(pk__in=readable)
            seen |= Q(read_by=ReadBy.SEATED, meeting__in=told.values("pk")) & ~Q(
                meeting__in=kept.values("meeting")
            )
        return self.filter(seen)

    def newest(self):
        """Return the newest of each meeting, readers and language."""
        names = ("meeting_id", "read_by", "language")
        return self.order_by(*names, "-pk").distinct(*names)

    def for_all(self, today=None):
        """Return the newest files for everybody that keep back whatever is kept back on a day."""
        newer = self.model.objects.filter(
            meeting=OuterRef("meeting"),
            language=OuterRef("language"),
            read_by=ReadBy.ALL,
            pk__gt=OuterRef("pk"),
        )
        known = Func(
            OuterRef("figures__kept_back"),
            Cast("pk", models.TextField()),
            function="jsonb_exists",
            output_field=models.BooleanField(),
        )
        told = (
            Item.objects.restricted(today)
            .filter(meeting=OuterRef("meeting"))
            .alias(known=known)
            .exclude(known=True)
        )
        return self.filter(~Exists(newer), ~Exists(told), read_by=ReadBy.ALL)

    def open_files(self, meeting):
        """Return the files for everybody, once they are there in all languages; None while one is still to come."""
        rows = list(self.filter(meeting=meeting).for_all().order_by("language"))
        done = len(rows) == len(LANGUAGES) and all(row.state == DocumentState.READY for row in rows)
        return rows if done else None


class AgendaPaper(Document):
    """The agenda of a meeting as PDF in one language, as it was when it was asked for. A later one is a new row."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agenda_papers")
    read_by = models.CharField(gettext_lazy("for whom"), max_length=6, choices=ReadBy)

    objects = AgendaPaperQuerySet.as_manager()

    class Meta(Document.Meta):
        verbose_name = gettext_lazy("agenda as a file")
        verbose_name_plural = gettext_lazy("agendas as files")

    def __str__(self):
        return self.filename

    @classmethod
    def ask(cls, meeting, *, by):
        """Ask for the agenda as it stands now: for everybody and for those who sit, in both languages."""
        items = list(meeting.items.select_related("concerns", "proposal").prefetch_related("papers"))
        for read_by in ReadBy:
            for language in LANGUAGES:
                figures = told(meeting, items, language, whole=read_by == ReadBy.SEATED)
                row = cls(meeting=meeting, read_by=read_by, language=language, figures=figures)
                request_document(row, by=by)

    @property
    def filename(self):
        """Return the name under which it is downloaded."""
        return f"{FILES[self.language]}-{self.meeting.serial}-{self.meeting.year}-{self.language}.pdf"

    def make(self):
        """Make the file; the letters of the call leave with it, once the last of the files is there."""
        made = super().make()
        if made and self.meeting.state == MeetingState.CALLED:
            with transaction.atomic():
                self.meeting.send_call()
        return made

    def opened(self, by):
        """Keep in the log that somebody has opened the whole agenda, where something in it is not public."""
        if self.read_by == ReadBy.SEATED:
            what = f"steering.agendapaper {self.pk}"
            AccessLog.objects.create(kind=AccessKind.READ, user=by, what=what)

    def produce(self):
        """Make the page from what was frozen when it was asked for."""
        return self.filename, agenda_sheet.agenda(self.figures, self.language)


def told(meeting, items, language, *, whole):
    """Return the agenda as plain values in a language. ``whole``: with the items that are not public."""
    today = clock.today()
    with override(language):
        start = meeting.starts_at
        when = f"{long_weekday_day(start)} {clock_time(start)}–{clock_time(meeting.ends_at)}" if start else ""
        kind = meeting.body.kind
        return {
            "title": _("%(body)s: agenda %(number)s") % {"body": meeting.body.name, "number": meeting.number},
            "body": meeting.body.name,
            "number": meeting.number,
            "when": when,
            "place": meeting.place,
            "note": meeting.note,
            "made_on": today.isoformat(),
            "for_all": not whole,
            "is_steering": kind == BodyKind.STEERING,
            "kept_back": {str(item.pk): True for item in items if item.is_restricted(today)},
            "items": [_row(item, today, whole) for item in items],
        }


def _row(item, today, whole):
    restricted = item.is_restricted(today)
    if restricted and not whole:
        return {"number": item.position, "closed": True}
    papers = [
        paper.title
        for paper in item.papers.all()
        if paper.withdrawn_at is None and (whole or not paper.restricted_ground)
    ]
    return {
        "number": item.position,
        "closed": False,
        "title": item.title,
        "background": item.background,
        "proposed": item.proposed,
        "papers": papers,
        "ground": item.ground if restricted else "",
    }
