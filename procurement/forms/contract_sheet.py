"""Forms of taking in a sheet of contracts: the file, then what it means, then the writing itself."""

import json

from django import forms
from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.forms import PortalForm
from consortium.uploads import TableField
from members.tables import UnreadableListError
from procurement import contract_sheet
from procurement.models.contract_import import as_plain, compare_sheet, from_plain, places_of_register

SALT = "contracts"
HOLDS = 12 * 3600  # seconds from the preview to the writing


class SheetForm(PortalForm):
    """A sheet of contracts."""

    file = TableField(label=_("File"), error_messages={"required": _("Choose the file.")})

    problems = ()
    sheet = meaning = None

    def clean(self):
        """Read the sheet and hold it against the records; what is wrong is kept in ``problems``."""
        cleaned = super().clean()
        if upload := cleaned.get("file"):
            self._read(upload)
        return cleaned

    def _read(self, upload):
        upload.seek(0)
        try:
            self.sheet = contract_sheet.read(
                upload.read(), places_of_register(), clock.today(), name=upload.name[:60]
            )
        except UnreadableListError as error:
            self.add_error("file", str(error))
            return
        broken = {problem.line for problem in self.sheet.problems}
        self.problems = list(self.sheet.problems)
        if not broken:
            self.meaning = compare_sheet(self.sheet)
            self.problems = sorted(self.meaning.problems, key=lambda problem: problem.line)
        if self.problems:
            words = ngettext(
                "%(n)s thing in the sheet is wrong; it stands on this page. Nothing was written.",
                "%(n)s things in the sheet are wrong; they stand on this page. Nothing was written.",
                len(self.problems),
            )
            self.add_error("file", words % {"n": len(self.problems)})


class TakeInForm(PortalForm):
    """What was read and shown, signed."""

    rows = forms.CharField(widget=forms.HiddenInput)


def packed(sheet, by):
    """Return what was read and shown as a text that only the portal can have written."""
    content = json.loads(json.dumps(as_plain(sheet) | {"by": by.pk}, cls=DjangoJSONEncoder))
    return signing.dumps(content, salt=SALT, compress=True)


def unpacked(text, by):
    """Return the sheet that ``packed`` was given; None if it is old, changed or somebody else's."""
    try:
        content = signing.loads(text, salt=SALT, max_age=HOLDS)
    except signing.BadSignature:
        return None
    return from_plain(content) if content["by"] == by.pk else None
