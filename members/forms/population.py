"""Forms of loading population figures: the file, then what it means, then the load itself."""

from django import forms
from django.core import signing
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.uploads import TABLE_LIMIT_MB, TableField
from members import register
from members.models.population import compare_figures, heirless_sentence, names_of_places
from members.population_file import DayError, read
from members.register import Problem
from members.tables import UnreadableListError

SALT = "population"
HOLDS = 12 * 3600  # seconds from the preview to the load


class PopulationFileForm(PortalForm):
    """A file of Statistics Finland, the day of its figures and who says so."""

    file = TableField(
        label=_("File"),
        help_text=format_lazy(
            _("CSV or Excel (.xlsx), at most {limit} MB: municipalities as rows, years as columns."),
            limit=TABLE_LIMIT_MB,
        ),
        error_messages={"required": _("Choose the file.")},
    )
    on = TypedDateField(
        label=_("Day of the figures"),
        required=False,
        help_text=_("Left empty, it is the last day of the newest year in the file. For example 31.12.2025."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        initial=register.SOURCES[register.SOURCE],
        help_text=_("It stands beside each figure, in packages and on fees."),
        error_messages={"required": _("Write who says how many live there.")},
    )

    problems = ()
    found = comparison = None

    def clean_source(self):
        """Return the source with single spaces; Statistics Finland by the name that each language has its word for."""
        source = " ".join(self.cleaned_data["source"].split())
        return register.SOURCE if source == register.source_words(register.SOURCE) else source

    def clean(self):
        """Read the file and hold it against the register; what cannot be read is kept in ``problems``."""
        cleaned = super().clean()
        if cleaned.get("file") and "on" in cleaned:
            self._read(cleaned["file"], cleaned["on"])
        return cleaned

    def _read(self, upload, on):
        places, regions = names_of_places()
        try:
            upload.seek(0)
            found = read(upload.read(), places, clock.today(), regions=regions, name=upload.name[:60], on=on)
        except DayError as error:
            self.add_error("on", str(error))
            return
        except UnreadableListError as error:
            self.add_error("file", str(error))
            return
        comparison = compare_figures(found.on, found.residents, clock.today())
        heirless = [Problem(None, found.column, heirless_sentence(m)) for m in comparison.heirless]
        self.problems = [*found.problems, *heirless]
        if self.problems:
            words = ngettext(
                "%(n)s line of the file is wrong; it stands on this page. Nothing was loaded.",
                "%(n)s lines of the file are wrong; they stand on this page. Nothing was loaded.",
                len(self.problems),
            )
            self.add_error("file", words % {"n": len(self.problems)})
        self.found, self.comparison = found, comparison

    def content(self):
        """Return what was read, for ``packed``."""
        found = self.found
        return {
            "on": found.on.isoformat(),
            "source": self.cleaned_data["source"],
            "residents": found.residents,
            "column": found.column,
            "country": found.country,
            "missing": found.missing,
            "renamed": found.renamed,
            "file": found.sha256,
            "by": self.by.pk,
        }


class PopulationLoadForm(PortalForm):
    """What was read and shown, signed; and why figures that are there already are changed."""

    rows = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why are the figures changed?"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("It stays on record with the figures before and after."),
        error_messages={"required": _("Say why figures that are there already are changed.")},
    )

    def __init__(self, *args, asks_reason, **kwargs):
        super().__init__(*args, **kwargs)
        if not asks_reason:
            del self.fields["reason"]


def packed(content, comparison):
    """Return what was read and what was shown of it as a text that only the portal can have written."""
    return signing.dumps(content | {"before": comparison.before}, salt=SALT, compress=True)


def unpacked(text, by):
    """Return what ``packed`` was given, with ``before``; None if it is old, changed or somebody else's."""
    try:
        content = signing.loads(text, salt=SALT, max_age=HOLDS)
    except signing.BadSignature:
        return None
    return content if content["by"] == by.pk else None
