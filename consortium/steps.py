"""Pages that take one step of one record: shown, checked, carried out once, answered by a receipt."""

import uuid

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from consortium.models import AuditEvent, FormKey


class SentBefore(Exception):
    """The same form has already been carried out; carries the page that answered it."""


def carry_out(form, act, *, by):
    """Run ``act()`` in one transaction with the form's key, and return the address of its answer.

    Sending the same form again returns the first answer and does nothing. Raises what the act raises, and
    PermissionDenied for a form that somebody else has sent.
    """
    key = form.cleaned_data.get("form_key")
    try:
        with transaction.atomic():
            if key:
                _take_key(key, by)
            answer = act()
            if key:
                FormKey.objects.filter(key=key).update(answer=answer)
            return answer
    except SentBefore:
        used = FormKey.objects.get(key=key)
        if used.user_id != _pk(by):
            raise PermissionDenied from None
        return used.answer


def _pk(person):
    return person.pk if person.is_authenticated else None


def _take_key(key, by):
    """Insert the key; a second sender waits here until the first is through."""
    try:
        with transaction.atomic():
            FormKey.objects.create(key=key, user_id=_pk(by))
    except IntegrityError:
        raise SentBefore from None


def answered_before(request):
    """Return the page that answered this very form when this person sent it before, or None."""
    try:
        key = uuid.UUID(request.POST.get("form_key", ""))
    except ValueError:
        return None
    used = FormKey.objects.filter(key=key, user=_pk(request.user)).exclude(answer="").first()
    return HttpResponseRedirect(used.answer) if used else None


def attempt(form, act, *, by):
    """Carry a valid form out and return the address of its answer; refused, write the reasons on it and return None."""
    try:
        return carry_out(form, act, by=by)
    except (ValidationError, IntegrityError) as error:
        for field, words in refusals(error).items():
            form.add_error(field if field in form.fields else None, words)
    return None


def receipt_url(record, event):
    """Return the record's page with the receipt of an act on it."""
    return f"{record.get_absolute_url()}?receipt={event.pk}"


def receipt_of(request, record):
    """Return the act whose receipt the address asks for, if it is about this record, else None."""
    wanted = request.GET.get("receipt", "")
    return AuditEvent.objects.about(record).filter(pk=wanted).first() if wanted.isdecimal() else None


def refusals(error):
    """Return {field or None: messages} for whatever a step refused with."""
    if isinstance(error, IntegrityError):
        return {None: [_sentence_of(error)]}
    if hasattr(error, "error_dict"):
        return error.error_dict
    return {None: error.error_list}


def _sentence_of(error):
    """Return what the violated constraint says to people, or a sentence that holds for any."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models():
        if name in getattr(model, "TRIGGERS", {}):  # what a trigger keeps, where no constraint can
            return model.TRIGGERS[name]
        for constraint in model._meta.constraints:
            worded = constraint.violation_error_message != constraint.default_violation_error_message
            if constraint.name == name and worded:
                return constraint.get_violation_error_message()
    return _(
        "Somebody else was faster, or the entry contradicts another one. Nothing was changed; look and try again."
    )


def take_step(request, record, verb, form_class, *, template="step.html", **context):
    """Show the page of one step, or carry it out and go to the record's page with its receipt.

    Not allowed → 403; allowed but too late, or against a rule → the page again, one message, nothing changed.
    """
    label = record._meta
    if not request.user.has_perm(f"{label.app_label}.{verb}_{label.model_name}", record):
        raise PermissionDenied
    if request.method == "GET":
        if not record.allows(verb):
            messages.error(request, _("This can no longer be done; the page shows how things now stand."))
            return HttpResponseRedirect(record.get_absolute_url())
        form = form_class(record=record, by=request.user)
    else:
        if before := answered_before(request):
            return before
        form = form_class(request.POST, request.FILES, record=record, by=request.user)
        if form.is_valid():
            answer = attempt(form, lambda: _act(record, verb, form, request.user), by=request.user)
            if answer:
                return HttpResponseRedirect(answer)
            record.refresh_from_db()
    return render(request, template, {"record": record, "verb": verb, "form": form, **context})


def _act(record, verb, form, by):
    getattr(record, verb)(by=by, **form.details)
    return receipt_url(record, AuditEvent.objects.about(record).first())


def take_entry(request, form, act, *, template="form.html", **context):
    """Show the page of an entry that is no step of one record, or carry it out and go on to its receipt.

    ``act()``: does it and returns the record whose page follows; or that record and the one whose act the receipt is
    of. Refused → the page again with the reasons, nothing changed.
    """
    if request.method == "POST":
        if before := answered_before(request):
            return before

        def carry():
            done = act()
            page, record = done if isinstance(done, tuple) else (done, done)
            return receipt_url(page, AuditEvent.objects.about(record).first())

        if form.is_valid() and (answer := attempt(form, carry, by=request.user)):
            return HttpResponseRedirect(answer)
    return render(request, template, {"form": form, **context})
