"""Pages of one accession: where it stands, and one page a step."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.forms import PortalForm
from consortium.models import AuditEvent, OutgoingEmail
from consortium.steps import receipt_of, take_step
from consortium.templatetags.portal import moment, weekday_day
from members import path
from members.forms import accession as forms
from members.models import Accession, Decision, HandIn
from members.progress import accession_progress
from members.rules import belongs, only_prepares

step_page = require_http_methods(["GET", "POST"])


def step_words(verb, accession):
    """Return what a step's button says; it names the municipality it acts for."""
    of_name, name = {"name": accession.municipality.of_name}, {"name": accession.municipality.name}
    return {
        "send": _("Send the package to %(name)s") % name,
        "schedule": _("Record the day of the meeting: %(name)s") % name,
        "prepare": _("Prepare the decision for the representative: %(name)s") % name,
        "decide": _("Record the decision for %(name)s") % of_name,
        "respond": _("Record Helsinki's view: %(name)s") % name,
        "sign": _("Record the signature for %(name)s") % of_name,
        "finalise": _("Record finality: %(name)s") % name,
        "confirm": _("Confirm the joining: %(name)s") % name,
        "correct": _("Correct the decision for %(name)s") % of_name,
        "move": _("Move the decision away from %(name)s") % name,
        "revoke": _("Take the confirmation back: %(name)s") % name,
        "reopen": _("Take the matter up again: %(name)s") % name,
        "renew": _("Open the handing in again: %(name)s") % name,
        "stop": _("Stop the matter: %(name)s") % name,
        "put_aside": _("Put the matter aside: %(name)s") % name,
    }[verb]


ACTS = {
    "invite": gettext_lazy("Invited"),
    "package": gettext_lazy("Joining package asked for"),
    "send": gettext_lazy("Joining package sent"),
    "schedule": gettext_lazy("Date of the meeting recorded"),
    "prepare": gettext_lazy("Ready for the representative to submit"),
    "decide": gettext_lazy("Decision recorded"),
    "respond": gettext_lazy("Helsinki's view recorded"),
    "sign": gettext_lazy("Signature recorded"),
    "finalise": gettext_lazy("Finality recorded"),
    "confirm": gettext_lazy("Joining confirmed by Helsinki"),
    "correct": gettext_lazy("Decision corrected"),
    "move": gettext_lazy("Decision moved to another municipality"),
    "receive": gettext_lazy("Decision received, moved from another municipality"),
    "revoke": gettext_lazy("Confirmation taken back"),
    "reopen": gettext_lazy("Matter taken up again"),
    "stop": gettext_lazy("Matter stopped"),
    "put_aside": gettext_lazy("Matter put aside, or taken from there"),
    "remind": gettext_lazy("Reminder sent"),
    "hand_in": gettext_lazy("Decision handed in on the package's page"),
    "set_aside": gettext_lazy("What was handed in was set aside"),
    "renew": gettext_lazy("Handing in opened again"),
    "remove_file": gettext_lazy("Extract removed"),
}
OF_AN_ENTRY = {"correct", "move", "receive"}  # taken at an entry of the chain, not at the matter as a whole
MAIN_STEPS = ["correct", "send", "respond", "confirm", "finalise", "sign", "decide", "prepare", "schedule"]


def accession_of(request, pk):
    """Return the accession among those the person may see, or 404."""
    rows = Accession.objects.visible_to(request.user).select_related(
        "municipality", "offer__version", "offer__tariff", "deciding__accession__municipality", "membership"
    )
    found = get_object_or_404(rows, pk=pk)
    request.acts_for = found.municipality.code  # the header names the municipality whose page this is
    return found


def buttons(accession, user):
    """Return the steps open to the person: the main one first and filled, then the rest; those that must wait left out.

    Those marked ``aside`` are possible, but nobody is expected to take them now.
    """
    missing = _date_to_add(accession, user)
    verbs = [
        v for v in accession.steps_open_to(user) if v not in OF_AN_ENTRY and accession.hindrance(v) is None
    ]
    if accession.signed_on:
        verbs = [v for v in verbs if v != "sign"]
    aside = [v for v in verbs if v not in MAIN_STEPS or (v == "decide" and accession.deciding)]
    main = sorted((v for v in verbs if v not in aside), key=MAIN_STEPS.index)
    return missing + [
        {
            "verb": verb,
            "label": step_words(verb, accession),
            "url": reverse(f"members:accession_{verb}", args=[accession.pk]),
            "primary": index == 0 and verb in main and not missing,
            "aside": verb in aside,
        }
        for index, verb in enumerate(main + aside)
    ]


def _date_to_add(accession, user):
    """Return the button that comes before all others while the approval's publication date is missing."""
    deciding = accession.deciding
    if not (deciding and deciding.is_reckoned and not deciding.published_on and accession.allows("correct")):
        return []
    if not user.has_perm("members.correct_accession", accession):
        return []
    url = reverse("members:accession_correct", args=[accession.pk, deciding.pk])
    return [
        {
            "verb": "correct",
            "label": _("Add the date of publication"),
            "url": url,
            "primary": True,
            "aside": False,
        }
    ]


def waits(accession, user):
    """Return why the steps that the state allows must still wait, as sentences."""
    verbs = accession.steps_open_to(user)
    found = [str(h.label) for h in (accession.hindrance(v) for v in verbs) if h is not None]
    if accession.is_aside and "put_aside" in verbs:
        words = _("Put aside until %(day)s: %(reason)s")
        found.insert(0, words % {"day": weekday_day(accession.aside_until), "reason": accession.aside_reason})
    return found


def who(event, reader):
    """Return who acted, as the reader may know it: to a municipality the service centre is one."""
    if event.by is None:
        return _("Without an account") if event.verb == "hand_in" else _("The portal")
    if event.by.is_staff and not reader.is_staff:
        return _("The service centre")
    return event.by.get_full_name()


def history_of(accession, reader):
    """Return the acts on an accession for partials/history.html, newest first."""
    return [
        {
            "when": e.at,
            "what": ACTS.get(e.verb, e.verb),
            "who": who(e, reader),
        }
        for e in AuditEvent.objects.about(accession)
    ]


def _answered(event):
    """Return who answered from a shared mailbox, with the mailbox; nothing where the account says it."""
    decision = Decision.objects.filter(pk=event.details.get("decision")).exclude(answered_name="").first()
    return f"{decision.answered_by} ({event.by.email})" if decision and event.by else ""


def receipt_rows(accession, event, today, reader):
    """Return the receipt of an act: what, for whom, when, its number, what happens next."""
    return [
        (_("What"), ACTS.get(event.verb, event.verb)),
        (_("For whom"), accession.municipality.name),
        (_("When"), moment(event.at)),
        (_("Who"), _answered(event) or who(event, reader)),
        (_("Receipt"), event.number),
        (_("What next"), path.says(accession, today)),
    ]


@require_safe
def accession(request, pk):
    """Where the matter stands: one sentence, one main action, the path, decisions, agreement, correspondence."""
    record, today = accession_of(request, pk), clock.today()
    offered = buttons(record, request.user)
    main = [step for step in offered if not step["aside"]]
    event = receipt_of(request, record)
    steps = path.steps(record, today)
    done = sum(step["state"] == "done" for step in steps)
    own = belongs(request.user, record)  # what is not yet recorded is nobody else's matter
    context = {
        "accession": record,
        "says": path.says(record, today),
        "steps_open": main[:2],
        "steps_aside": [step for step in offered if step not in main[:2]],
        "waits": waits(record, request.user),
        "steps": steps,
        "steps_done": done,
        "steps_left": len(steps) - done,
        "decisions": record.standing,
        "struck": record.decisions.filter(correction__isnull=False).select_related("correction"),
        "handed": record.hand_ins.waiting() if own else [],
        "set_aside": HandIn.objects.visible_to(request.user)
        .filter(accession=record, settled_at__isnull=False, decision__isnull=True)
        .exclude(settled_reason=""),
        "can_decide": request.user.has_perm("members.decide_accession", record),
        "moved": record.decisions.filter(moved_to__isnull=False).select_related(
            "moved_to__accession__municipality"
        ),
        "prepared": record.decisions.prepared().select_related("prepared_by").first() if own else None,
        "can_move": record.allows("move") and request.user.has_perm("members.move_accession", record),
        "can_correct": record.allows("correct")
        and request.user.has_perm("members.correct_accession", record),
        "job": accession_progress(record),
        "key_form": PortalForm(),
        "letters": OutgoingEmail.objects.filter(about_type__model="accession", about_id=record.pk),
        "history": history_of(record, request.user),
        "receipt": {"rows": receipt_rows(record, event, today, request.user)} if event else None,
    }
    return render(request, "members/accession.html", context)


def step_of(request, pk, verb, form_class, **context):
    """Show the page of a step of the accession, or take it."""
    record = accession_of(request, pk)
    return take_step(
        request,
        record,
        verb,
        form_class,
        kind=_("Joining"),
        title=record.municipality.name,
        says=path.says(record, clock.today()),
        button=step_words(verb, record),
        **context,
    )


@step_page
def accession_send(request, pk):
    """Send the package, after seeing what leaves and to whom."""
    record = accession_of(request, pk)
    return step_of(
        request,
        pk,
        "send",
        forms.SendForm,
        template="members/accession_send.html",
        packages=record.newest_packages(),
    )


@step_page
def accession_schedule(request, pk):
    """Record when the municipality's body meets."""
    return step_of(request, pk, "schedule", forms.ScheduleForm)


def _handling(request, pk, verb, form_class):
    handed = HandIn.objects.waiting().filter(accession=pk).first()
    return step_of(request, pk, verb, form_class, template="members/accession_decide.html", handed=handed)


@step_page
def accession_decide(request, pk):
    """Record one handling of the chain; what a librarian records is kept ready for the representative."""
    record = accession_of(request, pk)
    if only_prepares(request.user, record):
        if request.method == "GET":
            return redirect("members:accession_prepare", pk=pk)
        return _handling(request, pk, "prepare", forms.DecisionForm)
    return _handling(request, pk, "decide", forms.DecisionForm)


@step_page
def accession_prepare(request, pk):
    """Fill in a decision for the representative to record."""
    return _handling(request, pk, "prepare", forms.DecisionForm)


@step_page
def accession_correct(request, pk, decision):
    """Put a new entry in the place of a wrong one."""
    record = accession_of(request, pk)
    wrong = get_object_or_404(record.decisions.filter(recorded_at__isnull=False), pk=decision)

    def form(*args, **kwargs):
        return forms.CorrectForm(*args, corrects=wrong, **kwargs)

    return step_of(request, pk, "correct", form, template="members/accession_decide.html")


@step_page
def accession_respond(request, pk):
    """Record Helsinki's view on an approval with a change."""
    record = accession_of(request, pk)
    about = record.deciding.condition if record.deciding else ""
    return step_of(request, pk, "respond", forms.RespondForm, about=about)


@step_page
def accession_sign(request, pk):
    """Record the municipality's signature."""
    return step_of(request, pk, "sign", forms.SignForm)


@step_page
def accession_finalise(request, pk):
    """Record finality on a ground, with the reckoning in sight."""
    record = accession_of(request, pk)
    reckon = path.reckoning(record.deciding) if record.deciding else []
    return step_of(request, pk, "finalise", forms.FinaliseForm, reckon=reckon)


@step_page
def accession_confirm(request, pk):
    """Record Helsinki's decision on the joining."""
    return step_of(request, pk, "confirm", forms.ConfirmForm)


@step_page
def accession_revoke(request, pk):
    """Take a wrong confirmation back before the membership begins."""
    about = _(
        "The membership does not begin. The matter is again legally final, and the municipality is told why."
    )
    return step_of(request, pk, "revoke", forms.ReasonForm, about=about)


@step_page
def accession_reopen(request, pk):
    """Take the matter up again."""
    about = _("What rested on the decision is open again: signature, finality and Helsinki's view.")
    return step_of(request, pk, "reopen", forms.ReasonForm, about=about)


@step_page
def accession_renew(request, pk):
    """Give new digits for handing in without an account, until a new day."""
    about = _("The registry gets new digits in a letter; the old ones open nothing any more.")
    return step_of(request, pk, "renew", forms.RenewForm, about=about)


@step_page
def accession_stop(request, pk):
    """End the matter without a decision."""
    about = _("The matter ends without a decision. A municipality that has got its package is told why.")
    return step_of(request, pk, "stop", forms.ReasonForm, about=about)


@step_page
def accession_put_aside(request, pk):
    """Leave the matter out of the service centre's queue and the reminders until a day, with a word why."""
    return step_of(request, pk, "put_aside", forms.PutAsideForm)
