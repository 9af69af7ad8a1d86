"""One municipality's fees that Helsinki has decided, as everyone may know them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.gather import Part
from consortium.templatetags.portal import money
from members.fee_words import reckoning_line
from members.models import Assessment
from members.pages.decisions import decision_words


def decided_fees(municipality, today):
    """Return the standing fees of this year and later, the earliest first; asked once for a page."""
    if not hasattr(municipality, "its_decided_fees"):
        rows = Assessment.objects.standing().filter(municipality=municipality, budget__year__gte=today.year)
        municipality.its_decided_fees = list(rows.select_related("budget").order_by("budget__year"))
    return municipality.its_decided_fees


def sentence(fee):
    """Return a decided fee in one sentence."""
    words = _("The annual fee for %(year)s is %(amount)s, without VAT.")
    return words % {"year": fee.budget.year, "amount": money(fee.amount)}


def fee_part(user, municipality, today):
    """Return the part of a municipality's page with its decided fees, each with its reckoning, or None.

    Who may open it is led on to the fee's own page, with the invoice and the payments.
    """
    fees = decided_fees(municipality, today)
    if not fees:
        return None
    opens = set(
        Assessment.objects.visible_to(user).filter(pk__in=[f.pk for f in fees]).values_list("pk", flat=True)
    )
    rows = [
        {
            "says": sentence(fee),
            "line": reckoning_line(fee.line),
            "decision": decision_words(fee.budget),
            "year": fee.budget.year,
            "url": reverse("members:budget", args=[fee.budget.year]),
            "own_url": fee.get_absolute_url() if fee.pk in opens else "",
        }
        for fee in fees
    ]
    all_url = reverse("members:our_fees", args=[municipality.code]) if opens else ""
    context = {"rows": rows, "all_url": all_url}
    return Part(_("Annual fee"), "members/parts/decided_fees.html", context)
