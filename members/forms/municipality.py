"""Forms for what the register keeps of a municipality, and for leaving."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import EditForm, PortalForm, TypedDateField
from members.models import Contact, ContactKind, Municipality


class MunicipalityForm(EditForm):
    """Addresses and numbers of a municipality, as people enter them."""

    class Meta:
        model = Municipality
        fields = [
            "registry_email",
            "business_id",
            "einvoice_address",
            "einvoice_operator",
            "buyer_reference",
            "library_network",
        ]
        help_texts = {
            "registry_email": _("The registry's shared mailbox. Official letters go here."),
            "business_id": _("For example 0201256-6."),
            "einvoice_address": _("0037 and the business ID's digits, or an IBAN."),
        }


class ContactForm(EditForm):
    """A contact of a municipality."""

    ended_on = TypedDateField(label=_("Last day"), required=False)

    class Meta:
        model = Contact
        fields = ["kind", "name", "title", "email", "phone", "ended_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, capfirst(kind.label)) for kind in ContactKind]
        self.fields["kind"].choices = (
            [("", _("Choose the task")), *kinds] if self.instance.pk is None else kinds
        )


class LeaveForm(PortalForm):
    """A municipality's notice that it leaves."""

    notice_on = TypedDateField(label=_("Notice given on"), initial=clock.today)
    last_day = TypedDateField(
        label=_("Last day of membership"),
        help_text=_("Notice by 30.6. ends the membership on 31.12. of the same year."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = clock.today()
        late = (today.month, today.day) > (6, 30)
        self.fields["last_day"].initial = today.replace(year=today.year + late, month=12, day=31)
