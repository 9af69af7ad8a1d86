"""The award and what follows: sent, challenged, annulled; the contract; the end without result; a new start."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.forms import PortalForm
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of, receipt_url, take_step
from consortium.templatetags.portal import number, weekday_day
from procurement import award_dates
from procurement.forms import awards as forms
from procurement.models import Appeal, Award, Procurement, compare
from procurement.pages import awards as pages
from procurement.pages import offers as offer_pages
from procurement.pages.offers import link
from procurement.readings import OFFERS, note_reading

step_page = require_http_methods(["GET", "POST"])


def _award(request, pk):
    rows = Award.objects.visible_to(request.user).select_related(
        "procurement__round", "lot", "offer__supplier"
    )
    return get_object_or_404(rows.prefetch_related("appeals"), pk=pk)


@login_not_required
@require_safe
def award(request, pk):
    """The decision as everyone may read it; its arithmetic and steps for those who keep it."""
    found, today = _award(request, pk), clock.today()
    procurement = found.procurement
    context = {
        "title": found.title,
        "kind": {"label": _("Award decision"), "url": procurement.get_absolute_url()},
        "says": pages.says(found, today),
        "acts": pages.acts(request.user, found, today),
        "parts": pages.parts(request.user, found, today),
        "receipt": pages.receipt(receipt_of(request, found), request.user)
        if request.user.is_authenticated
        else None,
    }
    return render(request, "gathered.html", context)


def _procurement(request, pk, verb):
    found = get_object_or_404(Procurement.objects.visible_to(request.user).select_related("round"), pk=pk)
    if not request.user.has_perm(f"procurement.{verb}_procurement", found):
        raise PermissionDenied
    return found


@step_page
def award_decide(request, pk):
    """Record the decision on the offers; the order is frozen with its arithmetic."""
    found = _procurement(request, pk, "award")
    if before := answered_before(request):
        return before
    waiting = found.undecided_lots() if found.allows("award") else []
    by_number = {str(lot.number) if lot else "": lot for lot in waiting}
    asked = request.GET.get("lot", "")
    if asked not in by_number:  # never the next lot in its stead: the form was filled in for another
        messages.error(request, _("No award is waited for here any more. Choose from the offers."))
        return HttpResponseRedirect(link("offer_list", found.pk))
    lot = by_number[asked]
    note_reading(request.user, found, OFFERS)
    compared = compare(found, lot)
    form = forms.AwardForm(request.POST or None, record=found, by=request.user, found=compared)
    if request.method == "POST" and form.is_valid():

        def decide():
            row = found.award(by=request.user, lot=lot, **form.details)
            return receipt_url(row, AuditEvent.objects.about(row).first())

        if answer := attempt(form, decide, by=request.user):
            return HttpResponseRedirect(answer)
        found.refresh_from_db()
    context = {
        "record": found,
        "form": form,
        "kind": _("Award decision"),
        "title": f"{found.title}, {lot}" if lot else found.title,
        "says": _(
            "The order of the offers is frozen with its arithmetic. Letters leave when the decision is sent."
        ),
        "button": _("Record the decision"),
        "parts": [offer_pages.offers_part(compared)],
    }
    if compared.places:
        context["parts"].append(offer_pages.ranking_part(compared.as_frozen()))
    return render(request, "procurement/award_decide.html", context)


@step_page
def award_send(request, pk):
    """Record that the decision was sent, and write to tenderers and participants."""
    found = _award(request, pk)
    _advice, table = award_dates.after(found, sent_on=clock.today(), sending="email")
    standstill = table.line("standstill")
    words = _("The Act asks for no standstill here.")
    if standstill:
        words = _("Sent today by e-mail, the standstill lasts until %(day)s.") % {
            "day": weekday_day(standstill.on)
        }
    without = (
        found.procurement.offers.standing()
        .filter(lot=found.lot, supplier__email="")
        .select_related("supplier")
    )
    names = ", ".join(offer.name for offer in without)
    unreached = _("No address, to be told by other means: %(names)s.") % {"names": names} if names else ""
    about = f"{words} {unreached}".strip()
    head = {
        "kind": _("Award decision"),
        "title": found.title,
        "says": _(
            "Tenderers get their own place and until when they can challenge it; participants who won."
        ),
        "about": about,
        "button": _("Record the sending and write the letters"),
    }
    return take_step(request, found, "send", forms.SendForm, **head)


def _step(request, record, verb, form, title, says, button):
    head = {"kind": _("Award decision"), "title": title, "says": says, "button": button}
    return take_step(request, record, verb, form, **head)


@step_page
def award_retime(request, pk):
    """Put another last day of the standstill, from a decision."""
    found = _award(request, pk)
    says = _("A day earlier than the Act's is refused.")
    return _step(request, found, "retime", forms.RetimeForm, found.title, says, _("Save the day"))


@step_page
def award_appeal(request, pk):
    """Record that the award has been challenged: the contract waits, and the participants are told."""
    found = _award(request, pk)
    says = _("No contract is made while a challenge is pending. The participants get a plain notice.")
    button = _("Record it and tell the participants")
    return _step(request, found, "appeal", forms.AppealForm, found.title, says, button)


@step_page
def award_annul(request, pk):
    """Annul the decision; the offers are then decided on anew."""
    found = _award(request, pk)
    says = _(
        "The decision falls and the offers are decided on anew. Tenderers and participants are told why."
    )
    return _step(request, found, "annul", forms.AnnulForm, found.title, says, _("Annul the decision"))


@step_page
def award_contract(request, pk):
    """Record that the contract of the award was made; while it is barred, say why."""
    found = _award(request, pk)
    return _contract(request, found, found.bars(clock.today()), found.title)


def _contract(request, record, bars, title):
    head = {
        "kind": _("Contract"),
        "title": title,
        "says": _("Record the day on which the contract was signed."),
        "button": _("Record the contract"),
        "bars": bars,
    }
    return take_step(
        request, record, "contract", forms.ContractForm, template="procurement/contract_step.html", **head
    )


@step_page
def procurement_tender(request, pk):
    """Begin the tendering with the frozen list."""
    found = _procurement(request, pk, "tender")
    says = _("Tenders are asked for with the frozen list. The round cannot be opened again after this.")
    head = {
        "kind": _("Procurement %(number)s") % {"number": found.number},
        "title": found.title,
        "says": says,
    }
    return take_step(request, found, "tender", PortalForm, button=_("Begin the tendering"), **head)


@step_page
def procurement_contract(request, pk):
    """Record that the contract of a procurement was made; while it is barred, say why."""
    found = _procurement(request, pk, "contract")
    return _contract(request, found, found.bars(clock.today()), found.title)


def _appeal(request, pk):
    awards = Award.objects.visible_to(request.user)
    rows = Appeal.objects.filter(award__in=awards).select_related("award__procurement__round", "award__lot")
    return get_object_or_404(
        rows.select_related("award__offer__supplier", "award__procurement", "award__lot"), pk=pk
    )


@step_page
def appeal_arrange(request, pk):
    """Write how the participants manage while a challenge is pending, and tell them."""
    found = _appeal(request, pk)
    says = _("How the participants manage until it is settled. They are told.")
    button = _("Save the arrangement and tell the participants")
    return _step(request, found, "arrange", forms.ArrangeForm, found.award.title, says, button)


@step_page
def appeal_settle(request, pk):
    """Record what came of a challenge."""
    found = _appeal(request, pk)
    says = _("The participants are told. An award that does not stand is then annulled by a step of its own.")
    return _step(
        request, found, "settle", forms.SettleForm, found.award.title, says, _("Record what came of it")
    )


@step_page
def procurement_void(request, pk):
    """End a procurement without result; the committed and the interested are told at once."""
    found = _procurement(request, pk, "void")
    count = found.round.answers.standing().count() if hasattr(found, "round") else 0
    words = ngettext(
        "%(n)s municipality with a commitment or an interest is told today. Its answer is released and kept.",
        "%(n)s municipalities with a commitment or an interest are told today. Their answers are released and kept.",
        count,
    )
    head = {
        "kind": _("Procurement %(number)s") % {"number": found.number},
        "title": found.title,
        "says": _("The procurement ends without result: this cannot be undone."),
        "about": words % {"n": number(count)},
        "button": _("End it without result and tell the municipalities"),
    }
    return take_step(request, found, "void", forms.VoidForm, **head)


@step_page
def procurement_again(request, pk):
    """Begin a new procurement from one that ended without result; its answers become drafts of the next round."""
    found = _procurement(request, pk, "start_again")
    if before := answered_before(request):
        return before
    form = PortalForm(request.POST or None, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def again():
            return found.start_again(by=request.user).get_absolute_url()

        if answer := attempt(form, again, by=request.user):
            return HttpResponseRedirect(answer)
    context = {
        "form": form,
        "kind": _("Procurement %(number)s") % {"number": found.number},
        "title": found.title,
        "says": _("A new procurement begins with the same plan, lots, options, requirements and criteria."),
        "about": _(
            "When its round is opened, each municipality finds its earlier answer as a draft; nothing is given for it."
        ),
        "heading": _("New round"),
        "button": _("Begin again from these answers"),
        "back": {"url": found.get_absolute_url(), "label": _("Back, without an entry")},
    }
    return render(request, "act.html", context)
