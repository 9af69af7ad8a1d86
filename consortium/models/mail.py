"""Letters on their way: one row a recipient, written in the transaction of the act they tell about."""

import datetime as dt
import logging
import smtplib
from email.utils import make_msgid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage, get_connection
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consortium import clock

log = logging.getLogger(__name__)
PRACTICE_ENDINGS = (".example", ".invalid", ".test", "@localhost")
ABOUT_OURSELVES = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)
NOT_FROM_A_COPY = "a practice copy writes only to addresses that end in .example or .invalid"


class MailState(models.TextChoices):
    """Where a letter is."""

    QUEUED = "queued", _("waiting to leave")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")
    RETURNED = "returned", _("came back")
    DROPPED = "dropped", _("not sent: no longer true")


class Reader(models.TextChoices):
    """As whom the recipient is written to."""

    PERSON = "person", _("person")
    REGISTRY = "registry", _("registry")


class Priority(models.IntegerChoices):
    """Who goes first: a code someone is waiting for, then single letters, then mailings."""

    CODE = 0, _("code")
    LETTER = 5, _("letter")
    MAILING = 9, _("mailing")


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

    def undelivered(self):
        """Return the letters a server refused, and those still waiting after a day."""
        yesterday = clock.now() - dt.timedelta(days=1)
        late = Q(state=MailState.QUEUED, queued_at__lt=yesterday)
        return self.filter(Q(state=MailState.REFUSED) | late)


class OutgoingEmail(models.Model):
    """One letter to one recipient. A 5xx answer is final; anything else is tried again later."""

    TRY_AGAIN_MINUTES = (1, 5, 15, 60, 240, 720)

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

    def may_leave(self):
        """Tell whether this copy may write to the address: outside production only to practice addresses."""
        return settings.PRODUCTION or self.to.lower().endswith(PRACTICE_ENDINGS)

    def is_true(self):
        """Tell whether what the letter says still holds, by the word of the record it is about."""
        return self.about is None or self.about.still_tells(self.template)

    def message(self):
        """Build the mail; the Message-ID is the row's own, the same on every try."""
        message = EmailMessage(
            subject=self.subject,
            body=self.body,
            to=[self.to],
            headers={
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

        Returns whether it left; None for a letter that is no longer true and is dropped.
        """
        if not self.is_true():
            self.state, self.next_try_at = MailState.DROPPED, None
            self.save()
            return None
        self.tries += 1
        self.reason, self.next_try_at = "", None
        try:
            if not self.may_leave():
                raise smtplib.SMTPResponseException(550, NOT_FROM_A_COPY)
            if connection:
                connection.open()  # kept for the next letter: a backend closes only what it opened itself
            (connection or get_connection()).send_messages([self.message()])
        except smtplib.SMTPRecipientsRefused as error:
            self._answered(*next(iter(error.recipients.values())))
        except ABOUT_OURSELVES as error:  # whatever its number: the letter itself has not been looked at
            self._later(f"{error.smtp_code} {_words(error.smtp_error)}")
        except smtplib.SMTPResponseException as error:
            self._answered(error.smtp_code, error.smtp_error)
        except Exception as error:  # one letter that cannot be written must not stop those behind it
            self._later(str(error) or type(error).__name__)
        else:
            self.state, self.sent_at = MailState.SENT, clock.now()
            if self.blank_when_sent:
                self.body = ""
        self.save()
        return self.state == MailState.SENT

    def _answered(self, code, words):
        """A server said no: 5xx is final, 4xx is tried again."""
        if 500 <= code < 600:
            self.state, self.reason = MailState.REFUSED, f"{code} {_words(words)}"[:500]
        else:
            self._later(f"{code} {_words(words)}")

    def _later(self, reason):
        wait = self.TRY_AGAIN_MINUTES[min(self.tries, len(self.TRY_AGAIN_MINUTES)) - 1]
        self.next_try_at = timezone.now() + dt.timedelta(minutes=wait)
        self.reason = reason[:500]
        log.info("letter %s waits %s min", self.pk, wait)
