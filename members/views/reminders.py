"""Reminders: what goes, to whom and why; sending some now, after reading them; the days of the rules."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, carry_out
from members import reminder_emails
from members.forms.reminders import ChooseForm, RuleForm, SendForm
from members.ladder import JULY, Rung
from members.models import Municipality, Reminder, ReminderRule
from members.pages import reminders as page

AHEAD = dt.timedelta(days=14)
SHOWN = 50


def _staff(request):
    if not request.user.has_perm("members.manage_reminders"):
        raise PermissionDenied


def _planned(today):
    """Return what goes today and within the days shown, with the people it goes to."""
    found = Reminder.objects.plan(today, today + AHEAD)
    reminder_emails.look_up_people([planned.municipality for planned in found])
    return found


def _sendable(planned, today):
    """Return those that a person may send now: what they ask already holds. None in July."""
    return [p for p in planned if p.ask.holds_on(today)] if today.month != JULY else []


def _letter_url(planned):
    return f"{reverse('members:reminder_send')}?{urlencode({'chosen': planned.key})}"


@require_safe
def reminder_list(request):
    """What goes today and in the next two weeks, to whom and why; what went; the rules with their days."""
    _staff(request)
    today = clock.today()
    planned = _planned(today)
    sendable = {p.key for p in _sendable(planned, today)}
    rows = [(p.on, page.row(p, _letter_url(p) if p.key in sendable else "")) for p in planned]
    context = {
        "today_rows": [row for on, row in rows if on == today],
        "coming_rows": [row for on, row in rows if on > today],
        "until": today + AHEAD,
        "gone_rows": page.gone_rows(SHOWN),
        "rules": [(rule, page.counted_from(Rung(rule.rung))) for rule in ReminderRule.every()],
        "can_send": bool(sendable),
        "in_july": today.month == JULY,
    }
    return render(request, "members/reminder_list.html", context)


@require_http_methods(["GET", "POST"])
def reminder_send(request):
    """Choose reminders, read their letters in each language, and send them now."""
    _staff(request)
    if before := answered_before(request):
        return before
    today = clock.today()
    planned = _sendable(_planned(today), today)
    if request.method == "POST":
        return _send(request, planned)
    form = ChooseForm(request.GET if "chosen" in request.GET else None, planned=planned)
    if not form.is_valid():
        return render(request, "members/reminder_choose.html", {"form": form, "planned": planned})
    return _letters(request, planned, form.cleaned_data["chosen"])


def _letters(request, planned, keys, form=None):
    """Show the chosen letters as they would leave."""
    chosen = [p for p in planned if p.key in set(keys)]
    context = {
        "form": form or SendForm(initial={"chosen": [p.key for p in chosen]}),
        "letters": [_letter(p) for p in chosen],
        "count": len(chosen),
    }
    return render(request, "members/reminder_send.html", context)


def _letter(planned):
    recipients = reminder_emails.recipients_of(planned.municipality, planned.ask.rung)
    languages = sorted({language for r in recipients for language in r.languages})
    texts = [(language, *reminder_emails.letter(planned, language)) for language in languages]
    return {"planned": planned, "to": page.to_whom(planned), "why": page.why(planned), "texts": texts}


def _send(request, planned):
    form = SendForm(request.POST)
    if not form.is_valid():
        choose = ChooseForm({}, planned=planned)
        return render(request, "members/reminder_choose.html", {"form": choose, "planned": planned})
    by_key = {p.key: p for p in planned}
    keys = list(dict.fromkeys(form.cleaned_data["chosen"]))
    gone = []

    def send():
        for key in keys:
            reminder = by_key.get(key) and Reminder.send_planned(by_key[key], by=request.user)
            if reminder:
                gone.append(key)
        return reverse("members:reminder_list")

    answer = carry_out(form, send, by=request.user)
    if gone:
        words = ngettext("%(n)s reminder was sent.", "%(n)s reminders were sent.", len(gone))
        messages.success(request, words % {"n": len(gone)})
    for name in _names(key for key in keys if key not in gone):
        words = _("%(name)s was left out: what was asked has come, or a letter went less than a week ago.")
        messages.error(request, words % {"name": name})
    return HttpResponseRedirect(answer)


def _names(keys):
    pks = [key.partition(".")[0] for key in keys]
    rows = Municipality.objects.filter(pk__in=[pk for pk in pks if pk.isdecimal() and len(pk) < 10])
    return [municipality.name for municipality in rows]


@require_http_methods(["GET", "POST"])
def reminder_rule(request, rung):
    """Change after how many days a reminder comes, or take it out of use."""
    _staff(request)
    if rung not in Rung.values:
        raise Http404
    if before := answered_before(request):
        return before
    rule = ReminderRule.of(rung)
    if request.method == "POST":
        with transaction.atomic():  # the form locks the row it is held against until it is saved
            rule, _new = ReminderRule.objects.get_or_create(rung=rung, defaults={"days": rule.days})
            form = RuleForm(request.POST, instance=rule)
            if form.is_valid():
                answer = carry_out(form, lambda: _save(form, request.user), by=request.user)
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(answer)
    else:
        form = RuleForm(instance=rule)
    context = {"form": form, "rung": Rung(rung), "counted_from": page.counted_from(Rung(rung))}
    return render(request, "members/reminder_rule.html", context)


def _save(form, by):
    form.save()
    AuditEvent.record(
        form.instance, "edit", by=by, fields=[n for n in form.changed_data if n in form._meta.fields]
    )
    return reverse("members:reminder_list")
