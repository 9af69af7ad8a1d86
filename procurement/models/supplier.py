"""Suppliers: who sells, whom one writes to there, and what became of a company that withdrew or was bought."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent, PostKind
from consortium.workflow import Workflow, refuse_day
from members.models.municipality import Municipality, check_business_id, sort_key
from procurement import award_emails
from procurement.models.participation import Participation
from procurement.models.words import AnswerKind, ProcurementState


class SupplierState(models.TextChoices):
    """Whether one can still buy from it."""

    ACTIVE = "active", _("in business")
    WITHDRAWN = "withdrawn", _("withdrawn")
    MERGED = "merged", _("bought by another")


class SupplierLanguage(models.TextChoices):
    """The language of letters to a supplier."""

    FINNISH = "fi", _("Finnish")
    SWEDISH = "sv", _("Swedish")
    ENGLISH = "en", _("English")


class SupplierQuerySet(models.QuerySet):
    """Questions to the suppliers."""

    def visible_to(self, user):
        """Return all to the service centre and the auditor, none to others: the winner stands in its award."""
        if user.is_authenticated and (user.is_staff or PostKind.AUDITOR in user.duties):
            return self
        return self.none()

    def active(self):
        """Return those in business."""
        return self.filter(state=SupplierState.ACTIVE)


class Supplier(Workflow):
    """A company that sells e-materials or services. It has no account: the service centre writes down what it sends."""

    STEPS = {
        "edit": ({SupplierState.ACTIVE}, None),
        "withdraw": ({SupplierState.ACTIVE}, SupplierState.WITHDRAWN),
        "merge": ({SupplierState.ACTIVE}, SupplierState.MERGED),
    }

    name = models.CharField(_("name"), max_length=120)
    sort_key = models.CharField(max_length=180, editable=False, db_index=True)
    business_id = models.CharField(_("business ID"), max_length=9, blank=True, validators=[check_business_id])
    foreign_id = models.CharField(_("register number abroad"), max_length=40, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    language = models.CharField(
        _("language of letters"), max_length=2, choices=SupplierLanguage, default=SupplierLanguage.FINNISH
    )
    state = models.CharField(
        _("state"), max_length=10, choices=SupplierState, default=SupplierState.ACTIVE, editable=False
    )
    ended_on = models.DateField(_("from"), null=True, blank=True, editable=False)
    end_reason_fi = models.TextField(_("what has happened, in Finnish"), max_length=1000, blank=True)
    end_reason_sv = models.TextField(_("what has happened, in Swedish"), max_length=1000, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("bought by"),
        editable=False,
    )
    edited_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["business_id"],
                condition=~Q(business_id=""),
                name="supplier_business_id_once",
                violation_error_message=_("A supplier with this business ID is there already."),
            ),
            models.CheckConstraint(
                name="supplier_ended_with_reason",
                condition=Q(state="active", ended_on__isnull=True)
                | ~Q(state="active")
                & Q(ended_on__isnull=False)
                & ~Q(end_reason_fi="")
                & ~Q(end_reason_sv=""),
                violation_error_message=_("Say from which day, and what has happened, in both languages."),
            ),
            models.CheckConstraint(
                name="supplier_merged_into_another",
                condition=~Q(state="merged") & Q(successor__isnull=True)
                | Q(state="merged", successor__isnull=False) & ~Q(successor=F("id")),
                violation_error_message=_("Say which supplier has bought it."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Keep the sorting key in step with the name."""
        self.sort_key = sort_key(self.name)
        super().save(**kwargs)

    def get_absolute_url(self):
        """Return the supplier's page."""
        return reverse("procurement:supplier", args=[self.pk])

    @classmethod
    def begin(cls, *, by, **facts):
        """Write a new supplier down. Returns it."""
        row = cls(**facts)
        row.full_clean()
        row.save()
        AuditEvent.record(row, "begin", by=by)
        return row

    @property
    def end_reason(self):
        """Return what has happened to it, in the page's language."""
        return self.end_reason_sv if get_language() == "sv" else self.end_reason_fi

    def edit(self, *, by, **facts):
        """Change its name, numbers and addresses."""
        with self.step("edit", by=by, fields=sorted(facts)):
            for name, value in facts.items():
                setattr(self, name, value)
            self.edited_at = clock.now()
            self.full_clean()

    def withdraw(self, *, by, on, reason_fi, reason_sv):
        """Note that it sells no more from a day on, and tell those concerned. Returns them."""
        return self._leave("withdraw", None, by=by, on=on, reason_fi=reason_fi, reason_sv=reason_sv)

    def merge(self, *, by, into, on, reason_fi, reason_sv):
        """Note that another supplier has bought it, and tell those concerned. Returns them."""
        return self._leave("merge", into, by=by, on=on, reason_fi=reason_fi, reason_sv=reason_sv)

    def _leave(self, verb, into, *, by, on, reason_fi, reason_sv):
        with self.step(verb, by=by, on=on, into=into and into.pk) as details:
            refuse_day("on", on)
            if into and into.state != SupplierState.ACTIVE:
                raise ValidationError({"into": _("That supplier is not in business any more.")})
            self.ended_on, self.successor = on, into
            self.end_reason_fi, self.end_reason_sv = reason_fi, reason_sv
            concerned = list(self.concerned())
            details["told"] = len(concerned)
            award_emails.supplier_left(self, concerned)
        return concerned

    def concerned(self, today=None):
        """Return the municipalities that use it now, and those that wait for a contract with it.

        Who hangs on an offer of its before the award is nobody's to know, so they are not among them.
        """
        today = today or clock.today()
        using = Q(participations__in=Participation.objects.of_supplier(self).not_left(today))
        waiting = Q(
            answers__standing__kind__in=[AnswerKind.COMMITTED, AnswerKind.INTERESTED],
            answers__round__procurement__state=ProcurementState.AWARDED,
            answers__round__procurement__awards__offer__supplier=self,
            answers__round__procurement__awards__sent_on__isnull=False,
        )
        return Municipality.objects.filter(using | waiting).distinct().order_by("sort_key_fi")
