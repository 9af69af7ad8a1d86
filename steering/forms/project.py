"""Forms of a national project: what it is, its money, its end."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField
from members.models import Municipality
from steering.models import Field

MOST = Decimal("999999999.99")
FIRST_YEAR, LAST_YEAR = 2013, 2099


def year_field(**kwargs):
    """Return the field of a year in four digits."""
    attrs = {"class": "short", "inputmode": "numeric", "autocomplete": "off"}
    messages = {
        "invalid": _("Write the year in four digits, for example 2028."),
        "min_value": _("Give a year from 2013 to 2099."),
        "max_value": _("Give a year from 2013 to 2099."),
    }
    return forms.IntegerField(
        label=_("Year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs=attrs),
        error_messages=messages,
        **kwargs,
    )


def text(label, length, *, required=True, **kwargs):
    """Return a field of several lines."""
    return forms.CharField(label=label, max_length=length, required=required, widget=forms.Textarea, **kwargs)


class PartnersField(forms.CharField):
    """Partners, one a line; the first leads. A municipality is known by its name in either language."""

    default_error_messages = {
        "long": _("Line %(line)s: a name has at most 120 characters."),
        "twice": _("Line %(line)s: %(name)s is named twice."),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, "widget": forms.Textarea} | kwargs)

    def to_python(self, value):
        """Return [(municipality or name, whether it leads)]."""
        if isinstance(value, list):
            return value
        lines = [(n, line.strip()) for n, line in enumerate((value or "").splitlines(), start=1)]
        lines = [(n, line) for n, line in lines if line]
        rows = Municipality.objects.current()
        known = {}
        for name in ("name_fi", "name_sv"):
            wanted = [line for _n, line in lines]
            known |= {getattr(row, name): row for row in rows.filter(**{f"{name}__in": wanted})}
        found = []
        for number, line in lines:
            if len(line) > 120:
                raise forms.ValidationError(self.error_messages["long"], "long", {"line": number})
            who = known.get(line, line)
            if any(who == other for other, _leads in found):
                raise forms.ValidationError(
                    self.error_messages["twice"], "twice", {"line": number, "name": line}
                )
            found.append((who, not found))
        return found

    def prepare_value(self, value):
        """Return the partners as lines."""
        return "\n".join(str(who) for who, _leads in value) if isinstance(value, list) else value


class RevisedForm(PortalForm):
    """A form made from one state of a record. Overtaken by somebody else's, it shows both and keeps what was typed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, value in (self.stored() | {"revision": self.looked_at.revision}).items():
            self.fields[name].initial = value

    @property
    def looked_at(self):
        """Return the record whose revision counts."""
        return self.record

    def stored(self):
        """Return {field: value} as the record holds it now, for what two may write at once."""
        return {}

    def clean(self):
        """Say beside each field what somebody else has saved meanwhile; sent again, this one is kept, knowingly."""
        cleaned, now = super().clean(), self.looked_at
        if cleaned.get("revision") == now.revision:
            return cleaned
        said = False
        for name, theirs in self.stored().items():
            if name in cleaned and cleaned[name] != theirs:
                words = _(
                    "Somebody else saved “%(theirs)s” here while you were writing. Yours is kept below."
                )
                self.add_error(name, forms.ValidationError(words, params={"theirs": _shown(theirs)}))
                said = True
        if not said:
            self.add_error(None, _("A colleague has changed this meanwhile. Look at it, then save again."))
        self.data = self.data.copy()
        self.data[self.add_prefix("revision")] = now.revision
        return cleaned


def _shown(value):
    if isinstance(value, list):
        return ", ".join(str(who) for who, _leads in value)
    return f"{value:%-d.%-m.%Y}" if hasattr(value, "isoformat") else str(value)


class ProjectForm(PortalForm):
    """What a project is for, with whom, and for how long."""

    name_fi = forms.CharField(label=_("Name in Finnish"), max_length=120)
    name_sv = forms.CharField(label=_("Name in Swedish"), max_length=120)
    about_fi = text(_("What it is for, in Finnish"), 1200)
    about_sv = text(_("What it is for, in Swedish"), 1200)
    field = forms.ChoiceField(label=_("Field"), choices=Field.choices)
    partners = PartnersField(
        label=_("Partners"),
        help_text=_("One a line, the first leads the project. For example: Helsinki."),
    )
    starts_on = TypedDateField(label=_("Begins"))
    ends_on = TypedDateField(label=_("Ends by plan"))


class EditProjectForm(RevisedForm, ProjectForm):
    """The same for a project that is written down."""

    def stored(self):
        """Return what the project and its partners are now."""
        names = ("name_fi", "name_sv", "about_fi", "about_sv", "field", "starts_on", "ends_on")
        partners = self.record.partners.select_related("municipality")
        found = {name: getattr(self.record, name) for name in names}
        return found | {"partners": [(p.municipality or p.name, p.leads) for p in partners]}


class GrantForm(PortalForm):
    """Money for one year, and the decision that grants it."""

    year = year_field()
    amount = MoneyField(label=_("Granted"), max_value=MOST)
    funder = forms.CharField(label=_("Who grants it"), max_length=120)
    decision = forms.CharField(
        label=_("Decision"), max_length=120, help_text=_("For example OKM/31/520/2027.")
    )
    decided_on = TypedDateField(label=_("Decided on"))
    case_number = forms.CharField(
        label=_("Case number"), max_length=40, required=False, help_text=_("Helsinki's own, if there is one.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year


class UsedForm(PortalForm):
    """How much of each grant has been used."""

    grant = forms.ModelChoiceField(label=_("Grant"), queryset=None, empty_label=None)
    used = MoneyField(label=_("Used by now"), max_value=MOST)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["grant"]
        field.queryset = self.record.grants.all()
        field.label_from_instance = lambda row: f"{row.year}, {row.decision}"


class EndForm(PortalForm):
    """What came of a project."""

    result_fi = text(_("What came of it, in Finnish"), 2000)
    result_sv = text(_("What came of it, in Swedish"), 2000)
    ended_on = TypedDateField(label=_("Last day"), initial=clock.today)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("result_fi", "result_sv"):
            self.fields[name].initial = getattr(self.record, name)


class ReasonForm(PortalForm):
    """Why something is opened again."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


FORMS = {
    "edit": EditProjectForm,
    "grant": GrantForm,
    "account": UsedForm,
    "start": PortalForm,
    "end": EndForm,
    "reopen": ReasonForm,
}
