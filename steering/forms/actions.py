"""Forms of actions: what is to be done, by whom, by when, and what came of it."""

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from steering.forms.proposals import RevisionForm, both
from steering.models import Term


def owners():
    """Return the people who may be given something to do: the service centre, and who sits in a body today."""
    sitting = Term.objects.on(clock.today()).values("user")
    people = get_user_model().objects.filter(is_active=True)
    return people.filter(Q(is_staff=True, is_superuser=False) | Q(pk__in=sitting)).order_by("name", "email")


class OwnerField(forms.ModelChoiceField):
    """One of the people who may be given something to do."""

    def __init__(self, **kwargs):
        super().__init__(get_user_model().objects.none(), **{"label": _("Who does it?")} | kwargs)

    def label_from_instance(self, person):
        """Return the person's name."""
        return person.get_full_name()


class ActionForm(PortalForm):
    """A new action."""

    text_fi = forms.CharField(label=_("What is to be done, in Finnish"), max_length=300)
    text_sv = forms.CharField(label=_("What is to be done, in Swedish"), max_length=300, required=False)
    owner = OwnerField(empty_label=_("Choose the person"))
    due_on = TypedDateField(label=_("By when?"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners()


class EditActionForm(RevisionForm):
    """A change of what is to be done, by whom or by when."""

    TEXTS = ("text_fi", "text_sv", "owner", "due_on")
    text_fi, text_sv, owner, due_on = (ActionForm.base_fields[name] for name in TEXTS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = get_user_model().objects.filter(Q(pk=self.record.owner_id) | Q(pk__in=owners().values("pk")))
        self.fields["owner"].queryset = people.order_by("name", "email")


class FinishActionForm(PortalForm):
    """What came of an action."""

    result_fi, result_sv = both(_("What came of it, in Finnish"), _("What came of it, in Swedish"), 1200)
    result_sv.required = False


class DropActionForm(PortalForm):
    """Why an action is not done after all."""

    result_fi, result_sv = both(
        _("Why it is not done, in Finnish"), _("Why it is not done, in Swedish"), 1200
    )
    result_sv.required = False


class ReopenActionForm(PortalForm):
    """The new day of an action."""

    due_on = TypedDateField(label=_("By when?"))
