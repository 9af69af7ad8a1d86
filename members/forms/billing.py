"""Forms of the dated settings of the annual fee: how it is invoiced, and the limits that no fee may pass."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from stdnum import iban

from consortium import clock
from consortium.forms import KeyedForm, TypedDateField
from consortium.money import CENT
from consortium.money_fields import MoneyField, ShareField
from members.ledger import COLUMNS
from members.models import BillingTerms, FeeLimits
from members.tables import plain

LANGUAGES = ("fi", "sv", "en")
DATE = _("For example 1.1.2028. What is decided before keeps the settings it was decided with.")

NO_VAT = {
    "vat_reason_fi": _("Say in Finnish why there is no VAT."),
    "vat_reason_sv": _("Say in Swedish why there is no VAT."),
}


class PercentField(ShareField):
    """A rate in per cent with at most two decimals, cleaned to per cent: "25,5" is 25.5."""

    default_error_messages = {
        "required": _("Give the rate in per cent, for example 25,5."),
        "too_fine": _("Give at most two decimals."),
    }

    def clean(self, value):
        """Return the rate in per cent, 0 for nothing."""
        share = super().clean(value)
        percent = (share or 0) * 100
        if percent != round(percent, 2):
            raise ValidationError(self.error_messages["too_fine"], code="too_fine")
        return Decimal(percent).quantize(CENT)

    def prepare_value(self, value):
        """Return what stands in the control: per cent."""
        return value if value is None or isinstance(value, str) else super().prepare_value(value / 100)


class ColumnsField(forms.CharField):
    """Columns of the ledger's file, a line each in the order wanted, by their names in any of the languages."""

    default_error_messages = {
        "unknown": _("“%(name)s” is not a column. Write one of: %(names)s."),
        "twice": _("“%(name)s” stands there twice."),
        "required": _("Give the columns, one on each line."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        """Return the keys of members.ledger.COLUMNS."""
        known = {plain(key): key for key in COLUMNS}
        for language in LANGUAGES:
            with override(language):
                known |= {plain(str(label)): key for key, label in COLUMNS.items()}
        found = []
        for line in filter(str.strip, super().to_python(value or "").splitlines()):
            key, name = known.get(plain(line)), line.strip()[:40]
            if key is None:
                names = ", ".join(str(label) for label in COLUMNS.values())
                raise self._error("unknown", name=name, names=names)
            if key in found:
                raise self._error("twice", name=name)
            found.append(key)
        return found

    def prepare_value(self, value):
        """Return the columns as lines, in the page's language."""
        return value if value is None or isinstance(value, str) else "\n".join(str(COLUMNS[k]) for k in value)

    def has_changed(self, initial, data):
        """Tell whether other columns, or the same in another order, were given."""
        return True

    def _error(self, code, **params):
        return ValidationError(self.error_messages[code], code=code, params=params)


class BillingTermsForm(KeyedForm, forms.ModelForm):
    """How invoices are made from a day on; it begins with the settings in force."""

    valid_from = TypedDateField(label=_("Valid from"), help_text=DATE)
    vat_rate = PercentField(
        label=_("VAT %"), required=False, help_text=_("Only where VAT is added, for example 25,5.")
    )
    columns = ColumnsField(
        label=_("Columns of the ledger's file"), help_text=_("One on each line, in the order wanted.")
    )

    class Meta:
        model = BillingTerms
        fields = [
            *("valid_from", "vat_category", "vat_rate", "vat_reason_fi", "vat_reason_sv", "vat_decision"),
            *("cap_with_vat", "account", "cost_centre", "payment_days", "numbering", "reference_kind"),
            *("helsinki_pays", "columns", "seller_name", "seller_business_id", "seller_iban", "seller_bic"),
            *("seller_einvoice_address", "seller_einvoice_operator"),
            *("seller_street", "seller_postcode", "seller_town"),
        ]
        help_texts = {
            "vat_reason_fi": _("It stands on the invoice, where no VAT is added."),
            "vat_reason_sv": _("It stands on the invoice, where no VAT is added."),
            "vat_decision": _("Who decided on the tax, when, and under which number."),
            "payment_days": _("From the day of the invoice."),
            "seller_business_id": _("For example 0201256-6."),
            "seller_iban": _("For example FI21 1234 5600 0007 85."),
            "seller_einvoice_address": _("0037 and the business ID's digits, or an IBAN."),
        }

    def clean_seller_iban(self):
        """Return the account number without spaces."""
        return iban.compact(self.cleaned_data["seller_iban"])

    def clean_seller_bic(self):
        """Return the BIC in capitals."""
        return self.cleaned_data["seller_bic"].upper()

    def clean_seller_einvoice_address(self):
        """Return the address without spaces."""
        return re.sub(r"\s", "", self.cleaned_data["seller_einvoice_address"]).upper()

    def clean_payment_days(self):
        """Refuse what no invoice can give."""
        days = self.cleaned_data["payment_days"]
        if not 1 <= days <= 180:
            raise ValidationError(_("Give 1 to 180 days."))
        return days

    def clean(self):
        """Say beside each field what VAT asks for, and that an address is whole or not there."""
        cleaned = super().clean()
        rated = cleaned.get("vat_category") == "S"
        if rated and not cleaned.get("vat_rate") and "vat_rate" in cleaned:
            self.add_error("vat_rate", _("VAT that is added needs its rate."))
        if not rated and cleaned.get("vat_rate"):
            self.add_error("vat_rate", _("Where no VAT is added the rate is 0: leave it empty."))
        needs_reason = cleaned.get("vat_category") in {"E", "O"}
        for name, missing in NO_VAT.items():
            if name in cleaned and needs_reason != bool(cleaned[name]):
                self.add_error(name, missing if needs_reason else _("Leave this empty: VAT is not left out."))
        address = ("seller_street", "seller_postcode", "seller_town")
        if any(cleaned.get(name) for name in address):
            for name in address:
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, _("Give the whole address, or none of it."))
        return cleaned


class FeeLimitsForm(KeyedForm, forms.ModelForm):
    """What no fee and no year may exceed from a day on, by Helsinki's decision."""

    valid_from = TypedDateField(label=_("Valid from"), help_text=DATE)
    per_municipality = MoneyField(label=_("Largest fee of a municipality, € a year"))
    per_year = MoneyField(label=_("Largest budget of a year, €"))
    body_fi = forms.CharField(label=_("Who decided, in Finnish"), max_length=120)
    body_sv = forms.CharField(label=_("Who decided, in Swedish"), max_length=120)
    decided_on = TypedDateField(label=_("Date of Helsinki's decision"))
    section = forms.CharField(label=_("Section (§)"), max_length=20)
    case_number = forms.CharField(label=_("Case number"), max_length=40)

    class Meta:
        model = FeeLimits
        fields = ["valid_from", "per_municipality", "per_year"]
        fields += ["body_fi", "body_sv", "decided_on", "section", "case_number"]

    def clean_decided_on(self):
        """Refuse a decision that is still to come."""
        decided_on = self.cleaned_data["decided_on"]
        if decided_on > clock.today():
            raise ValidationError(_("That day is still to come."))
        return decided_on

    def clean(self):
        """Refuse limits of nothing, and a limit of one municipality above that of the year."""
        cleaned = super().clean()
        one, year = cleaned.get("per_municipality"), cleaned.get("per_year")
        for name in ("per_municipality", "per_year"):
            if name in cleaned and not cleaned[name]:
                self.add_error(name, _("A limit is above 0 €."))
        if one and year and one > year:
            self.add_error("per_municipality", _("One municipality's limit cannot be above the year's."))
        if one and one >= 10**6:
            self.add_error("per_municipality", _("This is too large to be meant."))
        if year and year >= 10**7:
            self.add_error("per_year", _("This is too large to be meant."))
        return cleaned
