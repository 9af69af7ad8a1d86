"""What offers are judged by, said before tenders are opened: requirements, quality criteria, whose volumes count."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.models import AuditEvent
from members.models import Municipality
from procurement import price_rules, ranking
from procurement.models.offer_words import Basis, SharedBy
from procurement.models.procurement import Lot, Procurement

HUNDRED = Decimal(100)


class Grounds(models.Model):
    """How offers of one procurement are compared: whose figures they are reckoned with, how a whole price is shared."""

    procurement = models.OneToOneField(Procurement, models.CASCADE, related_name="grounds")
    basis = models.CharField(
        _("compared with the figures of"), max_length=10, choices=Basis, default=Basis.BOTH
    )
    shared_by = models.CharField(
        _("a price for the whole is shared"), max_length=12, choices=SharedBy, default=SharedBy.RESIDENTS
    )

    class Meta:
        verbose_name = _("grounds of the award")
        verbose_name_plural = _("grounds of awards")

    TRIGGERS = {
        "grounds_before_offers": _(
            "Requirements and criteria are said before tenders are opened: an offer has been written down already."
        ),
    }

    def __str__(self):
        return f"{self.procurement_id}"


class _Ground(models.Model):
    """One ground, of the whole procurement or of one lot, in both languages."""

    position = models.PositiveSmallIntegerField()
    text_fi = models.CharField(_("in Finnish"), max_length=300)
    text_sv = models.CharField(_("in Swedish"), max_length=300)

    class Meta:
        abstract = True

    def __str__(self):
        return self.text

    @property
    def text(self):
        """Return the words in the page's language."""
        return self.text_sv if get_language() == "sv" else self.text_fi


class Requirement(_Ground):
    """What an offer must meet; one that does not is excluded."""

    procurement = models.ForeignKey(Procurement, models.CASCADE, related_name="requirements")
    lot = models.ForeignKey(Lot, models.CASCADE, null=True, blank=True, related_name="requirements")

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["procurement", "position"], name="requirement_position_once")
        ]


class Criterion(_Ground):
    """A quality criterion: ``weight``, the most points it brings; ``best``, the best mark that can be given."""

    procurement = models.ForeignKey(Procurement, models.CASCADE, related_name="criteria")
    lot = models.ForeignKey(Lot, models.CASCADE, null=True, blank=True, related_name="criteria")
    weight = models.DecimalField(
        _("points"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    best = models.DecimalField(
        _("best mark"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(5),
        validators=[MinValueValidator(Decimal("0.01"))],
    )

    class Meta:
        verbose_name = _("quality criterion")
        verbose_name_plural = _("quality criteria")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["procurement", "position"], name="criterion_position_once"),
            models.CheckConstraint(
                name="criterion_weighs_something",
                condition=Q(weight__gt=0, weight__lte=100, best__gt=0),
                violation_error_message=_("A criterion has points, at most 100, and a best mark above 0."),
            ),
        ]


class UserCount(models.Model):
    """How many users or licences a municipality would have, for offers priced by them."""

    procurement = models.ForeignKey(Procurement, models.CASCADE, related_name="user_counts")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(_("users or licences"))

    class Meta:
        verbose_name = _("number of users")
        verbose_name_plural = _("numbers of users")
        constraints = [
            models.UniqueConstraint(fields=["procurement", "municipality"], name="usercount_once"),
        ]

    def __str__(self):
        return f"{self.municipality_id} {self.count}"


def put_grounds(procurement, *, by, price_weight, basis, shared_by, requirements, criteria):
    """Say what offers will be judged by, in place of what was said before; refused once an offer is written down.

    ``requirements``, ``criteria``: the fields of each row, in their order. Raises ValidationError unless price and
    criteria make 100 points, in each lot.
    """
    with procurement.step("edit", by=by, grounds=len(requirements), criteria=len(criteria)):
        if procurement.offers.exists():
            raise ValidationError(Grounds.TRIGGERS["grounds_before_offers"], code="offers")
        for lot in list(procurement.lots.all()) or [None]:
            own = [c["weight"] for c in criteria if c.get("lot") is None or c["lot"] == lot]
            if (total := sum(own, Decimal(price_weight))) != HUNDRED:
                words = _("Price and criteria make %(total)s points together, not 100.")
                if lot is not None:
                    words = _("Lot %(lot)s: price and criteria make %(total)s points together, not 100.")
                raise ValidationError(words, "not_hundred", {"total": f"{total.normalize():f}", "lot": lot})
        procurement.price_weight = price_weight
        Grounds.objects.update_or_create(
            procurement=procurement, defaults={"basis": basis, "shared_by": shared_by}
        )
        for model, rows in ((Requirement, requirements), (Criterion, criteria)):
            model.objects.filter(procurement=procurement).delete()
            made = [model(procurement=procurement, position=at, **row) for at, row in enumerate(rows, 1)]
            for row in made:
                row.full_clean(exclude=["procurement"])
            model.objects.bulk_create(made)


def put_users(procurement, *, by, counts):
    """Write how many users the municipalities would have: {municipality: number}, in place of what was said before."""
    with transaction.atomic():
        Procurement.objects.select_for_update(no_key=True).get(pk=procurement.pk)
        if procurement.awards.standing().exists():
            raise ValidationError(_("The award has been decided: its figures are kept as they were."))
        UserCount.objects.filter(procurement=procurement).delete()
        UserCount.objects.bulk_create(
            UserCount(procurement=procurement, municipality=place, count=count)
            for place, count in counts.items()
        )
        AuditEvent.record(procurement, "users", by=by, municipalities=len(counts))


def grounds_of(procurement):
    """Return the procurement's Grounds; the usual ones, unsaved, where nothing has been said."""
    return getattr(procurement, "grounds", None) or Grounds(procurement=procurement)


def judged_by(procurement, lot=None):
    """Return ranking.Grounds of the whole or of one lot, keyed by rows' ids, and its requirements and criteria."""
    requirements = [row for row in procurement.requirements.all() if row.lot_id in {None, lot and lot.pk}]
    criteria = [row for row in procurement.criteria.all() if row.lot_id in {None, lot and lot.pk}]
    grounds = ranking.Grounds(
        Decimal(procurement.price_weight),
        tuple(ranking.Criterion(str(row.pk), row.weight, row.best) for row in criteria),
        tuple(str(row.pk) for row in requirements),
    )
    return grounds, requirements, criteria


def measure(shared_by):
    """Return the measure of sharing as the arithmetic knows it."""
    return price_rules.Measure(shared_by)
