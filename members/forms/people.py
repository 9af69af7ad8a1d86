"""Forms of those who act for a municipality: asking them, accepting, ending, leaving."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.models import Language
from consortium.templatetags.portal import day
from members.models import RoleKind

FURTHEST = dt.timedelta(days=365)
ROLES = [
    (RoleKind.REPRESENTATIVE, _("Representative: gives the municipality's official answers")),
    (RoleKind.LIBRARIAN, _("Librarian: prepares for the representative, does not answer")),
]


class InviteForm(PortalForm):
    """An address asked to act for a municipality."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The person's own address at work, for example first.last@municipality.fi."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("As what?"), choices=ROLES, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=Language, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record:
            self.fields["language"].initial = self.record.languages[0]


class AcceptForm(PortalForm):
    """Who accepts: the name stands beside what is done for the municipality."""

    name = forms.CharField(label=_("Name"), max_length=120)
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_("For example Director of Library Services. May be left empty."),
    )
    language = forms.ChoiceField(
        label=_("Language of pages and letters"), choices=Language, widget=forms.RadioSelect
    )
    is_shared = forms.BooleanField(
        label=_("Several people read this address"),
        required=False,
        help_text=_(
            "A shared mailbox, for example library@municipality.fi. An answer then asks who gives it."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {n: getattr(self.by, n) for n in ("name", "title", "language", "is_shared")}
        if not self.by.name:
            self.initial["language"] = self.record.language
        if self.by.is_shared:  # said before, by the service centre perhaps: only it says otherwise
            del self.fields["is_shared"]


class LastDayForm(PortalForm):
    """The last day of a role."""

    last_day = TypedDateField(label=_("Last day"), initial=clock.today)

    def clean_last_day(self):
        """Refuse a day that has passed: what was done then was done by right."""
        if self.cleaned_data["last_day"] < clock.today():
            raise ValidationError(_("That day has passed. Give today or a later day."))
        return self.cleaned_data["last_day"]


class LeavingForm(LastDayForm):
    """A person's own leaving, and who goes on: asked of those who may invite."""

    next_one = forms.ChoiceField(
        label=_("Who goes on?"),
        choices=[("named", _("I name a successor")), ("nobody", _("Nobody is known yet"))],
        widget=forms.RadioSelect,
    )
    successor = forms.EmailField(
        label=_("The successor's e-mail address"),
        max_length=254,
        required=False,
        help_text=_("The successor is invited as the representative at once, by a letter to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = None
        if not self.by.has_perm("members.manage_people", self.record):
            del self.fields["next_one"], self.fields["successor"]

    def clean_last_day(self):
        """Refuse a day that is more than a year away: until then there is nothing to leave."""
        found, latest = super().clean_last_day(), clock.today() + FURTHEST
        if found > latest:
            words = _("That is more than a year away. Give %(day)s or an earlier day.")
            raise ValidationError(words, params={"day": day(latest)})
        return found

    def clean(self):
        """Ask for the address of one who is named, and refuse one's own."""
        cleaned = super().clean()
        if cleaned.get("next_one") == "nobody":
            cleaned["successor"] = ""
        elif cleaned.get("next_one") == "named" and "successor" not in self.errors:
            if not cleaned.get("successor"):
                self.add_error("successor", _("Write the successor's address."))
            elif cleaned["successor"].lower() == self.by.email.lower():
                self.add_error("successor", _("This is your own address. Write the successor's."))
        return cleaned

    @property
    def details(self):
        """Return what the leaving is called with."""
        return {
            "last_day": self.cleaned_data["last_day"],
            "successor": self.cleaned_data.get("successor", ""),
        }
