"""What has been decided on going on with a contract, and the options it had from the beginning."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models.agreement import HelsinkiDecision, section_sign
from procurement.models.contract import Contract, RenewalKind


class ContractOption(models.Model):
    """Months by which a contract may be continued, and by when that must be said; used by a decision, once."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField(_("number"))
    months = models.PositiveSmallIntegerField(_("months more"))
    use_by = models.DateField(_("to be used by"), null=True, blank=True)
    decision = models.OneToOneField(
        "procurement.ContractDecision", models.PROTECT, null=True, blank=True, related_name="option"
    )

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contractoption_number"),
            models.CheckConstraint(
                name="contractoption_months",
                condition=Q(months__gte=1, months__lte=120),
                violation_error_message=_("An option is 1 to 120 months."),
            ),
        ]

    def __str__(self):
        return f"{self.number}: {self.months}"


class ContractDecision(HelsinkiDecision):
    """What was decided on going on with a contract, by whom, under which section. Append-only.

    ``settles_on``: the end it is about (None: open-ended); ``ends_on``: the contract's last day after it.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="decisions")
    kind = models.CharField(_("decided"), max_length=10, choices=RenewalKind)
    settles_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(_("last day after it"), null=True, blank=True)
    note_fi = models.CharField(_("in a sentence, in Finnish"), max_length=300, blank=True)
    note_sv = models.CharField(_("in a sentence, in Swedish"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("decision on a contract")
        verbose_name_plural = _("decisions on contracts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="contractdecision_by_whom",
                condition=Q(decided_on__isnull=False) & ~Q(body_fi="") & ~Q(body_sv=""),
                violation_error_message=_("Say who decided, in both languages, and when."),
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.kind} {self.decided_on}"

    @property
    def note(self):
        """Return the sentence in the page's language."""
        return self.note_sv if get_language() == "sv" else self.note_fi

    @property
    def words(self):
        """Return the section and the case number as they are written, or nothing."""
        return ", ".join(filter(None, [section_sign(self.section), self.case_number]))
