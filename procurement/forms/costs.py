"""Forms of cost sharing: the terms of a year, the freeze of what was looked at, and taking it back."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField, RateField, ShareField
from members.forms.billing import PercentField
from procurement.cost_words import use_words
from procurement.models import CostMethod
from procurement.models.participation import months_in
from procurement.usage_sheet import month_of

METHODS = [
    (CostMethod.RESIDENTS, _("By residents: the bill in proportion to how many live in each municipality")),
    (CostMethod.EQUAL, _("Equally: the same for each")),
    (CostMethod.USE, _("By use: in proportion to what each has used")),
    (CostMethod.MIXED, _("Mixed: parts of the bill equally, by residents and by use")),
    (CostMethod.PRICE, _("At a price a resident: the shares make the bill")),
]
ZERO = Decimal(0)


class MonthField(forms.CharField):
    """A month typed "1/2027"; its first day."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("For example 1/2027."))
        super().__init__(**kwargs)
        self.widget.attrs["class"] = "short"

    def to_python(self, value):
        """Return the month's first day, or None for nothing."""
        if not (value or "").strip():
            return None
        month = month_of(value)
        if month is None:
            raise ValidationError(_("Write the month as number and year, for example 1/2027."), code="month")
        return month

    def prepare_value(self, value):
        """Return a month as it is typed."""
        return f"{value.month}/{value.year}" if hasattr(value, "month") else value


class CostShareForm(PortalForm):
    """How a contract's bill of a year is shared."""

    year = forms.IntegerField(label=_("Year"), min_value=2013, max_value=2099)
    method = forms.ChoiceField(label=_("How the bill is shared"), choices=METHODS, widget=forms.RadioSelect)
    amount = MoneyField(
        label=_("Bill of a whole year, without VAT"),
        required=False,
        help_text=_("Not for a price a resident. Fewer months take their part of it."),
    )
    price = RateField(
        label=_("Price a resident and year, without VAT"),
        required=False,
        help_text=_("Only for a price a resident, for example 0,70."),
    )
    months = forms.IntegerField(label=_("Months of the contract in the year"), min_value=1, max_value=12)
    floor = MoneyField(label=_("Smallest share of a whole year"), required=False)
    cap = MoneyField(label=_("Largest share of a whole year"), required=False)
    equal_part = ShareField(
        label=_("Part shared equally"), required=False, help_text=_("Per cent, if mixed.")
    )
    residents_part = ShareField(
        label=_("Part shared by residents"), required=False, help_text=_("Per cent, if mixed.")
    )
    use_part = ShareField(label=_("Part shared by use"), required=False, help_text=_("Per cent, if mixed."))
    population_on = TypedDateField(
        label=_("Residents as of"),
        help_text=_("The newest population figure on this day or before counts. For example 31.12.2026."),
    )
    use_metric = forms.ChoiceField(
        label=_("Use is counted as"),
        required=False,
        help_text=_("Reports of a supplier count the same use again: one of them counts."),
    )
    use_from = MonthField(label=_("Use from the month"), required=False)
    use_to = MonthField(label=_("Use until the month"), required=False)
    ground = forms.CharField(
        label=_("Which decision or agreement says so"),
        max_length=200,
        help_text=_("For example: contract, clause 7; or the steering group's meeting 12.3.2027, § 4."),
    )
    vat_rate = PercentField(
        label=_("VAT %"),
        required=False,
        help_text=_("May be given later: a share is charged only when it is settled."),
    )
    vat_note = forms.CharField(label=_("VAT treatment in words"), required=False, max_length=70)
    account = forms.CharField(label=_("Account"), required=False, max_length=20)
    cost_centre = forms.CharField(label=_("Cost centre"), required=False, max_length=20)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    NAMES = (
        *("method", "amount", "price", "months", "floor", "cap", "equal_part", "residents_part", "use_part"),
        *("population_on", "use_metric", "use_from", "use_to", "ground"),
        *("vat_rate", "vat_note", "account", "cost_centre"),
    )

    def __init__(self, *args, contract=None, metrics=(), **kwargs):
        super().__init__(*args, **kwargs)
        known = {*metrics}  # (report, metric)
        if self.record is not None and self.record.use_metric:
            known.add((self.record.use_report, self.record.use_metric))
        self.metrics = {use_words(*pair): pair for pair in sorted(known)}
        self.fields["use_metric"].choices = [("", _("no use")), *((words, words) for words in self.metrics)]
        if self.record is not None:
            del self.fields["year"]
            for name in self.NAMES:
                self.fields[name].initial = getattr(self.record, name)
            self.fields["use_metric"].initial = use_words(self.record.use_report, self.record.use_metric)
            self.fields["revision"].initial = self.record.revision
        else:
            year = clock.today().year
            self.fields["year"].initial = year
            self.fields["method"].initial = CostMethod.RESIDENTS
            self.fields["months"].initial = months_in(contract.begins_on, contract.last_day, year) or 12
            self.fields["population_on"].initial = clock.last_day(year - 1)
            self.fields["amount"].initial = contract.yearly

    def clean(self):
        """Keep of the figures those that the method takes, and ask for those that it needs."""
        cleaned = super().clean()
        method = cleaned.get("method")
        for name in ("floor", "equal_part", "residents_part", "use_part"):
            cleaned[name] = cleaned.get(name) or ZERO
        if method == CostMethod.PRICE:
            cleaned["amount"] = None
            self._need(cleaned, "price", _("Give the price a resident."))
        elif method:
            cleaned["price"] = None
            self._need(cleaned, "amount", _("Give the bill of a whole year."))
        if method == CostMethod.MIXED:
            if sum(cleaned[n] for n in ("equal_part", "residents_part", "use_part")) != 1:
                self.add_error("equal_part", _("The three parts must together be 100 %."))
        else:
            cleaned |= {"equal_part": ZERO, "residents_part": ZERO, "use_part": ZERO}
        if method == CostMethod.USE or cleaned["use_part"]:
            self._need(
                cleaned, "use_metric", _("Say which figure of use counts. Read the supplier's file first.")
            )
            self._need(cleaned, "use_from", _("Give the first month."))
            self._need(cleaned, "use_to", _("Give the last month."))
            begins, ends = cleaned.get("use_from"), cleaned.get("use_to")
            if begins and ends and ends < begins:
                self.add_error("use_to", _("The last month cannot come before the first."))
        else:
            cleaned |= {"use_metric": "", "use_from": None, "use_to": None}
        if cleaned.get("cap") is not None and cleaned["cap"] < cleaned["floor"]:
            self.add_error("cap", _("The largest share cannot be less than the smallest."))
        return cleaned

    def _need(self, cleaned, name, words):
        if cleaned.get(name) in (None, "") and name not in self.errors:
            self.add_error(name, words)

    @property
    def details(self):
        """Return the terms, with the year of a new one or the revision that was looked at."""
        told = {name: self.cleaned_data[name] for name in self.NAMES}
        report, metric = self.metrics.get(told["use_metric"], ("", ""))
        own = "year" if self.record is None else "revision"
        return told | {"use_report": report, "use_metric": metric, own: self.cleaned_data[own]}


class SettleSharesForm(PortalForm):
    """How shares that stand go to the ledger: VAT, account and cost centre."""

    NAMES = ("vat_rate", "vat_note", "account", "cost_centre")
    vat_rate = PercentField(label=_("VAT %"))
    vat_note = forms.CharField(label=_("VAT treatment in words"), required=False, max_length=70)
    account = forms.CharField(label=_("Account"), required=False, max_length=20)
    cost_centre = forms.CharField(label=_("Cost centre"), required=False, max_length=20)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in (*self.NAMES, "revision"):
            self.fields[name].initial = getattr(self.record, name)

    def clean(self):
        """Ask why there is no VAT where the rate is 0."""
        cleaned = super().clean()
        if cleaned.get("vat_rate") == 0 and not cleaned.get("vat_note"):
            self.add_error("vat_note", _("Say why there is no VAT."))
        return cleaned


class FreezeSharesForm(PortalForm):
    """The very shares that were looked at."""

    seen = forms.CharField(widget=forms.HiddenInput)


class TakeBackForm(PortalForm):
    """Why shares are taken back before they are charged."""

    reason = forms.CharField(
        label=_("Why are they taken back?"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("The participants read it."),
        error_messages={"required": _("Give the reason: it stays on record.")},
    )
