"""Forms of an annual report: its year, a section's text, its publication."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm
from steering.forms.plan import decided_choice, fill_decided
from steering.forms.project import RevisedForm, text, year_field
from steering.models import AnnualReport, SectionKind
from steering.models.report import CHANGED

LISTED = frozenset({SectionKind.DECISIONS, SectionKind.ACTIONS, SectionKind.PROJECTS})


class NewReportForm(PortalForm):
    """The year of a new report."""

    year = year_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year - 1

    def clean_year(self):
        """Refuse a year that has a report or is still to come."""
        year = self.cleaned_data["year"]
        if AnnualReport.objects.filter(year=year).exists():
            raise forms.ValidationError(_("There is a report for %(year)s already."), params={"year": year})
        if year > clock.today().year:
            raise forms.ValidationError(_("That year is still to come."))
        return year


class SectionForm(RevisedForm):
    """A section's text in both languages; it begins from what the portal says by itself."""

    text_fi = text(_("Text in Finnish"), 8000)
    text_sv = text(_("Text in Swedish"), 8000)
    with_list = forms.BooleanField(label=_("Show the portal's list below the text"), required=False)

    def __init__(self, *args, section=None, filled=None, **kwargs):
        self.section, self.filled = section, filled
        super().__init__(*args, **kwargs)
        for language in ("fi", "sv"):
            field = self.fields[f"text_{language}"]
            field.initial = section.text(language) or filled[language]
            field.widget.attrs["rows"] = 10
        if section.kind not in LISTED:
            del self.fields["with_list"]

    @property
    def looked_at(self):
        """Return the section, which has a revision of its own."""
        return self.section

    def stored(self):
        """Return the section as it is now."""
        return {name: getattr(self.section, name) for name in ("text_fi", "text_sv", "with_list")}

    @property
    def details(self):
        """Return what the step takes: the texts, and what the portal would say in their place now."""
        filled = {f"filled_{language}": words for language, words in self.filled.items()}
        return super().details | filled | {"kind": self.section.kind}


class FillForm(RevisedForm):
    """The section whose text goes."""

    def __init__(self, *args, section=None, **kwargs):
        self.section = section
        super().__init__(*args, **kwargs)

    @property
    def looked_at(self):
        """Return the section, which has a revision of its own."""
        return self.section

    @property
    def details(self):
        """Return what the step takes."""
        return super().details | {"kind": self.section.kind}


class PublishForm(PortalForm):
    """Where the report was approved; a later edition says what was corrected."""

    decided_in = decided_choice()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, contents=None, seen="", **kwargs):
        super().__init__(*args, **kwargs)
        self.contents, self.now = contents, seen
        self.fields["seen"].initial = seen
        fill_decided(self.fields["decided_in"])
        self.fields["decided_in"].initial = self.record.decided_in
        if self.record.editions.exists():
            for name, label in (
                ("because_fi", _("What was corrected, in Finnish")),
                ("because_sv", _("What was corrected, in Swedish")),
            ):
                self.fields[name] = forms.CharField(label=label, max_length=300)

    def clean(self):
        """Refuse what has changed since it was read; sent again, it is what the page now shows."""
        cleaned = super().clean()
        if cleaned.get("seen") != self.now:
            self.add_error(None, CHANGED)
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.now
        return cleaned

    @property
    def details(self):
        """Return what the step takes."""
        return super().details | {"contents": self.contents}
