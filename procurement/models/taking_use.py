"""Taking into use: the short list that each participating municipality tells us."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from procurement.models.participation import Participation


class UseKind(models.TextChoices):
    """The parts of the list."""

    CONTACT = "contact", _("contact person")
    TECHNICAL = "technical", _("technical data")
    MATERIAL = "material", _("material for customers and staff")
    DATE = "date", _("day of taking into use")


class Identification(models.TextChoices):
    """How the service knows a library's customer."""

    CARD = "card", _("library card and PIN")
    SIP2 = "sip2", _("SIP2 to the library system")
    API = "api", _("interface of the library system")
    SSO = "sso", _("single sign-on (SAML or OpenID Connect)")
    IP = "ip", _("the library's own network (IP addresses)")
    OTHER = "other", _("another way")


class UseStep(models.Model):
    """One part of a municipality's list that has been told; told again it is changed, and both are on record."""

    KINDS = tuple(UseKind)

    participation = models.ForeignKey(Participation, models.CASCADE, related_name="steps")
    kind = models.CharField(_("what"), max_length=10, choices=UseKind)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    method = models.CharField(_("identification method"), max_length=10, choices=Identification, blank=True)
    text = models.CharField(_("what the supplier must know"), max_length=600, blank=True)
    on = models.DateField(_("day"), null=True, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("part of taking into use")
        verbose_name_plural = _("parts of taking into use")
        constraints = [
            models.UniqueConstraint(fields=["participation", "kind"], name="usestep_once"),
            models.CheckConstraint(
                name="usestep_contact_can_be_reached",
                condition=~Q(kind="contact") | ~Q(name="") & (~Q(email="") | ~Q(phone="")),
                violation_error_message=_(
                    "Give the contact's name and an e-mail address or a telephone number."
                ),
            ),
            models.CheckConstraint(
                name="usestep_technical_has_method",
                condition=~Q(kind="technical") | ~Q(method=""),
                violation_error_message=_("Choose how customers are identified."),
            ),
            models.CheckConstraint(
                name="usestep_date_has_day",
                condition=~Q(kind="date") | Q(on__isnull=False),
                violation_error_message=_("Give the day of taking into use."),
            ),
        ]

    def __str__(self):
        return f"{self.participation_id} {self.kind}"

    @classmethod
    def tell(cls, participation, kind, *, by, **facts):
        """Write one part of the list as it now stands. Returns it."""
        with transaction.atomic():
            rows = Participation.objects.select_for_update(of=("self",), no_key=True)
            row = rows.select_related("contract").get(pk=participation.pk)
            if not row.is_under_way(clock.today()):
                raise ValidationError(
                    _("The municipality no longer takes part in this contract."), code="ended"
                )
            step = cls.objects.filter(participation=row, kind=kind).first() or cls(
                participation=row, kind=kind
            )
            changed = step.pk is not None
            for name, value in facts.items():
                setattr(step, name, value)
            step.told_by, step.told_at = by, clock.now()
            step.full_clean()
            step.save()
            AuditEvent.record(row, "tell_use", by=by, kind=kind, changed=changed)
        return step
