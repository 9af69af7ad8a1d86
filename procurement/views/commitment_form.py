"""The central purchasing body's own form: printed filled in, and the marks of what has been sent."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consortium import documents
from consortium.documents import file_response
from consortium.models import DocumentState
from consortium.steps import answered_before, attempt
from members.models import Municipality
from procurement import commitment_list as listed
from procurement.forms.handover import MarkForm, PrintForm
from procurement.models import AnswerKind, CommitmentForm, FormSent
from procurement.models.handover import rows_of
from procurement.pages import handover as told
from procurement.readings import VOLUMES, note_reading
from procurement.views.handover import may_act, procurement_of, round_of


def _rows(procurement):
    """Return the lines of the list that have a form; none while the round is open."""
    round_ = getattr(procurement, "round", None)
    return [row for row in rows_of(round_) if row.counts] if round_ and round_.is_frozen() else []


def _page_url(procurement):
    return reverse("procurement:commitment_forms", args=[procurement.pk])


@require_safe
def commitment_forms(request, pk):
    """Every municipality of the list: its form to print, and whether its own form has been sent."""
    procurement = procurement_of(request, pk)
    may_act(request, procurement)
    return _page(request, procurement)


def _page(request, procurement, form=None, print_form=None):
    round_, rows = getattr(procurement, "round", None), _rows(procurement)
    if rows:
        note_reading(request.user, procurement, VOLUMES)
    marks = dict(FormSent.objects.filter(round=round_).values_list("municipality__code", "sent_on"))
    kinds, language = dict(AnswerKind.choices), get_language()
    chosen = set(form.data.getlist("municipalities")) if form else set()
    lines = [
        {
            "row": row,
            "name": row.name(language),
            "answer": kinds[row.answer],
            "sent_on": marks.get(row.code),
            "chosen": row.code in chosen,
        }
        for row in rows
    ]
    context = {
        "procurement": procurement,
        "round": round_,
        "lines": lines,
        "says": told.state_says(round_) if round_ else "",
        "sent": sum(1 for line in lines if line["sent_on"]),
        "form": form or MarkForm(rows=rows, by=request.user),
        "print_form": print_form or PrintForm(auto_id="print_%s"),
        "refusal": " ".join(e for errors in print_form.errors.values() for e in errors) if print_form else "",
        "job": told.forms_job(round_) if round_ else None,
        "committed": listed.Standing.COMMITTED,
    }
    return render(request, "procurement/commitment_forms.html", context)


@require_POST
def commitment_form_print(request, pk):
    """Have the form printed for one municipality or for all."""
    procurement = procurement_of(request, pk)
    may_act(request, procurement)
    form = PrintForm(request.POST, codes={row.code for row in _rows(procurement)}, auto_id="print_%s")

    def ask():
        CommitmentForm.ask(procurement.round, by=request.user, **form.cleaned_data)
        return f"{_page_url(procurement)}#files"

    answer = attempt(form, ask, by=request.user) if _rows(procurement) and form.is_valid() else None
    if not answer:
        return _page(request, procurement, print_form=form)
    messages.success(request, _("The form is being printed; the file comes below."))
    return HttpResponseRedirect(answer)


@require_POST
def commitment_form_mark(request, pk):
    """Mark the forms of the ticked municipalities as sent on a day, or take their marks away."""
    procurement = procurement_of(request, pk)
    may_act(request, procurement)
    if before := answered_before(request):
        return before
    form = MarkForm(request.POST, rows=_rows(procurement), by=request.user)

    def mark():
        places = Municipality.objects.filter(code__in=form.cleaned_data["municipalities"])
        FormSent.mark(procurement.round, places, by=request.user, on=form.cleaned_data["on"])
        return _page_url(procurement)

    answer = attempt(form, mark, by=request.user) if form.is_valid() else None
    if not answer:
        return _page(request, procurement, form=form)
    count, on = len(form.cleaned_data["municipalities"]), form.cleaned_data["on"]
    if on:
        words = ngettext("%(n)s form marked as sent.", "%(n)s forms marked as sent.", count)
    else:
        words = ngettext("The mark of %(n)s form taken away.", "The marks of %(n)s forms taken away.", count)
    messages.success(request, words % {"n": count})
    return HttpResponseRedirect(answer)


@require_safe
def commitment_form_progress(request, pk):
    """The live part of the page: how far the printed forms are."""
    procurement = procurement_of(request, pk)
    may_act(request, procurement)
    return render(request, "partials/progress.html", {"job": told.forms_job(round_of(procurement))})


def _form_of(request, pk, key):
    procurement = procurement_of(request, pk)
    may_act(request, procurement)
    return get_object_or_404(
        CommitmentForm.objects.select_related("municipality", "round__procurement"),
        round__procurement=procurement,
        key=key,
    )


@require_safe
def commitment_form_file(request, pk, key):
    """A printed form; it stays at its address."""
    found = _form_of(request, pk, key)
    if found.state != DocumentState.READY:
        return HttpResponseRedirect(reverse("procurement:commitment_forms", args=[pk]))
    note_reading(request.user, found.round.procurement, VOLUMES)
    return file_response(found.file, name=found.filename, content_type=found.content_type)


@require_POST
def commitment_form_again(request, pk, key):
    """Put a form that could not be printed back into the queue."""
    if documents.try_again(_form_of(request, pk, key)):
        messages.success(request, _("The file is being made again."))
    return HttpResponseRedirect(f"{reverse('procurement:commitment_forms', args=[pk])}#files")
