"""Letters on their way: one row a recipient, written in the transaction of the act they tell about."""

import datetime as dt
import logging
import re
import smtplib
from email.utils import make_msgid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage, get_connection
from django.db import connection as database
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consortium import clock

log = logging.getLogger(__name__)
PRACTICE_ENDINGS = (".example", ".invalid", ".test", "@localhost")
ABOUT_OURSELVES = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
)
CLOSING, TOO_LARGE = 421, 552  # the relay hangs up on everybody; it will never take a letter of this size
NOTE = """
    UPDATE consortium_outgoingemail
    SET state = %s, tries = %s, next_try_at = %s, reason = %s, sent_at = %s, subject = %s,
        body = CASE WHEN %s THEN '' ELSE body END
    WHERE id = %s AND state = %s
"""  # by hand: put together by the ORM for each letter it cost a tenth of a mailing
DIGIT = re.compile(r"\d")
NOT_FROM_A_COPY = "a practice copy writes only to addresses that end in .example or .invalid"


class MailState(models.TextChoices):
    """Where a letter is."""

    QUEUED = "queued", _("waiting to leave")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")
    RETURNED = "returned", _("came back")
    DROPPED = "dropped", _("not sent: no longer true")


class Hindrance(models.TextChoices):
    """Why a letter is not sent again."""

    SENT_AGAIN = "sent_again", _("This letter has already been sent again.")
    NOT_OUT = "not_out", _("This letter has not been out: there is nothing to send again.")
    BLANK = "blank", _("Its text was for its reader alone and is not kept. It is asked for anew.")
    UNTRUE = "untrue", _("What the letter says no longer holds. It is not sent again.")


class Reader(models.TextChoices):
    """As whom the recipient is written to."""

    PERSON = "person", _("person")
    REGISTRY = "registry", _("registry")


class Priority(models.IntegerChoices):
    """Who goes first: a code someone is waiting for, then single letters, then mailings."""

    CODE = 0, _("code")
    LETTER = 5, _("letter")
    MAILING = 9, _("mailing")


class _Unwritten(Exception):
    """The message could not be put together."""


def _words(answer):
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)


def new_message_id():
    """Return an id that stays the letter's own through every try."""
    return make_msgid(domain=settings.CONTACT_EMAIL.rpartition("@")[2])


class OutgoingEmailQuerySet(models.QuerySet):
    """Questions to the outbox."""

    def due(self, moment=None):
        """Return the letters that wait and whose next try has come, those in a hurry first."""
        moment = moment or timezone.now()
        waiting = Q(next_try_at__isnull=True) | Q(next_try_at__lte=moment)
        return self.filter(waiting, state=MailState.QUEUED).order_by("priority", "pk")

    def visible_to(self, user):
        """Return all to the service centre, and none to others: their letters stand on their own matters' pages."""
        return self if user.is_authenticated and user.is_staff else self.none()

    def failed(self):
        """Return the letters that were refused or came back, and have not been sent again."""
        return self.filter(state__in=[MailState.REFUSED, MailState.RETURNED], sent_again__isnull=True)

    def undelivered(self):
        """Return the failed letters and those still waiting after a day, newest first; codes are asked for anew."""
        yesterday = clock.now() - dt.timedelta(days=1)
        late = Q(state=MailState.QUEUED, queued_at__lt=yesterday)
        rows = self.failed() | self.filter(late)
        return rows.exclude(priority=Priority.CODE).order_by("-pk")


class OutgoingEmail(models.Model):
    """One letter to one recipient. A 5xx answer is final; anything else is tried again later."""

    TRY_AGAIN_MINUTES = (1, 5, 15, 60, 240, 720)
    ASK_AGAIN_AFTER = dt.timedelta(hours=12)  # whether a letter that must wait may leave
    relay_is_away = False  # of the last try: its fault was the way there, not this letter

    to = models.EmailField(_("to"))
    reader = models.CharField(_("recipient"), max_length=10, choices=Reader, default=Reader.PERSON)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=5)
    template = models.CharField(_("letter"), max_length=100)
    about_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    about_id = models.BigIntegerField(null=True)
    about = GenericForeignKey("about_type", "about_id")
    attachments = models.JSONField(default=list)  # [{"name", "path", "type"}] of stored files
    priority = models.SmallIntegerField(choices=Priority, default=Priority.LETTER)
    blank_when_sent = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=MailState, default=MailState.QUEUED)
    message_id = models.CharField(max_length=200, unique=True, default=new_message_id)
    queued_at = models.DateTimeField(_("written"), default=clock.now)
    sent_at = models.DateTimeField(_("sent on"), null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    reason = models.CharField(_("the server's words"), max_length=500, blank=True)
    returned_at = models.DateTimeField(_("came back on"), null=True)
    instead_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sent_again",
        verbose_name=_("sent again in place of"),
    )

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["priority", "id"], name="outgoingemail_due", condition=Q(state="queued")),
            models.Index(fields=["about_type", "about_id"], name="outgoingemail_about"),
        ]
        constraints = [
            models.CheckConstraint(
                name="outgoingemail_sent_has_time",
                condition=Q(state__in=["sent", "returned"], sent_at__isnull=False)
                | (~Q(state__in=["sent", "returned"]) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outgoingemail_returned_has_time",
                condition=Q(state="returned", returned_at__isnull=False)
                | (~Q(state="returned") & Q(returned_at__isnull=True)),
            ),
        ]

    def __str__(self):
        return f"{self.template} → {self.to}"

    def get_absolute_url(self):
        """Return the letter's own page in the outbox."""
        return reverse("letter", args=[self.pk])

    @property
    def title(self):
        """Return the subject as it may be shown: a code in it is only for its reader."""
        return DIGIT.sub("·", self.subject) if self.blank_when_sent else self.subject

    @property
    def replacement(self):
        """Return the letter that was sent in place of this one, or None."""
        return OutgoingEmail.objects.filter(instead_of=self).first()

    def hindrance(self):
        """Return why it cannot be sent again, or None."""
        if self.replacement:
            return Hindrance.SENT_AGAIN
        if self.state not in {MailState.SENT, MailState.REFUSED, MailState.RETURNED}:
            return Hindrance.NOT_OUT
        if self.blank_when_sent:
            return Hindrance.BLANK
        return None if self.is_true() else Hindrance.UNTRUE

    def may_leave(self):
        """Tell whether this copy may write to the address: outside production only to practice addresses."""
        return settings.PRODUCTION or self.to.lower().endswith(PRACTICE_ENDINGS)

    def is_true(self):
        """Tell whether what the letter says still holds, by the word of the record it is about; codes expire."""
        if self.priority == Priority.CODE:
            valid = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
            if clock.now() - self.queued_at > valid:
                return False
        if self.about_id and self.about is None:
            return False  # what it tells of has been removed
        still_tells = getattr(self.about, "still_tells", None)
        return still_tells is None or still_tells(self.template)

    def must_wait(self):
        """Tell whether it may not leave today, by the word of the record it is about: reminders rest in July."""
        holds_back = getattr(self.about, "holds_back", None)
        return holds_back is not None and holds_back(self.template)

    def message(self):
        """Build the mail; the Message-ID is the row's own, the same on every try.

        The envelope's sender is the address that takes delivery reports, where one is set.
        """
        message = EmailMessage(
            subject=self.subject,
            body=self.body,
            from_email=settings.MAIL_RETURN or settings.DEFAULT_FROM_EMAIL,
            to=[self.to],
            headers={
                "From": settings.DEFAULT_FROM_EMAIL,
                "Message-ID": self.message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": self.language,
            },
        )
        for file in self.attachments:
            with (settings.MEDIA_ROOT / file["path"]).open("rb") as stream:
                message.attach(file["name"], stream.read(), file["type"])
        return message

    def send(self, connection=None):
        """Try once to hand the letter to the mail server, and keep the outcome on the row.

        Returns whether it left; None for a letter that is no longer true and is dropped, or must wait. Afterwards
        ``relay_is_away`` tells whether those behind it would meet the same fault.
        """
        self.relay_is_away, self.next_try_at = False, None
        try:
            if not self.is_true():
                self.state = MailState.DROPPED
                self._close()
                return None
            if self.must_wait():
                self.next_try_at = timezone.now() + self.ASK_AGAIN_AFTER
                self._close()
                return None
            self.tries, self.reason = self.tries + 1, ""
            self._hand_to(connection)
        except smtplib.SMTPRecipientsRefused as error:
            self._answered(*next(iter(error.recipients.values())))
        except ABOUT_OURSELVES as error:  # whatever its number: the letter itself has not been looked at
            if error.smtp_code == TOO_LARGE:
                self._answered(error.smtp_code, error.smtp_error)
            else:
                self._later(f"{error.smtp_code} {_words(error.smtp_error)}", relay_is_away=True)
        except smtplib.SMTPResponseException as error:
            self._answered(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:  # nobody there, or the line broke
            self._later(str(error) or type(error).__name__, relay_is_away=True)
        except Exception as error:  # one letter that cannot be written must not stop those behind it
            self._later(str(error.__cause__ or error) or type(error).__name__)
        else:
            self.state, self.sent_at = MailState.SENT, clock.now()
        self._close()
        return self.state == MailState.SENT

    def _hand_to(self, connection):
        if not self.may_leave():
            raise smtplib.SMTPResponseException(550, NOT_FROM_A_COPY)
        try:
            message = self.message()
        except OSError as error:  # a file that is not there is no fault of the relay
            raise _Unwritten from error
        if connection:
            connection.open()  # kept for the next letter: a backend closes only what it opened itself
        (connection or get_connection()).send_messages([message])

    def _close(self):
        """Write what a try changed, in one statement that is a transaction of its own.

        A text that is for one reader alone goes once nothing is tried any more. A letter whose return has been
        reported meanwhile stays returned.
        """
        goes = self.blank_when_sent and self.state != MailState.QUEUED
        if goes:
            self.subject, self.body = self.title, ""
        changed = [self.state, self.tries, self.next_try_at, self.reason, self.sent_at, self.subject, goes]
        with database.cursor() as cursor:
            cursor.execute(NOTE, [*changed, self.pk, MailState.QUEUED])

    def _answered(self, code, words):
        """A server said no: 5xx is final, 4xx is tried again."""
        if 500 <= code < 600:
            self.state, self.reason = MailState.REFUSED, f"{code} {_words(words)}"[:500]
        else:
            self._later(f"{code} {_words(words)}", relay_is_away=code == CLOSING)

    def _later(self, reason, *, relay_is_away=False):
        wait = self.TRY_AGAIN_MINUTES[min(max(self.tries, 1), len(self.TRY_AGAIN_MINUTES)) - 1]
        self.next_try_at = timezone.now() + dt.timedelta(minutes=wait)
        self.reason, self.relay_is_away = reason[:500], relay_is_away
        log.info("letter %s waits %s min", self.pk, wait)

    def come_back(self, reason):
        """Note that the letter was taken and then returned, with the reporting server's words. Returns whether new."""
        if self.state not in {MailState.SENT, MailState.QUEUED}:
            return False
        self.state, self.returned_at, self.reason = MailState.RETURNED, clock.now(), reason[:500]
        self.sent_at, self.next_try_at = self.sent_at or self.returned_at, None
        self.save(update_fields=["state", "returned_at", "reason", "sent_at", "next_try_at"])
        return True

    def is_late(self, reason):
        """Note that a server further on has not passed the letter on yet; it still tries. Returns whether new."""
        if self.state != MailState.SENT or self.reason == reason[:500]:
            return False
        self.reason = reason[:500]
        self.save(update_fields=["reason"])
        return True
