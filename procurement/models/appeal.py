"""Challenges of an award: what was filed, how the participants manage meanwhile, what came of it."""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from consortium.templatetags.portal import weekday_day
from consortium.workflow import Workflow, refuse_day
from procurement import award_emails
from procurement.models.award import Award
from procurement.models.offer_words import AppealKind, AppealOutcome, AppealState
from procurement.models.procurement import Procurement


class Appeal(Workflow):
    """A challenge of an award: an appeal to the Market Court, or a request for rectification."""

    STEPS = {
        "arrange": ({AppealState.PENDING}, None),
        "settle": ({AppealState.PENDING}, AppealState.SETTLED),
    }
    TRIGGERS = {"appeal_kept": gettext_lazy("A challenge stays on record as it was filed and settled.")}

    award = models.ForeignKey(Award, models.PROTECT, related_name="appeals")
    kind = models.CharField(gettext_lazy("what was filed"), max_length=15, choices=AppealKind)
    filed_on = models.DateField(gettext_lazy("filed on"))
    known_on = models.DateField(gettext_lazy("known to us on"))
    filed_by = models.CharField(gettext_lazy("who filed it"), max_length=120, blank=True)
    case_number = models.CharField(gettext_lazy("case number"), max_length=40, blank=True)
    arrangement_fi = models.TextField(
        gettext_lazy("temporary arrangement in Finnish"), max_length=1000, blank=True
    )
    arrangement_sv = models.TextField(
        gettext_lazy("temporary arrangement in Swedish"), max_length=1000, blank=True
    )
    state = models.CharField(max_length=10, choices=AppealState, default=AppealState.PENDING, editable=False)
    outcome = models.CharField(
        gettext_lazy("what came of it"), max_length=10, choices=AppealOutcome, blank=True
    )
    settled_on = models.DateField(gettext_lazy("settled on"), null=True, blank=True)
    note = models.TextField(gettext_lazy("note of the service centre"), max_length=2000, blank=True)

    class Meta:
        verbose_name = gettext_lazy("challenge of an award")
        verbose_name_plural = gettext_lazy("challenges of awards")
        ordering = ["filed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="appeal_known_after_filing",
                condition=Q(known_on__gte=models.F("filed_on")),
                violation_error_message=gettext_lazy("It cannot have been known before it was filed."),
            ),
            models.CheckConstraint(
                name="appeal_settled_whole",
                condition=Q(state="pending", settled_on__isnull=True, outcome="")
                | Q(state="settled", settled_on__isnull=False) & ~Q(outcome=""),
                violation_error_message=gettext_lazy("Say when it was settled and what came of it."),
            ),
            models.CheckConstraint(
                name="appeal_arrangement_in_both",
                condition=Q(arrangement_fi="", arrangement_sv="")
                | ~Q(arrangement_fi="") & ~Q(arrangement_sv=""),
                violation_error_message=gettext_lazy("Write the temporary arrangement in both languages."),
            ),
        ]

    def __str__(self):
        return f"{self.award_id} {self.kind}"

    def get_absolute_url(self):
        """Return the page of the award it is about."""
        return self.award.get_absolute_url()

    def still_tells(self, template):
        """Tell whether a letter about it still holds: that it is pending only while it is."""
        return self.state == AppealState.PENDING or template == award_emails.SETTLED

    @property
    def arrangement(self):
        """Return the temporary arrangement in the page's language."""
        return self.arrangement_sv if get_language() == "sv" else self.arrangement_fi

    @property
    def bar(self):
        """Return why no contract is made: while it is pending, and once it is upheld; nothing where it bars none."""
        if self.outcome == AppealOutcome.UPHELD:
            words = _("A challenge was upheld on %(day)s: no contract is made of this award.")
            return words % {"day": weekday_day(self.settled_on)}
        if self.state != AppealState.PENDING:
            return ""
        words = _(
            "A request for rectification is pending since %(day)s: no contract is made before it is settled."
        )
        if self.kind == AppealKind.MARKET_COURT:
            words = _(
                "An appeal is pending in the Market Court since %(day)s: no contract is made before it is settled."
            )
        return words % {"day": weekday_day(self.filed_on)}

    def arrange(self, *, by, arrangement_fi, arrangement_sv):
        """Write how the participants manage meanwhile, and tell them."""
        with self.step("arrange", by=by):
            self.arrangement_fi, self.arrangement_sv = arrangement_fi, arrangement_sv
            award_emails.appeal_filed(self)

    def settle(self, *, by, outcome, settled_on, note=""):
        """Note what came of it; where it was upheld the award is then annulled by a step of its own."""
        with transaction.atomic():
            procurement = Procurement.objects.select_for_update(of=("self",), no_key=True).get(
                pk=self.award.procurement_id
            )
            with self.step("settle", by=by, outcome=outcome, settled_on=settled_on):
                refuse_day("settled_on", settled_on, since=self.filed_on)
                self.outcome, self.settled_on, self.note = outcome, settled_on, note
                award_emails.appeal_settled(self)
            procurement.contracts_made(by=by)  # a challenge of a lot without a contract may have held it up
