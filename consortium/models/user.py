"""People who sign in."""

from contextlib import contextmanager

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consortium import clock, gather
from consortium.models.audit import AuditEvent


class Language(models.TextChoices):
    """Languages of pages and letters."""

    FINNISH = "fi", _("Finnish")
    SWEDISH = "sv", _("Swedish")
    ENGLISH = "en", _("English")


class UserManager(BaseUserManager):
    """Makes people; nobody registers alone."""

    def staff(self, today=None):
        """Return the service centre's people who may enter on the day; the technical administrator is none of them."""
        entering = Q(last_day__isnull=True) | Q(last_day__gte=today or clock.today())
        return self.filter(entering, is_active=True, is_staff=True, is_superuser=False)

    def get_by_natural_key(self, email):
        """Find a person by address, in whatever case it was typed."""
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        """Make a person who signs in by a code, or also by a password if one is given."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Make the technical administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What they may do for a municipality stands on their roles, not here."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FINNISH)
    is_staff = models.BooleanField(_("works in the service centre"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_shared = models.BooleanField(
        _("shared mailbox"),
        default=False,
        help_text=_("Several people read it: an official answer asks who gives it."),
    )
    last_day = models.DateField(_("last day"), null=True, blank=True)
    wants_summaries = models.BooleanField(_("summaries by mail"), default=True)
    feed_key = models.UUIDField(_("key of the calendar feed"), null=True, unique=True, editable=False)
    edited_at = models.DateTimeField(default=clock.now, editable=False)
    joined_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message=_("There is already an account with this address."),
            ),
        ]

    def __str__(self):
        return self.get_full_name()

    def clean(self):
        """Keep name and title on one line: they stand in letters."""
        super().clean()
        self.name, self.title = " ".join(self.name.split()), " ".join(self.title.split())

    def may_enter(self, today=None):
        """Tell whether the person may be here on the day: not after the account was closed or the last day passed.

        Who has left is let in to answer what waits for them, an invitation say.
        """
        if not self.is_active:
            return False
        today = today or clock.today()
        if self.last_day is None or self.last_day >= today:
            return True
        return bool(gather.collect(gather.WELCOMED, self, today))

    @cached_property
    def duties(self):
        """Return the kinds of duty that the person has in the consortium today."""
        return frozenset(self.posts.active().values_list("kind", flat=True))

    @property
    def is_nameless(self):
        """Tell whether the account does not say who answers: a shared mailbox, or a person whose name is unknown."""
        return self.is_shared or not self.name

    def make_staff(self, *, by):
        """Let the person work as the service centre. Returns whether that changed anything.

        ``by`` is None when the portal's administrator does it by a command.
        """
        with self._held():
            if self.is_staff and self.last_day is None:
                return False
            self.is_staff, self.last_day = True, None
            self.save()
            AuditEvent.record(self, "make_staff", by=by, **({"command": True} if by is None else {}))
        return True

    def unmake_staff(self, *, by):
        """Take the service centre's rights away. Raises ValidationError for the last who has them."""
        with self._held():
            if not self.is_staff:
                return False
            self._refuse_the_last()
            self.is_staff = False
            self.save()
            AuditEvent.record(self, "unmake_staff", by=by)
        return True

    def close(self, *, by):
        """Close the account: nobody signs in with it, roles and duties end today. What waited stays the municipality's.

        Those that would begin only later are removed, and whom the person has asked is asked no more.
        Returns whether that changed anything; raises ValidationError for the last of the service centre.
        """
        with self._held():
            if not self.is_active:
                return False
            if self.is_staff:
                self._refuse_the_last()
            for post in self.posts.beyond(clock.today()):
                post.cut(by=by)
            gather.collect(gather.CLOSING, self, by)
            self.is_active, self.is_staff = False, False
            self.save()
            AuditEvent.record(self, "close_account", by=by)
        return True

    def reopen(self, *, by):
        """Let the person in again: neither closed nor past a last day. What had ended stays ended."""
        with self._held():
            if self.is_active and self.last_day is None:
                return False
            self.is_active, self.last_day = True, None
            self.save()
            AuditEvent.record(self, "reopen_account", by=by)
        return True

    def share(self, *, by, shared):
        """Say whether several people read the address."""
        with self._held():
            if self.is_shared == shared:
                return False
            self.is_shared = shared
            self.save()
            AuditEvent.record(self, "share_account", by=by, shared=shared)
        return True

    def leave(self, *, by, last_day):
        """Let the person in up to a last day."""
        with self._held():
            self.last_day = last_day
            self.save()
            AuditEvent.record(self, "leave_portal", by=by, last_day=last_day)

    @contextmanager
    def _held(self):
        """Hold this row and those of the service centre, so that two who remove each other are not both through."""
        with transaction.atomic():
            held = Q(pk=self.pk) | Q(is_staff=True)
            list(type(self).objects.filter(held).select_for_update(no_key=True).order_by("pk").values("pk"))
            self.refresh_from_db()
            yield

    def _refuse_the_last(self):
        if self.is_superuser:
            raise ValidationError(_("The technical administrator's account is not changed here."))
        if not type(self).objects.staff().exclude(pk=self.pk).exists():
            raise ValidationError(
                _("This is the last person of the service centre. Add another one first."), code="last"
            )

    def get_full_name(self):
        """Return the name as shown to others, or the address while no name is known."""
        return self.name or self.email

    def get_short_name(self):
        """Return the same as the full name: nobody is called by a first name here."""
        return self.get_full_name()
