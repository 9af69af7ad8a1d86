"""The form of a municipality's answer: four choices, each with its own questions, and a sum that is read back."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField
from consortium.templatetags.portal import money
from consortium.uploads import DocumentField
from members.forms.answering import ask_who_answers
from members.forms.handling import OneLineField
from members.models import Body
from members.models.decision import Channel
from procurement.answer_words import euros
from procurement.models import AnswerKind, Draft, Overtaken

MOST = Decimal("999999999.99")
CENT = Decimal("0.01")
TENFOLD = 10
GIVEN = [AnswerKind.COMMITTED, AnswerKind.INTERESTED, AnswerKind.DECLINED, AnswerKind.PREPARING]
WITH_VOLUME = {AnswerKind.COMMITTED, AnswerKind.INTERESTED}


class SeenForm(PortalForm):
    """A form about an answer as it stood when the page was opened: ``seen`` is the number of its newest version."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.overtaken_by = None

    def add_error(self, field, error):
        """Also keep the answer that was faster: the page shows it, and from now on it has been seen."""
        super().add_error(field, error)
        for refusal in self.non_field_errors().as_data():
            if isinstance(refusal, Overtaken):
                self.overtaken_by = refusal.version
                self.data = self.data.copy()
                self.data["seen"] = refusal.version.number


class AnswerForm(SeenForm):
    """What the municipality answers. Only the chosen answer's own questions are asked; a no is asked nothing."""

    DECISION = ["body", "decided_on", "section"]
    MORE = ["reservation", "ceiling", "body_name", "case_number", "final_on", "contact_name", "contact_email"]
    INSIDE = {
        AnswerKind.COMMITTED: [*DECISION, *MORE],
        AnswerKind.INTERESTED: ["interested_name", "interested_email"],
        AnswerKind.DECLINED: ["reason"],
        AnswerKind.PREPARING: ["until"],
    }

    kind = forms.ChoiceField(
        label=_("Answer"),
        choices=[(kind.value, kind.label) for kind in GIVEN],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the four answers.")},
    )
    sum_is_right = forms.BooleanField(label=_("The sum is right"), required=False)
    body = forms.ChoiceField(
        label=_("Who decided?"),
        choices=[("", _("Choose")), *Body.choices],
        required=False,
        help_text=_("The body that has the power to commit the municipality."),
    )
    decided_on = TypedDateField(label=_("Date of the decision"), required=False)
    section = OneLineField(
        label=_("Section (§)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    reservation = forms.CharField(
        label=_("Reservation"),
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text=_(
            "Only if the decision has a condition. The answer then counts as interested until the service centre "
            "accepts the reservation."
        ),
    )
    ceiling = MoneyField(
        label=_("At most a year, without VAT (€)"),
        required=False,
        max_value=MOST,
        help_text=_("If the decision sets a ceiling. Other municipalities do not see it."),
    )
    body_name = OneLineField(label=_("The body's own name"), max_length=120, required=False)
    case_number = OneLineField(label=_("The municipality's case number"), max_length=40, required=False)
    final_on = TypedDateField(
        label=_("Legally final on"),
        required=False,
        help_text=_("If you know it, and always if the minutes are not published. For example 21.5.2027."),
    )
    contact_name = OneLineField(label=_("Contact for the contract"), max_length=120, required=False)
    contact_email = forms.EmailField(label=_("Contact's e-mail address"), required=False)
    interested_name = OneLineField(label=_("Contact for the procurement"), max_length=120, required=False)
    interested_email = forms.EmailField(label=_("Contact's e-mail address"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea)
    until = TypedDateField(
        label=_("The meeting is on"),
        required=False,
        help_text=_("We ask again on the day after. For example 12.5.2027."),
    )
    extract = DocumentField(label=_("Extract of the minutes"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lots = list(self.record.round.procurement.lots.all())
        self.before = self.record.newest
        self.draft = Draft.objects.filter(answer=self.record).select_related("prepared_by").first()
        self._ask_volumes()
        if not self.is_bound:
            del self.fields["sum_is_right"]
        ask_who_answers(self)
        self._begin_from(self.draft or self.before)
        self.initial["seen"] = self.before.number if self.before else 0
        if self.draft and self.draft.extract:
            self.fields["extract"].help_text = format_lazy(
                "{} {}",
                format_lazy(
                    _("“{name}” is here already; choose a file only to replace it."),
                    name=self.draft.extract.name.rpartition("/")[2],
                ),
                self.fields["extract"].help_text,
            )

    def _ask_volumes(self):
        """Ask a yearly volume, or one for each lot, inside each of the answers that bring some."""
        for kind in (AnswerKind.COMMITTED, AnswerKind.INTERESTED):
            for name, label in self._volumes(kind):
                words = _("Whole euros suffice. For example 1 200.")
                self.fields[name] = MoneyField(label=label, required=False, max_value=MOST, help_text=words)

    def _volumes(self, kind):
        """Return (field, label) of an answer's volumes."""
        if not self.lots:
            return [(f"{kind}_yearly", _("Estimate a year, without VAT (€)"))]
        words = _("{lot}: estimate a year, without VAT (€)")
        return [(f"{kind}_lot_{lot.number}", format_lazy(words, lot=lot.title)) for lot in self.lots]

    def _begin_from(self, said):
        """Begin from what was prepared, or from the answer that is being changed."""
        if said is None:
            return
        self.initial["kind"] = said.kind if said.kind in GIVEN else None
        for name in [*self.DECISION, *self.MORE, "reason", "until"]:
            self.initial[name] = getattr(said, name)
        if said.kind == AnswerKind.INTERESTED:
            self.initial["interested_name"] = said.contact_name
            self.initial["interested_email"] = said.contact_email
        if said.kind in WITH_VOLUME:
            self.initial[f"{said.kind}_yearly"] = said.yearly
            for number, volume in said.by_lot.items():
                self.initial[f"{said.kind}_lot_{number}"] = Decimal(volume)

    # --- Reading what was typed

    def clean_section(self):
        """Keep the number; the sign is written by the page."""
        return self.cleaned_data["section"].replace("§", "").strip()

    def clean(self):
        """Look only at what the chosen answer asks; read the sum, and ask once about one that is unlikely."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        self._forget_what_others_ask(kind)
        self.yearly = self._sum(kind, cleaned)
        if kind == AnswerKind.COMMITTED:
            self._need("body", _("Say who decided."))
            self._need("decided_on", _("Give the date of the decision, for example 12.5.2027."))
            if cleaned.get("decided_on") and cleaned["decided_on"] > clock.today():
                words = _("That day is still to come. If the body has not met, choose “we are preparing”.")
                self.add_error("decided_on", words)
            if (
                cleaned.get("final_on")
                and cleaned.get("decided_on")
                and cleaned["final_on"] < cleaned["decided_on"]
            ):
                self.add_error("final_on", _("A decision cannot be final before it was made."))
        if kind == AnswerKind.PREPARING:
            self._need("until", _("Give the day of your own meeting, for example 12.5.2027."))
            if cleaned.get("until") and cleaned["until"] < clock.today():
                self.add_error("until", _("That day has passed. If the body met, say what it decided."))
        self._ask_about_the_sum(kind, cleaned)
        return cleaned

    def _need(self, name, words):
        if not self.cleaned_data.get(name) and name not in self._errors:
            self.add_error(name, words)

    def _forget_what_others_ask(self, kind):
        """What stands in the fields of another answer is neither read nor refused."""
        for other in GIVEN:
            if other != kind:
                volumes = [name for name, _label in self._volumes(other)] if other in WITH_VOLUME else []
                for name in [*self.INSIDE[other], *volumes]:
                    self._errors.pop(name, None)

    def _sum(self, kind, cleaned):
        """Return the yearly sum (€) of the chosen answer, None where it has none; complain where it is missing."""
        if kind not in WITH_VOLUME:
            return None
        names = [name for name, _label in self._volumes(kind)]
        if any(name in self._errors for name in names):
            return None
        total = sum((cleaned.get(name) or Decimal(0) for name in names), Decimal(0))
        if not total:
            self.add_error(names[0], _("Give your estimate in euros a year, for example 1 200."))
            return None
        return total

    def _ask_about_the_sum(self, kind, cleaned):
        """Ten times as much as last time may be true: ask whether the sum is right, and believe the answer."""
        known, words = (
            self.record.usual(),
            _(
                "You wrote %(sum)s a year; last time it was %(known)s. Is the sum right? If it is, tick the box below."
            ),
        )
        if known is None and (cost := self._cost()):
            known, words = (
                cost,
                _(
                    "You wrote %(sum)s a year; our estimate for you is %(known)s. Is the sum right? "
                    "If it is, tick the box below."
                ),
            )
        if not (self.yearly and known and self.yearly >= TENFOLD * known):
            self.fields.pop("sum_is_right", None)
        elif not cleaned.get("sum_is_right"):
            facts = {"sum": euros(self.yearly), "known": money(known)}
            self.add_error(self._volumes(kind)[0][0], ValidationError(words, "unlikely", facts))

    def _cost(self):
        cost = self.record.round.cost_for(self.record.municipality.population_on(clock.today()))
        return cost.yearly if cost else None

    # --- For the step and the page

    @property
    def reads_back(self):
        """Tell whether the answer has a sum that is shown as it was understood before it is sent."""
        return self.yearly is not None

    @property
    def said(self):
        """Return what the answer says, by the fields of AnswerVersion."""
        cleaned, kind = self.cleaned_data, AnswerKind(self.cleaned_data["kind"])
        said = {"kind": kind, "yearly": self.yearly}
        if kind in WITH_VOLUME and self.lots:
            volumes = {lot.number: cleaned.get(f"{kind}_lot_{lot.number}") for lot in self.lots}
            said["by_lot"] = {str(n): str(volume.quantize(CENT)) for n, volume in volumes.items() if volume}
        if kind == AnswerKind.COMMITTED:
            said |= {name: cleaned[name] for name in [*self.DECISION, *self.MORE]}
        elif kind == AnswerKind.INTERESTED:
            said |= {"contact_name": cleaned["interested_name"], "contact_email": cleaned["interested_email"]}
        elif kind == AnswerKind.DECLINED:
            said["reason"] = cleaned["reason"]
        else:
            said["until"] = cleaned["until"]
        return said

    @property
    def details(self):
        """Return what the step is called with."""
        cleaned = self.cleaned_data
        more = {n: cleaned[n] for n in ("answered_name", "answered_title") if n in cleaned}
        return self.said | more | {"extract": cleaned.get("extract"), "seen": cleaned.get("seen") or 0}

    def of_kind(self, kind):
        """Return the bound fields that open with an answer: volumes first, then its own questions."""
        names = [name for name, _label in self._volumes(kind)] if kind in WITH_VOLUME else []
        if names and "sum_is_right" in self.fields and self[names[0]].errors:
            names.append("sum_is_right")
        shown = [name for name in self.INSIDE[kind] if name not in self.MORE]
        return [self[name] for name in [*names, *shown]]

    def options(self):
        """Return each answer with its own fields, for the page."""
        for option in self["kind"]:
            kind = AnswerKind(option.data["value"])
            more = [self[name] for name in self.MORE] if kind == AnswerKind.COMMITTED else []
            yield {
                "option": option,
                "kind": kind,
                "fields": self.of_kind(kind),
                "more": more,
                "more_is_open": any(field.errors or field.value() for field in more),
            }

    @property
    def others(self):
        """Return the fields that belong to no single answer: who answers, how it came."""
        inside = {name for names in self.INSIDE.values() for name in names}
        inside |= {name for kind in WITH_VOLUME for name, _label in self._volumes(kind)}
        inside |= {"kind", "extract", "sum_is_right"}
        return [field for field in self.visible_fields() if field.name not in inside]


class RecordForm(AnswerForm):
    """An answer that came by mail, letter or telephone, entered by the service centre on behalf of the municipality."""

    channel = forms.ChoiceField(
        label=_("How did it come to the service centre?"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.LINK],
        widget=forms.RadioSelect,
    )
    received_from = OneLineField(label=_("From whom?"), max_length=120)
    received_on = TypedDateField(label=_("When did it come?"), initial=clock.today)

    def clean_received_on(self):
        """Refuse a day that is still to come."""
        if self.cleaned_data["received_on"] > clock.today():
            raise ValidationError(_("That day is still to come."))
        return self.cleaned_data["received_on"]

    @property
    def details(self):
        """Return what the step is called with, and how it came."""
        cleaned = self.cleaned_data
        return super().details | {n: cleaned[n] for n in ("channel", "received_from", "received_on")}


class ExtractForm(PortalForm):
    """The extract of the minutes, when it comes later than the answer."""

    extract = DocumentField(label=_("Extract of the minutes"))


class RuleForm(SeenForm):
    """What the service centre decides on a late answer or on a reservation, and why."""

    accepted = forms.ChoiceField(
        label=_("Is it accepted?"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason, as it is told to the municipality"), max_length=1000, widget=forms.Textarea
    )

    def clean_accepted(self):
        """Return True or False."""
        return self.cleaned_data["accepted"] == "yes"


class WithdrawForm(PortalForm):
    """That a municipality on the frozen list withdraws: from which day, why, and how it was told."""

    on = TypedDateField(label=_("Withdraws on"), initial=clock.today)
    reason = forms.CharField(
        label=_("Reason, as the municipality gives it"), max_length=1000, widget=forms.Textarea
    )
    channel = RecordForm.base_fields["channel"]
    received_from = RecordForm.base_fields["received_from"]
    received_on = RecordForm.base_fields["received_on"]

    def clean_received_on(self):
        """Refuse a day that is still to come."""
        if self.cleaned_data["received_on"] > clock.today():
            raise ValidationError(_("That day is still to come."))
        return self.cleaned_data["received_on"]
