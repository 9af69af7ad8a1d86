"""The short list of taking into use, in words: what is asked, what has been told, who is stuck."""

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.templatetags.portal import long_weekday_day, weekday_day
from procurement.models import Identification, UseKind

ASKS = {
    UseKind.CONTACT: gettext_lazy("Tell whom the supplier can ask"),
    UseKind.TECHNICAL: gettext_lazy("Tell how customers are identified"),
    UseKind.MATERIAL: gettext_lazy("Tell about the material for customers and staff"),
    UseKind.DATE: gettext_lazy("Tell from which day customers can use it"),
}


def told_words(step):
    """Return what has been told in one part of the list."""
    if step.kind == UseKind.CONTACT:
        return ", ".join(filter(None, [step.name, step.email, step.phone]))
    if step.kind == UseKind.TECHNICAL:
        return ". ".join(filter(None, [capfirst(str(Identification(step.method).label)), step.text]))
    if step.kind == UseKind.DATE:
        return long_weekday_day(step.on)
    return step.text


def step_rows(participation, *, may_tell):
    """Return the four parts of the list as rows; each leads to where it is told."""
    told = {step.kind: step for step in participation.steps.all()}
    rows = []
    for kind in UseKind:
        step = told.get(kind)
        where = [participation.contract_id, participation.municipality.code, kind.value]
        url = reverse("procurement:use_step", args=where)
        row = {
            "when": weekday_day(step.told_at) if step else _("missing"),
            "what": capfirst(str(kind.label)) if step else ASKS[kind],
            "text": told_words(step) if step else "",
            "url": url if may_tell and not step else "",
        }
        if step and may_tell:
            row["link"] = {"label": _("Change it: %(what)s") % {"what": kind.label}, "url": url}
        rows.append(row)
    return rows


class Standing:
    """One participant's list as it stands on a day, for the service centre."""

    def __init__(self, row, contract, today):
        self.row = row
        self.told = {step.kind: step for step in row.steps.all()}
        self.missing = row.missing()
        since = max(min(row.starts_on, today), contract.signed_on)
        self.days = (today - since).days if self.missing else -1
        self.name = row.municipality.name
        self.sort_fi, self.sort_sv = row.municipality.sort_key_fi, row.municipality.sort_key_sv

    @property
    def missing_words(self):
        """Return what nobody has told yet."""
        return ", ".join(str(kind.label) for kind in self.missing)
