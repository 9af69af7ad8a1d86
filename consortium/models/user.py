"""People who sign in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from consortium import clock


class Language(models.TextChoices):
    """Languages of pages and letters."""

    FINNISH = "fi", _("Finnish")
    SWEDISH = "sv", _("Swedish")
    ENGLISH = "en", _("English")


class UserManager(BaseUserManager):
    """Makes people; nobody registers alone."""

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

    def may_enter(self, today=None):
        """Tell whether the person may be here on the day: not after the account was closed or the last day passed."""
        return self.is_active and (self.last_day is None or self.last_day >= (today or clock.today()))

    def get_full_name(self):
        """Return the name as shown to others, or the address while no name is known."""
        return self.name or self.email

    def get_short_name(self):
        """Return the same as the full name: nobody is called by a first name here."""
        return self.get_full_name()
