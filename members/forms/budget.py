"""Forms of a year's budget: its figures and cost lines, and what the costs came to."""

from decimal import Decimal

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from consortium import clock, keeping
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField
from consortium.templatetags.portal import day, money
from members.models import AnnualBudget, CostLine

SALT = "members.budget"
EMPTY_ROWS, MOST_ROWS = 5, 40
MOST = Decimal("9999999.99")
FIGURES = ("total", "project_funding", "project_decision", "members_on")
FIRST_YEAR, LAST_YEAR = 2013, 2099
NAME_LENGTH = CostLine._meta.get_field("name_fi").max_length


class BudgetForm(PortalForm):
    """What a year costs, what project money pays of it, and the day whose members pay the rest."""

    total = MoneyField(label=_("Budget of the year"), max_value=MOST)
    project_funding = MoneyField(
        label=_("Project money"), required=False, max_value=MOST, help_text=_("Empty: none.")
    )
    project_decision = forms.CharField(
        label=_("Decision on the project money"),
        max_length=200,
        required=False,
        help_text=_("For example OKM/31/520/2027, 12.3.2027."),
    )
    members_on = TypedDateField(label=_("Members as of"))
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, files=None, *, record=None, by=None):
        super().__init__(data, files, record=record, by=by)
        self.before = self._stored()
        lines = self.before["lines"]
        count = len(lines) + EMPTY_ROWS
        if data is not None:
            typed = [int(name[3:]) for name in data if name.startswith("fi_") and name[3:].isdecimal()]
            count = min(max([count, *typed]), MOST_ROWS)
        self.rows = range(1, count + 1)
        for at in self.rows:
            known = lines[at - 1] if at <= len(lines) else ["", "", ""]
            self._add_row(at, known)
        if record is not None:
            for name in FIGURES:
                self.fields[name].initial = getattr(record, name)
        self.fields["shown"].initial = signing.dumps(self.before, salt=SALT)
        self.written_before = {} if self.is_bound else keeping.typed_in(self)  # in the rows, too

    def _add_row(self, at, known):
        name_fi, name_sv, planned = known
        words = {"number": at}
        self.fields[f"fi_{at}"] = forms.CharField(
            label=_("Cost %(number)s in Finnish") % words, max_length=NAME_LENGTH, required=False
        )
        self.fields[f"sv_{at}"] = forms.CharField(
            label=_("Cost %(number)s in Swedish") % words, max_length=NAME_LENGTH, required=False
        )
        self.fields[f"planned_{at}"] = MoneyField(
            label=_("Cost %(number)s, planned") % words, required=False, max_value=MOST
        )
        initial = (name_fi, name_sv, Decimal(planned) if planned else None)
        for name, value in zip(("fi", "sv", "planned"), initial, strict=True):
            self.fields[f"{name}_{at}"].initial = value

    def _stored(self):
        """Return what is stored now, as text: the figures, the lines, and the revision."""
        if self.record is None:
            return {"revision": 0, "lines": []}
        figures = {name: str(getattr(self.record, name)) for name in FIGURES}
        lines = self.record.lines.values_list("name_fi", "name_sv", "planned")
        return figures | {
            "revision": self.record.revision,
            "lines": [[fi, sv, f"{planned:.2f}"] for fi, sv, planned in lines],
        }

    @property
    def cost_rows(self):
        """Return the fields of each cost line: (Finnish, Swedish, planned)."""
        return [(self[f"fi_{at}"], self[f"sv_{at}"], self[f"planned_{at}"]) for at in self.rows]

    @property
    def figures(self):
        """Return the fields above the cost lines."""
        return [self[name] for name in self.fields if name in ("year", *FIGURES)]

    @property
    def hidden(self):
        """Return what the page does not show."""
        return [self["form_key"], self["shown"]]

    def clean(self):
        """Demand whole cost lines and a decision for project money; overwrite nothing that a colleague has changed."""
        cleaned = super().clean()
        cleaned["project_funding"] = cleaned.get("project_funding") or Decimal("0.00")
        if (
            cleaned["project_funding"]
            and not cleaned.get("project_decision")
            and not self.errors.get("project_funding")
        ):
            self.add_error("project_decision", _("Say which decision grants the project money."))
        lines = []
        for at in self.rows:
            row = [cleaned.get(f"{name}_{at}") for name in ("fi", "sv", "planned")]
            if row[2] is None and not (row[0] or row[1]):
                continue
            for name, words in (
                ("fi", _("Give the cost a name in Finnish.")),
                ("sv", _("Give the cost a name in Swedish.")),
            ):
                if not cleaned.get(f"{name}_{at}") and f"{name}_{at}" not in self.errors:
                    self.add_error(f"{name}_{at}", words)
            if row[2] is None and f"planned_{at}" not in self.errors:
                self.add_error(f"planned_{at}", _("Give the sum planned, for example 7 500,00."))
            lines.append({"name_fi": row[0], "name_sv": row[1], "planned": row[2]})
        cleaned["lines"] = lines
        if self.record is not None:
            self._merge(cleaned)
        return cleaned

    def _merge(self, cleaned):
        """Keep a colleague's change where nothing was typed here, and show it beside the field where both did."""
        try:
            seen = signing.loads(self.data.get("shown", ""), salt=SALT)
        except signing.BadSignature:
            seen = {"revision": -1, "lines": None}
        if seen["revision"] == self.before["revision"]:
            return
        self.data = self.data.copy()
        self.data["shown"] = signing.dumps(self.before, salt=SALT)
        for name in [name for name in FIGURES if name in cleaned]:
            theirs, mine, before = self.before[name], str(cleaned[name]), seen.get(name)
            value = getattr(self.record, name)
            shown = (
                money(value) if isinstance(value, Decimal) else day(value) if name == "members_on" else value
            )
            if theirs in (before, mine):
                continue
            if mine == before:
                cleaned[name], self.data[name] = value, shown
            else:
                self._say_theirs(name, shown)
        self._merge_lines(cleaned, seen["lines"])

    def _merge_lines(self, cleaned, before):
        theirs = self.before["lines"]
        mine = [[row["name_fi"], row["name_sv"], f"{row['planned'] or 0:.2f}"] for row in cleaned["lines"]]
        if theirs in (before, mine):
            return
        if mine == before:
            cleaned["lines"] = list(self.record.lines.values("name_fi", "name_sv", "planned"))
            for at in self.rows:
                fi, sv, planned = theirs[at - 1] if at <= len(theirs) else ("", "", "")
                self.data[f"fi_{at}"], self.data[f"sv_{at}"] = fi, sv
                self.data[f"planned_{at}"] = money(planned)
            return
        shown = "; ".join(f"{fi} {money(planned)}" for fi, _sv, planned in theirs) or _("none")
        self._say_theirs("fi_1", shown)

    def _say_theirs(self, name, shown):
        words = _("A colleague saved “%(theirs)s” here while you were writing. Yours is kept below.")
        self.add_error(name, forms.ValidationError(words, "changed", {"theirs": shown}))

    @property
    def details(self):
        """Return what the budget is begun or edited with."""
        names = [*FIGURES, "lines", *(["year"] if "year" in self.fields else [])]
        found = {name: self.cleaned_data[name] for name in names}
        return found if self.record is None else found | {"revision": self.before["revision"]}


class NewBudgetForm(BudgetForm):
    """The same with the year, which is given once."""

    year = forms.IntegerField(
        label=_("Year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write the year in four digits, for example 2028."),
            "min_value": _("Give a year from 2013 to 2099."),
            "max_value": _("Give a year from 2013 to 2099."),
        },
    )
    field_order = ["form_key", "year"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        following = clock.today().year + 1
        self.fields["year"].initial = following
        self.fields["members_on"].initial = clock.first_day(following)

    def clean_year(self):
        """Refuse a year that has a budget."""
        year = self.cleaned_data["year"]
        if AnnualBudget.objects.filter(year=year).exists():
            raise forms.ValidationError(_("There is a budget for %(year)s already."), params={"year": year})
        return year


class AccountForm(PortalForm):
    """What each cost line came to."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for line in self.record.lines.all():
            self.fields[f"actual_{line.position}"] = MoneyField(
                label=line.name,
                required=False,
                max_value=MOST,
                initial=line.actual,
                help_text=_("Planned %(sum)s.") % {"sum": money(line.planned)},
            )
        self.written_before = {} if self.is_bound else keeping.typed_in(self)

    @property
    def details(self):
        """Return {position: € or None} as the step takes it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name.startswith("actual_")}
        return {"actual": {int(name.removeprefix("actual_")): value for name, value in typed.items()}}
