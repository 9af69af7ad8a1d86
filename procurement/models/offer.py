"""Offers: what suppliers ask for, how they meet what was required, the marks they got. Closed until the award."""

from contextlib import contextmanager
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.models import AuditEvent, PostKind
from consortium.workflow import Workflow, WrongState, refuse_day
from procurement.models.grounds import judged_by
from procurement.models.offer_words import AwardState, OfferState
from procurement.models.procurement import Lot, Procurement
from procurement.models.supplier import Supplier, SupplierState
from procurement.models.words import ProcurementState
from procurement.prices import Measure, Price, PriceModel, Reach, Tier


class OfferQuerySet(models.QuerySet):
    """Questions to the offers."""

    def standing(self):
        """Return those that have not been withdrawn."""
        return self.filter(state=OfferState.RECEIVED)

    def visible_to(self, user):
        """Return all to the service centre, to the auditor those on which an award stands, to others none."""
        if user.is_authenticated and user.is_staff:
            return self
        if user.is_authenticated and PostKind.AUDITOR in user.duties:
            return self.decided()
        return self.none()

    def decided(self):
        """Return those whose procurement or lot has an award that has been sent."""
        awards = self.model.award_model().objects.filter(
            Q(lot=OuterRef("lot")) | Q(lot__isnull=True),
            procurement=OuterRef("procurement"),
            state__in=[AwardState.SENT, AwardState.CONTRACTED],
        )
        return self.filter(Exists(awards))


def prices_as_stored(model):
    """Return a PriceModel as it is kept on the row: text for numbers, so that nothing is rounded."""
    return {
        "prices": [
            {
                "per": str(price.per),
                "rate": None if price.rate is None else f"{price.rate:f}",
                "tiers": [
                    [None if tier.up_to is None else f"{tier.up_to:f}", f"{tier.price:f}"]
                    for tier in price.tiers
                ],
                "measure": price.measure and str(price.measure),
                "reach": str(price.reach),
            }
            for price in model.prices
        ],
        "minimum_each": f"{model.minimum_each:f}",
        "minimum": f"{model.minimum:f}",
    }


def prices_as_read(stored):
    """Return the PriceModel that a row keeps."""
    prices = tuple(
        Price(
            Measure(price["per"]),
            None if price["rate"] is None else Decimal(price["rate"]),
            tuple(
                Tier(None if up_to is None else Decimal(up_to), Decimal(each))
                for up_to, each in price["tiers"]
            ),
            price["measure"] and Measure(price["measure"]),
            Reach(price["reach"]),
        )
        for price in stored["prices"]
    )
    return PriceModel(prices, Decimal(stored["minimum_each"]), Decimal(stored["minimum"]))


class Offer(Workflow):
    """One supplier's offer for a procurement or a lot. Prices in € a year without VAT.

    ``prices``: see ``prices_as_stored``; ``met``: requirement's id -> whether; ``marks``: criterion's id -> mark as
    text. Read by the service centre alone until the award.
    """

    STEPS = {
        "edit": ({OfferState.RECEIVED}, None),
        "judge": ({OfferState.RECEIVED}, None),
        "withdraw": ({OfferState.RECEIVED}, OfferState.WITHDRAWN),
    }
    TRIGGERS = {
        "offer_kept_after_award": _("The award has been decided: the offers are kept as they were."),
    }

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="offers")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="offers")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="offers", verbose_name=_("supplier"))
    variant = models.CharField(_("which of its offers"), max_length=40, blank=True)
    received_on = models.DateField(_("received on"))
    prices = models.JSONField(default=dict, editable=False)
    met = models.JSONField(default=dict, editable=False)
    marks = models.JSONField(default=dict, editable=False)
    note = models.TextField(_("note of the service centre"), max_length=2000, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=OfferState, default=OfferState.RECEIVED, editable=False
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("why it was withdrawn"), max_length=1000, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("tender")
        verbose_name_plural = _("tenders")
        ordering = ["lot__number", "supplier__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["procurement", "lot", "supplier", "variant"],
                condition=~Q(state="withdrawn"),
                nulls_distinct=False,
                name="offer_once_a_supplier",
                violation_error_message=_(
                    "There is an offer of this supplier already. Tell several of its offers apart by a name."
                ),
            ),
            models.CheckConstraint(
                name="offer_withdrawn_with_reason",
                condition=Q(state="received", withdrawn_on__isnull=True)
                | Q(state="withdrawn", withdrawn_on__isnull=False) & ~Q(withdrawal_reason=""),
                violation_error_message=_("Say when and why the offer was withdrawn."),
            ),
        ]

    def __str__(self):
        return f"{self.procurement_id} {self.supplier_id}"

    @classmethod
    def award_model(cls):
        """Return the model of awards, which stands above this one."""
        return cls._meta.get_field("awards").related_model

    def get_absolute_url(self):
        """Return the offer's page."""
        return reverse("procurement:offer", args=[self.pk])

    @property
    def name(self):
        """Return the supplier's name, and which of its offers it is where it has several."""
        return f"{self.supplier.name}, {self.variant}" if self.variant else self.supplier.name

    @property
    def price_model(self):
        """Return the prices as the arithmetic knows them."""
        return prices_as_read(self.prices)

    @property
    def has_tiers(self):
        """Tell whether some price of it depends on how many take part."""
        return any(price.tiers for price in self.price_model.prices)

    @classmethod
    def receive(cls, procurement, *, by, supplier, received_on, model, lot=None, variant="", note=""):
        """Write down an offer that has come in the tendering. Returns it.

        ``model``: a PriceModel. Raises ValidationError when tenders are not being received, for a lot that is not of
        the procurement, or for a supplier that is out of business.
        """
        with transaction.atomic():
            cls._open(procurement, lot, "award")
            if supplier.state != SupplierState.ACTIVE:
                raise ValidationError({"supplier": _("That supplier is not in business any more.")})
            refuse_day("received_on", received_on)
            row = cls(
                procurement=procurement,
                lot=lot,
                supplier=supplier,
                variant=variant,
                received_on=received_on,
                prices=prices_as_stored(model),
                note=note,
            )
            row.full_clean()
            row.save()
            AuditEvent.record(row, "receive", by=by, received_on=received_on)
        return row

    @staticmethod
    def _open(procurement, lot, verb):
        """Lock the procurement and refuse when its tendering is over, or its lot has an award."""
        row = Procurement.objects.select_for_update(of=("self",), no_key=True).get(pk=procurement.pk)
        if row.state != ProcurementState.TENDERING:
            raise WrongState(row, verb)
        lots = list(row.lots.all())
        if (lot is None) == bool(lots) or (lot is not None and lot not in lots):
            raise ValidationError({"lot": _("Choose a lot of this procurement.")})
        if row.awards.standing().filter(lot=lot).exists():
            raise ValidationError(Offer.TRIGGERS["offer_kept_after_award"], code="awarded")

    @contextmanager
    def _changing(self, verb, *, by, **details):
        with transaction.atomic():
            self._open(self.procurement, self.lot, verb)
            with self.step(verb, by=by, **details):
                yield

    def edit(self, *, by, model, **facts):
        """Correct what was written down of the offer; each correction stays on record with the prices before it."""
        before = self.prices
        with self._changing("edit", by=by, before=before):
            for name, value in facts.items():
                setattr(self, name, value)
            refuse_day("received_on", self.received_on)
            self.prices = prices_as_stored(model)
            self.full_clean()

    def judge(self, *, by, met, marks):
        """Write which requirements it meets and the marks it got: {row's id: bool}, {row's id: Decimal or None}."""
        with self._changing("judge", by=by, before={"met": self.met, "marks": self.marks}):
            _grounds, requirements, criteria = judged_by(self.procurement, self.lot)
            self.met = {
                str(row.pk): met[str(row.pk)] for row in requirements if met.get(str(row.pk)) is not None
            }
            self.marks = {}
            for row in criteria:
                mark = marks.get(str(row.pk))
                if mark is not None and not 0 <= mark <= row.best:
                    words = _("%(name)s: give a mark from 0 to %(best)s.")
                    raise ValidationError(
                        words, "mark", {"name": row.text, "best": f"{row.best.normalize():f}"}
                    )
                if mark is not None:
                    self.marks[str(row.pk)] = f"{mark:f}"

    def withdraw(self, *, by, on, reason):
        """Note that the supplier has taken its offer back. After the award its contract is barred by this."""
        with self.step("withdraw", by=by, on=on):
            refuse_day("on", on, since=self.received_on)
            self.withdrawn_on, self.withdrawal_reason = on, reason
