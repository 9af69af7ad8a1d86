"""Offers: a round of joining from its opening to the signing list."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import clock
from consortium.forms import PortalForm
from consortium.steps import answered_before, attempt, carry_out
from members.forms.offer import InviteForm, OfferForm, SigningForm
from members.models import Accession, AccessionState, Municipality, Offer
from members.models.accession import confirm_together
from members.progress import offer_progress
from members.views.municipality import with_standing


def _staff(request):
    if not request.user.has_perm("members.manage_offer"):
        raise PermissionDenied


@require_safe
def offer_list(request):
    """The rounds of joining, the newest first."""
    _staff(request)
    decided = Q(accessions__deciding__isnull=False)
    offers = Offer.objects.select_related("version", "tariff").annotate(
        invited=Count("accessions"), decided=Count("accessions", filter=decided)
    )
    offers = offers.order_by("-joins_on", "-pk")
    return render(request, "members/offer_list.html", {"offers": offers})


@require_http_methods(["GET", "POST"])
def offer_new(request):
    """Open a round: text, price, deadline."""
    _staff(request)
    if before := answered_before(request):
        return before
    form = OfferForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        answer = attempt(form, lambda: form.make(request.user).get_absolute_url(), by=request.user)
        if answer:
            return HttpResponseRedirect(answer)
    return render(request, "members/offer_new.html", {"form": form})


@require_safe
def offer(request, pk):
    """One round: who is invited, how far each is, packages, sending."""
    _staff(request)
    found = get_object_or_404(Offer.objects.select_related("version", "tariff"), pk=pk)
    accessions = found.accessions.select_related("municipality").order_by("municipality__sort_key_fi")
    listed = f"{reverse('members:municipality_list')}?offer={pk}&state="
    rows = with_standing(Municipality.objects.current(), clock.today()).filter(accession_offer=pk)
    states = Counter(rows.values_list("accession_state", flat=True))
    context = {
        "offer": found,
        "accessions": accessions,
        "counts": [
            (AccessionState(state).label, states[state], f"{listed}{state}")
            for state in AccessionState.values
            if state in states
        ],
        "unsent": states[AccessionState.PREPARED],
        "job": offer_progress(found),
        "invite_form": InviteForm(by=request.user),
        "key_form": PortalForm(),
        "send_form": PortalForm(),
    }
    return render(request, "members/offer.html", context)


@require_http_methods(["GET", "POST"])
def offer_invite(request, pk):
    """Put the offer to chosen municipalities."""
    _staff(request)
    if before := answered_before(request):
        return before
    found = get_object_or_404(Offer, pk=pk)
    form = InviteForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        opened = []

        def invite():
            opened.extend(found.invite(form.cleaned_data["municipalities"], by=request.user))
            return found.get_absolute_url()

        answer = attempt(form, invite, by=request.user)
        if not answer:
            return render(request, "members/offer_invite.html", {"offer": found, "form": form})
        words = ngettext(
            "%(n)s municipality was added to the round.",
            "%(n)s municipalities were added to the round.",
            len(opened),
        )
        left = form.cleaned_data["municipalities"].count() - len(opened)
        text = words % {"n": len(opened)}
        if left:
            words = ngettext(
                "%(n)s was left out: it is a member or its joining is under way.",
                "%(n)s were left out: they are members or their joining is under way.",
                left,
            )
            text += " " + words % {"n": left}
        messages.success(request, text)
        return HttpResponseRedirect(answer)
    return render(request, "members/offer_invite.html", {"offer": found, "form": form})


@require_POST
def offer_send(request, pk):
    """Send every package that can leave; the rest are named with the reason."""
    _staff(request)
    found = get_object_or_404(Offer, pk=pk)
    form = PortalForm(request.POST)
    form.is_valid()
    sent, kept = [], []

    def send():
        waiting = found.accessions.filter(state=AccessionState.PREPARED).order_by(
            "pk"
        )  # one order of locks for all
        for accession in waiting.select_related("municipality", "offer__version"):
            hindrance = accession.hindrance("send")
            if hindrance:
                kept.append(f"{accession.municipality.name}: {hindrance.label}")
                continue
            try:
                accession.send(by=request.user)
            except ValidationError as error:  # a colleague was faster, or it has changed meanwhile
                kept.append(f"{accession.municipality.name}: {' '.join(error.messages)}")
            else:
                sent.append(accession)
        return found.get_absolute_url()

    answer = carry_out(form, send, by=request.user)
    if sent:
        words = ngettext("%(n)s package was sent.", "%(n)s packages were sent.", len(sent))
        messages.success(request, words % {"n": len(sent)})
    for sentence in kept[:20]:
        messages.error(request, sentence)
    return HttpResponseRedirect(answer)


@require_http_methods(["GET", "POST"])
def signing_list(request):
    """Final and signed: one list for Helsinki to decide, confirmed in one go when its case number is known."""
    _staff(request)
    if before := answered_before(request):
        return before
    rows = (
        Accession.objects.filter(state=AccessionState.FINAL, signed_on__isnull=False)
        .select_related("municipality", "offer", "deciding")
        .order_by("municipality__sort_key_fi")
    )
    form = SigningForm(request.POST or None, by=request.user, accessions=rows)
    if request.method == "POST" and form.is_valid():

        def confirm():
            confirm_together(form.confirmed, by=request.user, **form.decision)
            return reverse("members:municipality_list") + "?state=confirmed"

        answer = attempt(form, confirm, by=request.user)
        if answer:
            return HttpResponseRedirect(answer)
    return render(request, "members/signing_list.html", {"form": form, "accessions": rows})
