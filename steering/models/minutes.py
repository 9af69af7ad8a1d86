"""The minutes of a meeting: drafted from its records, checked by two, signed, published, corrected beside the text."""

from functools import reduce

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.documents import request_document
from consortium.workflow import Workflow, refuse_day
from steering import minutes as composed
from steering import minutes_emails, minutes_paper, minutes_record
from steering.meeting import Fault, Restriction, faults
from steering.models.facts import facts_of
from steering.models.meeting import Item, Meeting
from steering.models.minutes_notes import FAULTS, OVERTAKEN, Correction, MinutesQuerySet, Remark
from steering.models.minutes_papers import MinutesPaper, PaperForm, last_day_of_names
from steering.models.words import MeetingState, MinutesState, Outcome

LANGUAGES = ("fi", "sv")
TEXTS = ("title", "discussion", "decision")


class Minutes(Workflow):
    """The minutes of one meeting. Drafts follow the records; sent to the checkers they are frozen in ``full``."""

    STEPS = {
        "name_checkers": ({MinutesState.DRAFT}, None),
        "word": ({MinutesState.DRAFT}, None),
        "send": ({MinutesState.DRAFT}, MinutesState.CHECKING),
        "approve": ({MinutesState.CHECKING}, None),  # checked once both have
        "remark": ({MinutesState.CHECKING}, None),
        "rework": ({MinutesState.CHECKING, MinutesState.CHECKED}, MinutesState.DRAFT),
        "sign": ({MinutesState.CHECKED}, MinutesState.SIGNED),
        "publish": ({MinutesState.SIGNED, MinutesState.PUBLISHED}, MinutesState.PUBLISHED),
        "correct": ({MinutesState.SIGNED, MinutesState.PUBLISHED}, None),
        "extract": ({MinutesState.CHECKED, MinutesState.SIGNED, MinutesState.PUBLISHED}, None),
    }

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes")
    state = models.CharField(_("state"), max_length=10, choices=MinutesState, default=MinutesState.DRAFT)
    first_checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("first checker")
    )
    second_checker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("second checker"),
    )
    sent_at = models.DateTimeField(_("sent to be checked"), null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    first_approved_at = models.DateTimeField(null=True, editable=False)
    second_approved_at = models.DateTimeField(null=True, editable=False)
    full = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)
    signed_file = models.FileField(_("signed minutes"), upload_to="minutes/%Y/", max_length=300, blank=True)
    signed_on = models.DateField(_("signed"), null=True, blank=True)
    first_published_on = models.DateField(_("first published"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    objects = MinutesQuerySet.as_manager()

    TRIGGERS = {
        "minutes_kept_once_sent": _(
            "The minutes have been sent to be checked. Take them back to the draft first."
        ),
    }

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ["-meeting__year", "-meeting__serial"]
        constraints = [
            models.CheckConstraint(
                name="minutes_two_checkers",
                condition=Q(first_checker__isnull=True, second_checker__isnull=True)
                | Q(first_checker__isnull=False, second_checker__isnull=False)
                & ~Q(first_checker=F("second_checker")),
                violation_error_message=_("Two different people check the minutes."),
            ),
            models.CheckConstraint(
                name="minutes_frozen_when_sent",
                condition=Q(state="draft", full={}, sent_at__isnull=True)
                | ~Q(state="draft") & ~Q(full={}) & Q(sent_at__isnull=False, first_checker__isnull=False),
            ),
            models.CheckConstraint(
                name="minutes_checked_by_both",
                condition=Q(state="draft", first_approved_at__isnull=True, second_approved_at__isnull=True)
                | Q(state="checking")
                | Q(
                    state__in=["checked", "signed", "published"],
                    first_approved_at__isnull=False,
                    second_approved_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="minutes_signed_has_file",
                condition=Q(
                    state__in=["draft", "checking", "checked"], signed_file="", signed_on__isnull=True
                )
                | Q(state__in=["signed", "published"], signed_on__isnull=False) & ~Q(signed_file=""),
                violation_error_message=_("Signed minutes have their file and the day of signing."),
            ),
            models.CheckConstraint(
                name="minutes_published_has_time",
                condition=Q(state="published", published_at__isnull=False, first_published_on__isnull=False)
                | ~Q(state="published") & Q(published_at__isnull=True, first_published_on__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.meeting}"

    def get_absolute_url(self):
        """Return the page of the minutes."""
        return reverse("steering:minutes", args=[self.meeting_id])

    @property
    def body(self):
        """Return the body whose minutes they are."""
        return self.meeting.body

    @property
    def checkers(self):
        """Return the two who check, each with the moment of the approval or None; empty while nobody is named."""
        if self.first_checker_id is None:
            return []
        return [
            (self.first_checker, self.first_approved_at),
            (self.second_checker, self.second_approved_at),
        ]

    def awaits(self, user):
        """Tell whether the person is a checker who has not approved yet."""
        waiting = {row.pk for row, approved_at in self.checkers if approved_at is None}
        return self.state == MinutesState.CHECKING and user.pk in waiting

    # --- What they say ---

    @classmethod
    def of(cls, meeting):
        """Return the minutes of a closed meeting; a draft that nobody has touched has no row yet."""
        found = cls.objects.select_related("first_checker", "second_checker").filter(meeting=meeting).first()
        if found is not None:
            found.meeting = meeting
        return found or cls(meeting=meeting)

    def begin(self):
        """Write the row of a draft unless somebody has. Returns it. Raises ValidationError before the close."""
        with transaction.atomic():
            meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=self.meeting_id)
            if meeting.state != MeetingState.CLOSED:
                raise ValidationError(_("Minutes are written when the meeting has ended."))
            return type(self).objects.get_or_create(meeting=meeting)[0]

    def facts(self, language):
        """Return the facts of the meeting, its checkers included."""
        checkers = [row.pk for row, _approved in self.checkers]
        return facts_of(self.meeting, language, checkers=checkers)

    def whole(self, language):
        """Return the Minutes in a language, full form, with corrections. Raises steering.minutes.Untrue for a draft."""
        if not self.full:
            return composed.compose(self.facts(language))
        text = minutes_record.read_back(self.full[language])
        return reduce(composed.correct, [row.told(language) for row in self._corrections()], text)

    def _corrections(self):
        return self.corrections.select_related("item", "by").order_by("pk")

    def limits(self, today=None):
        """Return section → Restriction or None of every item, as they stand on a day."""
        today = today or clock.today()
        found = {}
        for row in self.meeting.items.filter(number__isnull=False).select_related("concerns", "proposal"):
            until = row.restricted_until if (row.restricted_until or today) > today else None
            limit = Restriction(row.ground or row.restricted_ground, until)
            found[row.number] = limit if row.is_restricted(today) else None
        return found

    def shown(self, language, today=None):
        """Return the published form on a day: no restricted items, and no names once their time is over (A 49)."""
        today = today or clock.today()
        text = composed.published(minutes_record.limited(self.whole(language), self.limits(today)), today)
        return text if self.shows_names(today) else minutes_record.nameless(text)

    def seen_by(self, user, language):
        """Return what a person who reads them before or behind the publication sees: of some items only the number."""
        items = self.meeting.items.filter(number__isnull=False)
        readable = set(Item.objects.visible_to(user).filter(pk__in=items).values_list("number", flat=True))
        text = minutes_record.limited(self.whole(language), self.limits())
        return minutes_record.without(text, {entry.number for entry in text.entries} - readable)

    @property
    def names_until(self):
        """Return the last day on which the published form names people, or None before the publication."""
        return last_day_of_names(self.first_published_on) if self.first_published_on else None

    def shows_names(self, today=None):
        """Tell whether the published form still names people."""
        return self.names_until is None or (today or clock.today()) <= self.names_until

    def names_found(self):
        """Return (section, name) for each person whose name stands in a free text, in either language."""
        found = set()
        for language in LANGUAGES:
            text = self.whole(language)
            people = minutes_record.people_of(text)
            bare = minutes_record.nameless(minutes_record.once_open(text))
            found |= {(number, person.name) for number, person in composed.names_left(bare, people)}
        return sorted(found)

    def paper_for_all(self, language, today=None):
        """Return the newest paper that everybody may have today, or None where it is no longer true."""
        today = today or clock.today()
        form = PaperForm.PUBLISHED if self.shows_names(today) else PaperForm.NAMELESS
        paper = self.papers.filter(form=form, language=language).order_by("-pk").first()
        return paper if paper is not None and set(self.closed(today)) <= set(paper.hides) else None

    def closed(self, today=None):
        """Return the sections of the items that are not public on a day."""
        return sorted(number for number, limit in self.limits(today).items() if limit is not None)

    def is_outdated(self, today=None):
        """Tell whether published papers hide other items than are restricted today: they are to be published anew."""
        if self.state != MinutesState.PUBLISHED:
            return False
        paper = self.papers.filter(form=PaperForm.PUBLISHED).order_by("-pk").first()
        return paper is None or sorted(paper.hides) != self.closed(today)

    # --- Steps ---

    def name_checkers(self, *, by, first, second):
        """Say who of those who sat in the meeting check the minutes."""
        with self.step("name_checkers", by=by, first=first.pk, second=second.pk):
            self.first_checker, self.second_checker = first, second
            if Fault.CHECKERS in {found.code for found in faults(self.facts("fi"))}:
                raise ValidationError(FAULTS[Fault.CHECKERS])

    def word(self, *, by, item, revision, **texts):
        """Write an item's texts better in the draft. ``revision``: the one that the form began from."""
        with transaction.atomic():
            Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=self.meeting_id)
            with self.step("word", by=by, section=item.number, fields=sorted(texts)):
                row = self.meeting.items.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
                if revision != row.revision:
                    raise ValidationError(OVERTAKEN, code="overtaken")
                for name, value in texts.items():
                    setattr(row, name, value)
                row.revision += 1
                row.full_clean(validate_unique=False)
                row.save()

    def hindrances(self):
        """Return in words what stands between the draft and its checking."""
        found = [
            FAULTS[fault.code] % {"number": fault.number} if fault.number else FAULTS[fault.code]
            for fault in faults(self.facts("fi"))
        ]
        for item in self.meeting.items.filter(outcome__in=[Outcome.DECIDED, Outcome.NOTED], decision_sv=""):
            found.append(_("§ %(number)s: the decision has no Swedish text.") % {"number": item.number})
        return found

    def send(self, *, by):
        """Freeze the draft in both languages, have it printed, and ask the checkers by letter."""
        with self.step("send", by=by):
            if found := self.hindrances():
                raise ValidationError(found)
            texts = {language: composed.compose(self.facts(language)) for language in LANGUAGES}
            self.full = {language: minutes_record.kept(text) for language, text in texts.items()}
            self.sent_at, self.sent_by = clock.now(), by
            self._print(PaperForm.FULL, texts, by=by)
            for checker, _approved in self.checkers:
                minutes_emails.asked_to_check(self, checker)

    def approve(self, *, by):
        """Approve as one of the two checkers; once both have, the minutes are checked."""
        with self.step("approve", by=by):
            if not self.awaits(by):
                raise ValidationError(_("You have approved these minutes already."), code="approved")
            if by.pk == self.first_checker_id:
                self.first_approved_at = clock.now()
            else:
                self.second_approved_at = clock.now()
            if self.first_approved_at and self.second_approved_at:
                self.state = MinutesState.CHECKED

    def remark(self, *, by, item=None, text):
        """Say as a checker what should be corrected before the minutes are approved; who sent them is told."""
        with self.step("remark", by=by, section=item.number if item else None):
            if not self.awaits(by):
                raise ValidationError(_("You have approved these minutes already."), code="approved")
            row = Remark(minutes=self, item=item, by=by, text=text)
            row.full_clean(exclude=["by"])
            row.save()
            minutes_emails.remarked(self, row)

    def rework(self, *, by, reason):
        """Take them back to the draft; both checkers approve anew."""
        with self.step("rework", by=by, reason=reason):
            self.full, self.sent_at, self.sent_by = {}, None, None
            self.first_approved_at = self.second_approved_at = None
            self.remarks.filter(answered_at__isnull=True).update(answered_at=clock.now())

    def sign(self, *, by, file, signed_on):
        """Put the signed file to the checked minutes."""
        with self.step("sign", by=by, signed_on=signed_on):
            refuse_day("signed_on", signed_on, since=clock.date_of(self.meeting.closed_at))
            self.signed_file, self.signed_on = file, signed_on

    def publish(self, *, by, names_checked=False):
        """Publish, or publish anew, the form without restricted items; whose names stay in free texts is asked."""
        with self.step("publish", by=by) as details:
            self._publish(by, names_checked, details)

    def _publish(self, by, names_checked, details):
        found = self.names_found()
        details["names"] = len(found)
        if found and not names_checked:
            raise ValidationError({"names_checked": _("Look at the names below and say that they may stay.")})
        self.first_published_on = self.first_published_on or clock.today()
        self.published_at = clock.now()
        today = clock.today()
        whole = {
            language: minutes_record.limited(self.whole(language), self.limits(today))
            for language in LANGUAGES
        }
        texts = {language: composed.published(text, today) for language, text in whole.items()}
        self._print(PaperForm.PUBLISHED, texts, by=by)
        bare = {language: minutes_record.nameless(text) for language, text in texts.items()}
        self._print(PaperForm.NAMELESS, bare, by=by)

    def _print(self, form, texts, *, by):
        for language, text in texts.items():
            figures, hides = minutes_paper.told(text, language), minutes_record.hidden(text)
            paper = MinutesPaper(minutes=self, form=form, language=language, figures=figures, hides=hides)
            request_document(paper, by=by)

    def correct(self, *, by, item, names_checked=False, **said):
        """Put a dated correction of an item beside the old text; published minutes are published anew with it."""
        with self.step("correct", by=by, section=item.number) as details:
            row = Correction(minutes=self, item=item, by=by, on=clock.today(), **said)
            row.full_clean(exclude=["by"])
            row.save()
            if self.state == MinutesState.PUBLISHED:
                self._publish(by, names_checked, details)

    def extract(self, *, by, item):
        """Have an extract of one item printed in both languages."""
        with self.step("extract", by=by, section=item.number):
            for language in LANGUAGES:
                text = minutes_record.limited(self.whole(language), self.limits())
                figures = minutes_paper.told_extract(composed.extract(text, item.number), language)
                paper = MinutesPaper(
                    minutes=self,
                    form=PaperForm.EXTRACT,
                    section=item.number,
                    language=language,
                    figures=figures,
                )
                request_document(paper, by=by)
