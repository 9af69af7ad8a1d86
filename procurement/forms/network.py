"""The drafts of one who acts for several municipalities: a row each, none of which is sent by this form."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField
from procurement.forms.answer import GIVEN, MOST, WITH_VOLUME
from procurement.models import AnswerKind

CHOICES = [("", _("Choose")), *[(kind.value, kind.label) for kind in GIVEN]]


class DraftsForm(PortalForm):
    """What is prepared for each municipality: an answer, its volume or its meeting, a word to the representative.

    ``answers``: those still waited for, each with ``estimate`` (€ a year or None) and ``draft`` or None.
    """

    everyone = forms.ChoiceField(
        label=_("Answer for every row that is left open"), choices=CHOICES, required=False
    )

    def __init__(self, *args, answers=(), **kwargs):
        self.answers = list(answers)
        super().__init__(*args, **kwargs)
        for answer in self.answers:
            self._add(answer, getattr(answer, "draft", None))

    def _add(self, answer, draft):
        name, pk = answer.municipality.name, answer.pk

        def label(words):
            return format_lazy(words, name=name)

        kind = draft.kind if draft else ""
        yearly = draft.yearly if draft and draft.yearly is not None else answer.estimate
        self.fields[f"kind_{pk}"] = forms.ChoiceField(
            label=label(_("Answer of {name}")), choices=CHOICES, required=False, initial=kind
        )
        self.fields[f"yearly_{pk}"] = MoneyField(
            label=label(_("Euros a year: {name}")), required=False, max_value=MOST, initial=yearly
        )
        self.fields[f"until_{pk}"] = TypedDateField(
            label=label(_("Meeting of {name}")),
            required=False,
            help_text="",
            initial=draft.until if draft else None,
        )
        self.fields[f"note_{pk}"] = forms.CharField(
            label=label(_("Note to the representative: {name}")),
            max_length=300,
            required=False,
            initial=draft.note if draft else "",
        )

    def clean(self):
        """Put together what is prepared for each; a preparation needs its meeting, a volume its sum."""
        cleaned = super().clean()
        self.drafts = []
        for answer in self.answers:
            pk = answer.pk
            kind = cleaned.get(f"kind_{pk}") or cleaned.get("everyone")
            if not kind:
                continue
            said = {"kind": AnswerKind(kind), "note": cleaned.get(f"note_{pk}") or ""}
            if kind in WITH_VOLUME:
                said["yearly"] = cleaned.get(f"yearly_{pk}")
                if said["yearly"] is None and f"yearly_{pk}" not in self._errors:
                    self.add_error(f"yearly_{pk}", _("Give the sum, for example 1 200."))
            if kind == AnswerKind.PREPARING:
                said["until"] = day = cleaned.get(f"until_{pk}")
                if f"until_{pk}" not in self._errors and (day is None or day < clock.today()):
                    self.add_error(
                        f"until_{pk}", _("Give the day of the meeting to come, for example 12.5.2027.")
                    )
            self.drafts.append((answer, said))
        if not self.drafts and not self.errors:
            self.add_error("everyone", _("Nothing has been chosen for any municipality yet."))
        return cleaned

    def cells(self, answer):
        """Return the fields of a municipality's row."""
        return [self[f"{name}_{answer.pk}"] for name in ("kind", "yearly", "until", "note")]
