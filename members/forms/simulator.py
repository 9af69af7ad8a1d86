"""Forms of the fee simulator: a scenario that its address holds whole, and the filters of its table."""

from decimal import Decimal
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.fees import reckon
from consortium.forms import PortalForm
from consortium.lists import PlainSelect
from consortium.templatetags.portal import day, money, rate
from members.forms.fees import RuleForm
from members.models import Accession, Alternative, Municipality, SchemeKind
from members.models.municipality import sort_key

INVITED, OUTSIDE = "invited", "outside"
USUAL_FLOOR = Decimal(150)
YEARS_BACK = (2, 1, 3)  # the usual one first, which an address without it means
MILLIONTH = Decimal("0.000001")


def regions():
    """Return the regions as choices, by their names in the page's language."""
    name = "region_sv" if get_language() == "sv" else "region_fi"
    known = Municipality.objects.current().order_by().values_list("region_code", name).distinct()
    return sorted(known, key=lambda pair: sort_key(pair[1]))


class SimulatorForm(RuleForm):
    """A scenario of a year's fees: how they are reckoned, and who else is reckoned with. Sent with GET."""

    population_back = forms.TypedChoiceField(
        label=_("Residents at the latest on"),
        choices=[(str(n), "") for n in YEARS_BACK],
        coerce=int,
        required=False,
    )
    expected = forms.CharField(
        label=_("If these join"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Names or codes, parted by commas."),
    )
    group = forms.ChoiceField(
        label=_("And these"),
        required=False,
        choices=[
            ("", _("nobody else")),
            (INVITED, _("all who are invited")),
            (OUTSIDE, _("all non-members")),
        ],
    )
    region = forms.ChoiceField(label=_("Of the region"), required=False)
    title = forms.CharField(
        label=_("Name of the alternative"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, budget, **kwargs):
        kwargs.setdefault("auto_id", "s_%s")
        super().__init__(data, largest=budget.fee_cap, **kwargs)
        self.budget = budget
        self.fields["population_back"].choices = [
            (str(n), day(clock.last_day(budget.year - n))) for n in YEARS_BACK
        ]
        self.fields["population_back"].empty_value = YEARS_BACK[0]
        for name in (
            "cap",
            "free_years",
        ):  # said beside the field when it is needed; four figures stand in a row
            self.fields[name].help_text = ""
        self.fields["region"].choices = [("", _("any region")), *regions()]

    def clean(self):
        """Find those who are reckoned with as if they joined; a name that fits none is said beside the field."""
        cleaned = super().clean()
        names = [n.strip() for n in cleaned.get("expected", "").replace("\n", ",").split(",") if n.strip()]
        by_name = {}
        if names:
            for row in Municipality.objects.current().values_list("code", "name_fi", "name_sv"):
                by_name |= {word.casefold(): row[0] for word in row}
        unknown = [name for name in names if name.casefold() not in by_name]
        if unknown:
            words = _("No municipality by this name: %(names)s.")
            self.add_error("expected", forms.ValidationError(words, params={"names": ", ".join(unknown)}))
        codes = {by_name[name.casefold()] for name in names if name.casefold() in by_name}
        cleaned["joining"] = sorted(codes | self._group(cleaned.get("group"), cleaned.get("region")))
        return cleaned

    def _group(self, group, region):
        if not group:
            return set()
        rows = Municipality.objects.current().exclude(
            pk__in=Municipality.objects.members_on(self.budget.members_on)
        )
        if group == INVITED:
            rows = rows.filter(accessions__state__in=Accession.OPEN)
        if region:
            rows = rows.filter(region_code=region)
        return set(rows.values_list("code", flat=True))

    @property
    def scheme(self):
        """Return the terms as a record that is not saved."""
        back = self.cleaned_data["population_back"]
        return Alternative(budget=self.budget, population_back=back, **self.terms)

    @property
    def pairs(self):
        """Return the scenario as it stands in the address: [(field's name, text)], what is empty left out."""
        if not self.is_bound:
            return []
        return [(name, self.data[name]) for name in self.fields if self.data.get(name)]

    @property
    def query(self):
        """Return the scenario as the query of an address."""
        return urlencode(self.pairs)

    def refuse_above_limit(self, reckoned):
        """Say beside the field that the fees of the year would pass its limit, with the way out."""
        total, limit = reckoned.fees.total, self.budget.ceiling
        if total <= limit:
            return
        rule = reckoned.fees.rule
        figures = {"sum": money(total), "over": money(total - limit), "limit": money(limit)}
        words = _("The fees would come to %(sum)s, which is %(over)s above %(limit)s, the limit of a year.")
        ways, name = _("Lower the fees of the classes or the smallest fee."), "bands"
        if rule.kind == SchemeKind.TARIFF:
            name = "rate"
            fits = largest_rate(rule, [p.payer for p in reckoned.payees], self.budget.year, limit)
            figures["rate"] = rate(fits) if fits else ""
            if fits:
                ways = _("Lower the rate to %(rate)s, or lower the smallest fee.")
            else:
                name, ways = "floor", _("Lower the smallest fee.")
        self.add_error(name, forms.ValidationError(f"{words} {ways}" % figures, "above_limit"))


def largest_rate(rule, payers, year, limit):
    """Return the largest € a resident whose fees stay within the limit (€), or None if there is none."""
    low, high = 0, int(rule.rate / MILLIONTH)
    fields = {name: getattr(rule, name) for name in rule.__dataclass_fields__}

    def fits(millionths):
        tried = type(rule)(**fields | {"rate": millionths * MILLIONTH})
        return reckon(tried, payers, year=year).total <= limit

    if not fits(0):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low * MILLIONTH or None


def scenario_of(terms, expected=(), title=""):
    """Return saved terms as the simulator's address holds them (a QueryDict)."""
    shown = RuleForm.initial_of(terms.rule()) | {
        "population_back": str(terms.population_back),
        "expected": ", ".join(expected),
        "title": title,
    }
    data = QueryDict(mutable=True)
    for name, value in shown.items():
        text = SimulatorForm.base_fields[name].prepare_value(value)
        if text is True:
            data[name] = "on"
        elif text:
            data[name] = str(text)
    return data


class SaveForm(PortalForm):
    """Keeps a scenario as an alternative; the scenario itself stands in the simulator's form."""


class SiftForm(forms.Form):
    """What of the table is shown: region, change, limit, name. Carries the scenario along."""

    at = forms.ChoiceField(label=_("Region"), required=False, widget=PlainSelect)
    change = forms.ChoiceField(
        label=pgettext_lazy("of a fee", "Change"),
        required=False,
        widget=PlainSelect,
        choices=[
            ("", _("all")),
            ("more", _("pays more")),
            ("less", _("pays less")),
            ("same", _("pays the same")),
            ("new", _("new")),
        ],
    )
    limit = forms.ChoiceField(
        label=_("Fee"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("all")), ("cap", _("at the cap")), ("floor", _("at the floor"))],
    )
    q = forms.CharField(label=_("Name of the municipality"), required=False, max_length=60)

    NAMES = ("at", "change", "limit", "q")

    def __init__(self, data, *, carried=()):
        super().__init__(data, auto_id="f_%s")
        self.fields["at"].choices = [("", _("all")), *regions()]
        for name, _text in carried:
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"id": False}))

    def sift(self, lines):
        """Return the lines (members.pages.scenario.FeeLine) that are asked for; a bad choice asks for nothing."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name) for name in self.NAMES}
        words = (asked["q"] or "").casefold()
        return [
            line
            for line in lines
            if (not asked["at"] or line.municipality.region_code == asked["at"])
            and (not asked["change"] or line.direction == asked["change"])
            and (not asked["limit"] or line.limit == asked["limit"])
            and (not words or words in f"{line.municipality.name_fi}\n{line.municipality.name_sv}".casefold())
        ]

    @property
    def words(self):
        """Return what is asked for, in words."""
        if not self.is_valid():
            return ""
        told = []
        for name in self.NAMES:
            value = self.cleaned_data.get(name)
            if value:
                shown = dict(self.fields[name].choices)[value] if name != "q" else f"“{value}”"
                told.append(f"{str(self.fields[name].label).lower()} {shown}")
        return ", ".join(told)
