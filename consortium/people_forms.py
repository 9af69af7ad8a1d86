"""Forms of the service centre for people: a new account, a duty, an act on an account."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.models import Language, PostKind, User

STAFF = "staff"


class PersonForm(PortalForm):
    """A person of the consortium: who, and what they do."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    language = forms.ChoiceField(
        label=_("Language of pages and letters"), choices=Language, widget=forms.RadioSelect
    )
    duty = forms.ChoiceField(
        label=_("What does the person do?"),
        choices=[*PostKind.choices, (STAFF, _("works in the service centre"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = Language.FINNISH

    def clean_email(self):
        """Refuse an address that has an account: its page says what it may do."""
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(
                _("There is already an account with this address. Look it up and open its page.")
            )
        return email


class DutyForm(PortalForm):
    """A duty for a person who has an account."""

    kind = forms.ChoiceField(label=_("Duty"), choices=PostKind, widget=forms.RadioSelect)
    since = TypedDateField(label=_("First day"), initial=clock.today)


class DutyEndForm(PortalForm):
    """The last day of a duty."""

    last_day = TypedDateField(label=_("Last day"), initial=clock.today)

    def clean_last_day(self):
        """Refuse a day that has passed: what was read then was read by right."""
        if self.cleaned_data["last_day"] < clock.today():
            raise ValidationError(_("That day has passed. Give today or a later day."))
        return self.cleaned_data["last_day"]
