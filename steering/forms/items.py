"""Forms of the agenda: items from their matters, their texts and order, what is not public, and papers."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortium.forms import PortalForm, TypedDateField
from consortium.uploads import DocumentField
from members.models import AnnualBudget
from procurement.models import UNDER_WAY, Award, Procurement
from steering.forms.meetings import RevisionForm
from steering.models import Action, BodyKind, Proposal, ProposalState

MOST_OFFERED = 40


def _text(label, most, **kwargs):
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea, required=False, **kwargs)


def offered(body, user):
    """Return what an item may come from, as groups of a select: {name-pk: words} a group, and the records by key.

    The consortium's matters are the steering group's; another group's items come from its own actions.
    """
    proposals = Proposal.objects.visible_to(user).filter(state=ProposalState.RECEIVED)
    budgets = AnnualBudget.objects.filter(state__in=["draft", "proposed"])
    procurements = Procurement.objects.visible_to(user).filter(
        state__in=UNDER_WAY, announced_on__isnull=False
    )
    awards = Award.objects.standing().filter(procurement__in=Procurement.objects.visible_to(user))
    groups = [
        (gettext("Proposals"), "proposal", proposals),
        (gettext("Budgets"), "budget", budgets),
        (gettext("Procurements"), "procurement", procurements),
        (gettext("Award decisions"), "award", awards.select_related("procurement")),
    ]
    groups = groups if body.kind == BodyKind.STEERING else []
    groups.append((gettext("Actions"), "action", Action.objects.open().of_body(body)))
    choices, records = [("", gettext("A matter of its own"))], {}
    for label, name, rows in groups:
        found = {f"{name}-{row.pk}": row for row in rows[:MOST_OFFERED]}
        if found:
            choices.append((label, [(key, str(_named(name, row))) for key, row in found.items()]))
            records |= found
    return choices, records


def _named(name, row):
    if name == "budget":
        return gettext("Budget %(year)s") % {"year": row.year}
    return row.procurement.title if name == "award" else row


class ItemTextsForm(PortalForm):
    """The texts of an item."""

    title_fi = forms.CharField(label=_("Title in Finnish"), max_length=160)
    title_sv = forms.CharField(label=_("Title in Swedish"), max_length=160)
    background_fi = _text(_("Background in Finnish"), 6000)
    background_sv = _text(_("Background in Swedish"), 6000)
    proposal_fi = _text(_("Proposed decision in Finnish"), 3000)
    proposal_sv = _text(_("Proposed decision in Swedish"), 3000)


class ItemForm(ItemTextsForm):
    """A new item: what it comes from, its texts, and whether it is public."""

    source = forms.ChoiceField(
        label=_("What does it come from?"),
        required=False,
        help_text=_(
            "What is decided is then carried out on that matter. Its name is the title, if you give none."
        ),
    )
    restricted_ground = forms.CharField(
        label=_("Why is it not public?"),
        max_length=200,
        required=False,
        help_text=_(
            "Leave empty when everybody may read it. What concerns a running tender is closed by itself."
        ),
    )
    restricted_until = TypedDateField(
        label=_("Not public until"), required=False, help_text=_("Empty: until somebody opens it.")
    )
    field_order = ["source"]

    def __init__(self, *args, source="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices, self.records = offered(self.record.body, self.by)
        self.fields["source"].initial = source
        for name in ("title_fi", "title_sv"):
            self.fields[name].required = False

    def clean(self):
        """Ask for titles where no matter gives them, and for a ground beside a day."""
        cleaned = super().clean()
        if not cleaned.get("source"):
            for name in ("title_fi", "title_sv"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, _("Write the title."))
        if cleaned.get("restricted_until") and not cleaned.get("restricted_ground"):
            self.add_error("restricted_ground", _("Say on what ground the item is not public."))
        return cleaned

    @property
    def details(self):
        """Return the facts with the matter under its own name; of a budget also the alternative proposed, if any."""
        told = super().details
        key = told.pop("source")
        if key:
            name = key.partition("-")[0]
            told[name] = self.records[key]
        return told


class EditItemForm(RevisionForm, ItemTextsForm):
    """The texts of an item, written better."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ItemTextsForm.base_fields:
            if name != "form_key":
                self.fields[name].initial = getattr(self.record, name)
        if self.record.budget_id:
            rows = self.record.budget.alternatives.order_by("pk")
            field = forms.ModelChoiceField(
                rows, label=_("Alternative that is proposed"), required=False, empty_label=_("none yet")
            )
            field.initial = self.record.alternative_id
            self.fields["alternative"] = field


class MoveForm(PortalForm):
    """The place of an item on the agenda."""

    position = forms.IntegerField(
        label=_("Place on the agenda"),
        min_value=1,
        max_value=200,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["position"].initial = self.record.position


class RestrictForm(PortalForm):
    """On what ground, and until when, something is not public."""

    ground = forms.CharField(
        label=_("On what ground is it not public?"),
        max_length=200,
        help_text=_("For example: 621/1999, 24 §, business secret. Those who read it see the ground."),
    )
    until = TypedDateField(
        label=_("Not public until"), required=False, help_text=_("Empty: until somebody opens it.")
    )


class OpenForm(PortalForm):
    """Whether what is opened contains volumes: asked each time, with no answer beforehand."""

    contains_volumes = forms.TypedChoiceField(
        label=_("Does this contain volumes, ceilings or offers?"),
        choices=[("yes", _("Yes, it does")), ("no", _("No, I have looked through it"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    meant = forms.BooleanField(
        label=_("It contains volumes, and everybody is meant to see them"), required=False
    )


class ItemPaperForm(PortalForm):
    """A file for an item. Whether it contains volumes is asked, with no answer beforehand."""

    title = forms.CharField(label=_("Title of the paper"), max_length=120)
    language = forms.ChoiceField(label=_("Language of the paper"), choices=settings.LANGUAGES)
    file = DocumentField(label=_("File"))
    contains_volumes = forms.TypedChoiceField(
        label=_("Does it contain volumes, ceilings or offers?"),
        choices=[("yes", _("Yes, it does")), ("no", _("No, I have looked through it"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        help_text=_("One that does is kept from the public until somebody opens it."),
    )
    restricted_ground = forms.CharField(
        label=_("Why is the paper not public?"),
        max_length=200,
        required=False,
        help_text=_("Leave empty when whoever may read the item may read the paper."),
    )
    restricted_until = TypedDateField(
        label=_("Not public until"), required=False, help_text=_("Empty: until somebody opens it.")
    )


class WithdrawPaperForm(PortalForm):
    """Why a paper is taken back."""

    reason = forms.CharField(label=_("Why is it taken back?"), max_length=300)
