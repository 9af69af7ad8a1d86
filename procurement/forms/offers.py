"""Forms of offers: what they are judged by, what a supplier asks, how it meets what was required."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import clock, keeping
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField
from consortium.templatetags.portal import number
from procurement import prices
from procurement.forms.prices import LINES, price_fields, price_initial, read_price_line
from procurement.models import Basis, SharedBy, Supplier
from procurement.models.buyers import participants
from procurement.models.grounds import grounds_of, judged_by
from procurement.price_words import refusal_words

MOST = Decimal("9999999999.99")
EMPTY_ROWS = 2
LEAST_ROWS = 3
LEAST_LINES = 2
ANYBODY = (
    prices.Participant("x", 1, 1, Decimal(1)),
)  # stands in where only the prices themselves are looked at


class LotField(forms.ModelChoiceField):
    """A lot of the procurement."""

    def label_from_instance(self, lot):
        """Return its number and title."""
        return str(lot)


class PointsField(forms.DecimalField):
    """A mark or points: two decimals, the comma or the point before them."""

    def __init__(self, **kwargs):
        attrs = {"class": "short", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_digits=5, decimal_places=2, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value):
        """Return the number that was typed."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value):
        """Return what stands in the control."""
        return number(value) if isinstance(value, Decimal) else value


class OfferForm(PortalForm):
    """An offer as it has come: supplier, day, prices. ``procurement`` is whose offer, ``record`` the one corrected."""

    lot = LotField(label=gettext_lazy("Lot"), queryset=None, empty_label=None)
    supplier = forms.ModelChoiceField(label=gettext_lazy("Supplier"), queryset=None, empty_label=None)
    variant = forms.CharField(
        label=gettext_lazy("Which of its offers"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Only when the supplier has several."),
    )
    received_on = TypedDateField(label=gettext_lazy("Received on"))
    minimum_each = MoneyField(
        label=gettext_lazy("Smallest fee of a municipality"),
        required=False,
        max_value=MOST,
        help_text=gettext_lazy("Euros a year. Empty: none."),
    )
    minimum = MoneyField(
        label=gettext_lazy("Smallest fee of the whole"),
        required=False,
        max_value=MOST,
        help_text=gettext_lazy("Euros a year. Empty: none."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note of the service centre"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args, procurement=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.procurement = procurement or self.record.procurement
        lots = self.procurement.lots.all()
        self.fields["lot"].queryset = lots
        self.fields["supplier"].queryset = Supplier.objects.active()
        model = self.record.price_model if self.record else prices.PriceModel(())
        self.lines = max(LEAST_LINES, min(len(model.prices) + 1, LINES))
        for at in range(self.lines):
            self.fields |= price_fields(at)
        initial = price_initial(model) | {
            "minimum_each": model.minimum_each or None,
            "minimum": model.minimum or None,
        }
        if self.record:
            for name in ("lot", "supplier"):
                del self.fields[name]
            initial |= {name: getattr(self.record, name) for name in ("variant", "received_on", "note")}
        elif not lots:
            del self.fields["lot"]
        else:
            self.fields["received_on"].initial = clock.today()
        for name, value in initial.items():
            self.fields[name].initial = value
        self.written_before = {} if self.is_bound else keeping.typed_in(self)

    @property
    def groups(self):
        """Return the form's parts as (heading, its fields), in the order in which they stand on the page."""
        first = [self[n] for n in ("lot", "supplier", "variant", "received_on") if n in self.fields]
        names = ("per", "rate", "measure", "tiers", "reach")
        lines = [
            (_("Price %(n)s") % {"n": at + 1}, [self[f"{name}_{at}"] for name in names])
            for at in range(self.lines)
        ]
        last = [self[n] for n in ("minimum_each", "minimum", "note")]
        return [(_("Offer"), first), *lines, (_("Smallest fees"), last)]

    def clean(self):
        """Put the prices together; what does not go together is said beside its field."""
        cleaned = super().clean()
        found, places = [], []
        for at in range(self.lines):
            try:
                price = read_price_line(cleaned, at) if not self._is_wrong(at) else None
            except forms.ValidationError as missing:
                self.add_error(None, missing)
                continue
            if price is not None:
                found.append(price)
                places.append(at)
        model = prices.PriceModel(
            tuple(found), cleaned.get("minimum_each") or Decimal(0), cleaned.get("minimum") or Decimal(0)
        )
        if not self.errors:
            for refusal in prices.refusals(model, ANYBODY):
                at = refusal.figures.get("price")
                field = (
                    f"{'tiers' if found[at].tiers else 'rate'}_{places[at]}" if at is not None else "per_0"
                )
                self.add_error(field, refusal_words([refusal], {}))
        cleaned["model"] = model
        return cleaned

    def _is_wrong(self, at):
        return any(f"{name}_{at}" in self.errors for name in ("per", "rate", "measure", "tiers", "reach"))

    @property
    def details(self):
        """Return what the step is called with."""
        names = ("lot", "supplier", "variant", "received_on", "note", "model")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class JudgeForm(PortalForm):
    """Whether an offer meets each requirement, and its marks."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _grounds, self.requirements, self.criteria = judged_by(self.record.procurement, self.record.lot)
        for row in self.requirements:
            known = self.record.met.get(str(row.pk))
            self.fields[f"met_{row.pk}"] = forms.ChoiceField(
                label=row.text,
                choices=[("yes", _("meets it")), ("no", _("does not meet it"))],
                widget=forms.RadioSelect,
                initial=None if known is None else ("yes" if known else "no"),
                error_messages={"required": _("Say whether the offer meets it.")},
            )
        for row in self.criteria:
            mark = self.record.marks.get(str(row.pk))
            best = f"{row.best.normalize():f}"
            self.fields[f"mark_{row.pk}"] = PointsField(
                label=row.text,
                min_value=0,
                max_value=row.best,
                required=False,
                initial=mark and Decimal(mark),
                help_text=_("Mark 0 to %(best)s; at most %(points)s points.")
                % {"best": best, "points": f"{row.weight.normalize():f}"},
                error_messages={
                    "invalid": _("Write the mark in digits, for example 4 or 3,5."),
                    "min_value": _("Give a mark from 0 to %(best)s.") % {"best": best},
                    "max_value": _("Give a mark from 0 to %(best)s.") % {"best": best},
                },
            )
        self.written_before = {} if self.is_bound else keeping.typed_in(self)

    @property
    def details(self):
        """Return {row's id: whether it is met} and {row's id: mark or None}."""
        cleaned = self.cleaned_data
        return {
            "met": {str(r.pk): cleaned[f"met_{r.pk}"] == "yes" for r in self.requirements},
            "marks": {str(c.pk): cleaned[f"mark_{c.pk}"] for c in self.criteria},
        }


class TakeBackForm(PortalForm):
    """When and why a supplier took its offer back."""

    on = TypedDateField(label=gettext_lazy("Withdrawn on"))
    reason = forms.CharField(
        label=gettext_lazy("Why it was withdrawn"),
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write why, as the supplier says.")},
    )


class GroundsForm(PortalForm):
    """What offers will be judged by: points for the price, requirements, quality criteria, whose figures count."""

    price_weight = forms.IntegerField(
        label=gettext_lazy("Points for the price"),
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("Price and criteria make 100 points together."),
        error_messages={
            "invalid": gettext_lazy("Write the points in digits, for example 60."),
            "min_value": gettext_lazy("Give 0 to 100 points."),
            "max_value": gettext_lazy("Give 0 to 100 points."),
        },
    )
    basis = forms.ChoiceField(label=gettext_lazy("Compared with the figures of"), choices=Basis.choices)
    shared_by = forms.ChoiceField(
        label=gettext_lazy("A price for the whole is shared"), choices=SharedBy.choices
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        said = grounds_of(self.record)
        self.fields["price_weight"].initial = self.record.price_weight
        self.fields["basis"].initial, self.fields["shared_by"].initial = said.basis, said.shared_by
        self.lots = list(self.record.lots.all())
        self.rows = {}
        for kind in ("requirement", "criterion"):
            known = list((self.record.requirements if kind == "requirement" else self.record.criteria).all())
            self.rows[kind] = max(LEAST_ROWS, len(known) + EMPTY_ROWS)
            for at in range(self.rows[kind]):
                self._add_row(kind, at, known[at] if at < len(known) else None)
        self.written_before = {} if self.is_bound else keeping.typed_in(self)

    def _add_row(self, kind, at, row):
        for language, label in (("fi", _("In Finnish")), ("sv", _("In Swedish"))):
            self.fields[f"{kind}_{at}_text_{language}"] = forms.CharField(
                label=label, max_length=300, required=False, initial=row and getattr(row, f"text_{language}")
            )
        if self.lots:
            choices = [("", _("all lots")), *((str(lot.pk), str(lot)) for lot in self.lots)]
            self.fields[f"{kind}_{at}_lot"] = forms.ChoiceField(
                label=_("Lot"), required=False, choices=choices, initial=row and str(row.lot_id or "")
            )
        if kind == "criterion":
            for name, label in (("weight", _("Points")), ("best", _("Best mark"))):
                usual = Decimal(5) if name == "best" else None
                self.fields[f"{kind}_{at}_{name}"] = PointsField(
                    label=label,
                    required=False,
                    min_value=Decimal("0.01"),
                    max_value=100,
                    initial=getattr(row, name) if row else usual,
                    error_messages={"invalid": _("Write it in digits, for example 20.")},
                )

    @property
    def groups(self):
        """Return the form's parts as (heading, its fields)."""
        first = [self[name] for name in ("price_weight", "basis", "shared_by")]
        found = [(_("Price"), first)]
        for kind, words in (
            ("requirement", _("Requirement %(n)s")),
            ("criterion", _("Quality criterion %(n)s")),
        ):
            for at in range(self.rows[kind]):
                own = [self[name] for name in self.fields if name.startswith(f"{kind}_{at}_")]
                found.append((words % {"n": at + 1}, own))
        return found

    def clean(self):
        """Read the rows; one that is half written is said beside its field."""
        cleaned = super().clean()
        lots = {str(lot.pk): lot for lot in self.lots}
        for kind, name in (("requirement", "requirements"), ("criterion", "criteria")):
            cleaned[name] = []
            for at in range(self.rows[kind]):
                row = {
                    field: cleaned.get(f"{kind}_{at}_{field}")
                    for field in ("text_fi", "text_sv", "lot", "weight", "best")
                }
                if not (row["text_fi"] or row["text_sv"] or row["weight"]):
                    continue
                for field, words in self._missing(kind, row):
                    if f"{kind}_{at}_{field}" not in self.errors:
                        self.add_error(f"{kind}_{at}_{field}", words)
                row["lot"] = lots.get(row["lot"])
                wanted = ("text_fi", "text_sv", "lot") + (("weight", "best") if kind == "criterion" else ())
                cleaned[name].append({field: row[field] for field in wanted})
        return cleaned

    def _missing(self, kind, row):
        for language in ("fi", "sv"):
            if not row[f"text_{language}"]:
                yield f"text_{language}", _("Write it in both languages.")
        if kind == "criterion" and not row["weight"]:
            yield "weight", _("Give the points of the criterion.")
        if kind == "criterion" and not row["best"]:
            yield "best", _("Give the best mark.")

    @property
    def details(self):
        """Return what the grounds are put with."""
        names = ("price_weight", "basis", "shared_by", "requirements", "criteria")
        return {name: self.cleaned_data[name] for name in names}


class UsersForm(PortalForm):
    """How many users each municipality would have, a line each: name or code, then the number."""

    counts = forms.CharField(
        label=gettext_lazy("Municipality and users, one a line"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("For example Alavieska 12, or two columns pasted from a sheet."),
        error_messages={"required": gettext_lazy("Write at least one line, for example Alavieska 12.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["counts"].widget.attrs["rows"] = 12
        buyers, places = participants(self.record)
        self.places = places
        lines = [f"{places[b.key].name}\t{'' if b.users is None else b.users}" for b in buyers]
        self.fields["counts"].initial = "\n".join(lines)

    def clean_counts(self):
        """Return {municipality: number}; each line that cannot be read is named."""
        by_name = {}
        for code, place in self.places.items():
            by_name |= {code: place, place.name_fi.casefold(): place, place.name_sv.casefold(): place}
        found, wrong = {}, []
        for at, line in enumerate(self.cleaned_data["counts"].splitlines(), 1):
            plain = " ".join(line.replace(";", " ").split())
            if not plain or plain.casefold() in by_name:  # a name without a number says nothing
                continue
            name, _space, count = plain.rpartition(" ")
            place = by_name.get(name.casefold())
            if place is None:
                words = _("Line %(line)s: nobody who takes part is called “%(name)s”.")
            elif not (count.isdecimal() and len(count) <= 9):
                words = _("Line %(line)s: “%(count)s” is not a number of users.")
            elif place in found:
                words = _("Line %(line)s: “%(name)s” stands there twice.")
            else:
                found[place] = int(count)
                continue
            wrong.append(forms.ValidationError(words, "line", {"line": at, "name": name, "count": count}))
        if wrong:
            raise forms.ValidationError(wrong)
        return found
