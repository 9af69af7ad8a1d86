"""Forms of use: the supplier's file, what its columns mean, whose figures it holds, and setting it aside."""

import hashlib

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms import PortalForm
from consortium.templatetags.portal import place_name
from consortium.uploads import LIMIT_MB, TABLE_ACCEPT, TableField
from members.models import Municipality
from members.tables import plain
from procurement.models import Scope
from procurement.usage_sheet import FIELDS, FIXED, as_year, month_of

LABELS = {
    "month": _("Month"),
    "year": _("Year"),
    "place": _("Municipality, library or network"),
    "service": _("Service"),
    "metric": _("What is counted"),
    "title": _("Title of the work"),
    "count": _("Count"),
}
UNSAID = {
    "month": _("The month of the whole file, if no column has it"),
    "year": _("The year, if the months are without one"),
    "place": _("Whose figures they are, if no column says it"),
    "service": _("The service, if no column says it"),
    "metric": _("What is counted, if no column says it"),
}


class UsageFileForm(PortalForm):
    """A supplier's file of use, whatever its form; the worker reads it."""

    file = TableField(
        label=_("The supplier's file"),
        limit_mb=LIMIT_MB,
        accept=f"{TABLE_ACCEPT},.json,application/json",
        help_text=_(
            "A COUNTER report (release 5 or 5.1: JSON, TSV or CSV; PR, DR, TR or IR), or the supplier's own sheet "
            "(Excel .xlsx or CSV, at most 10 MB). At most 20 MB."
        ),
        error_messages={"required": _("Choose the file.")},
    )

    def clean(self):
        """Reckon the fingerprint by which the same file is known."""
        cleaned = super().clean()
        if upload := cleaned.get("file"):
            fingerprint = hashlib.sha256()
            for chunk in upload.chunks():
                fingerprint.update(chunk)
            upload.seek(0)
            cleaned["sha256"] = fingerprint.hexdigest()
        return cleaned


class ColumnsForm(PortalForm):
    """What the columns of a sheet mean; remembered for the contract."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        guess = self.record.guess
        headings = [("", _("no column")), *((h, h) for h in guess.get("headings", ()))]
        for name in FIELDS:
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=LABELS[name],
                choices=headings,
                required=False,
                initial=guess.get("columns", {}).get(name, ""),
            )
            if name in FIXED:
                self.fields[f"fixed_{name}"] = forms.CharField(
                    label=UNSAID[name], required=False, max_length=100
                )
        self.fields["column_month"].help_text = _("Leave it out where each month has a column of its own.")
        self.fields["column_count"].help_text = _("Leave it out where each month has a column of its own.")
        self.order_fields(
            ["form_key", *(f"{kind}_{name}" for name in FIELDS for kind in ("column", "fixed"))]
        )

    def clean(self):
        """Refuse a column used twice, a month or year that is none, and a sheet whose counts have no name."""
        cleaned = super().clean()
        columns = {n: cleaned.get(f"column_{n}") for n in FIELDS if cleaned.get(f"column_{n}")}
        fixed = {
            n: cleaned[f"fixed_{n}"].strip()
            for n in FIXED
            if n not in columns and (cleaned.get(f"fixed_{n}") or "").strip()
        }
        taken = {}
        for name, heading in columns.items():
            if heading in taken:
                self.add_error(f"column_{name}", _("This column has been given another meaning above."))
            taken[heading] = name
        if "year" in fixed and as_year(fixed["year"]) is None:
            self.add_error("fixed_year", _("Write the year with four digits."))
        if "month" in fixed and month_of(fixed["month"], year=as_year(fixed.get("year"))) is None:
            self.add_error("fixed_month", _("Write the month as number and year, for example 1/2027."))
        by_line = {"month"} & {*columns, *fixed}
        if by_line and "count" not in columns:
            self.add_error("column_count", _("Say in which column the counts stand."))
        if not by_line and "count" in columns:
            self.add_error("column_month", _("Say in which column the month stands, or give it below."))
        if "metric" not in columns and "metric" not in fixed:
            self.add_error("fixed_metric", _("Say what is counted, for example loans."))
        cleaned["columns"], cleaned["fixed"] = columns, fixed
        return cleaned

    @property
    def details(self):
        """Return what the step is called with."""
        return {"columns": self.cleaned_data["columns"], "fixed": self.cleaned_data["fixed"]}


class PlacesForm(PortalForm):
    """Whose figures the names in a file stand for; remembered for the contract."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = list(Municipality.objects.current().order_by("sort_key_fi"))
        self.by_code = {place.code: place for place in places}
        networks = sorted({place.library_network for place in places} - {""})
        choices = [
            ("", _("choose")),
            (Scope.ALL, Scope.ALL.label),
            (Scope.NOBODY, Scope.NOBODY.label),
            (_("Library networks, together"), [(f"network:{name}", name) for name in networks]),
            (_("Municipalities"), [(code, place_name(place)) for code, place in self.by_code.items()]),
        ]
        for at, name in enumerate(self.record.unknown):
            self.fields[f"place_{at}"] = forms.ChoiceField(
                label=name or _("The file names nobody"),
                choices=choices,
                initial=self._alike(name),
                error_messages={"required": _("Say whose figures these are, or leave them out.")},
            )

    def _alike(self, name):
        """Return the municipality whose name the text begins with: only proposed, a person confirms it."""
        words = plain(name)
        for code, place in self.by_code.items():
            if any(words.startswith(f"{plain(own)} ") for own in (place.name_fi, place.name_sv)):
                return code
        return ""

    @property
    def details(self):
        """Return what the step is called with."""
        places = {}
        for at, name in enumerate(self.record.unknown):
            chosen = self.cleaned_data[f"place_{at}"]
            if chosen in {Scope.ALL, Scope.NOBODY}:
                places[name] = (chosen, None, "")
            elif chosen.startswith("network:"):
                places[name] = (Scope.NETWORK, None, chosen.removeprefix("network:"))
            else:
                places[name] = (Scope.MUNICIPALITY, self.by_code[chosen], "")
        return {"places": places}


class SetAsideForm(PortalForm):
    """Why a file does not count."""

    reason = forms.CharField(
        label=_("Why does the file not count?"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("For example: the supplier sent figures of another customer."),
        error_messages={"required": _("Give the reason: it stays on record.")},
    )
