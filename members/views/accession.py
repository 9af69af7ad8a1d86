"""Pages of one accession: where it stands, and one page a step."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.documents import file_response
from consortium.forms import PortalForm
from consortium.models import AccessLog, AuditEvent, OutgoingEmail
from consortium.models.audit import AccessKind
from consortium.steps import receipt_of, take_step
from consortium.templatetags.portal import moment
from members import path
from members.forms import accession as forms
from members.models import Accession, Decision
from members.progress import accession_progress
from members.rules import only_prepares

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
        "revoke": _("Take the confirmation back: %(name)s") % name,
        "reopen": _("Take the matter up again: %(name)s") % name,
        "stop": _("Stop the matter: %(name)s") % name,
    }[verb]


ACTS = {
    "invite": gettext_lazy("Invited"),
    "package": gettext_lazy("Joining package asked for"),
    "send": gettext_lazy("Joining package sent"),
    "schedule": gettext_lazy("Date of the meeting recorded"),
    "prepare": gettext_lazy("Decision prepared for the representative"),
    "decide": gettext_lazy("Decision recorded"),
    "respond": gettext_lazy("Helsinki's view recorded"),
    "sign": gettext_lazy("Signature recorded"),
    "finalise": gettext_lazy("Finality recorded"),
    "confirm": gettext_lazy("Joining confirmed by Helsinki"),
    "correct": gettext_lazy("Decision corrected"),
    "revoke": gettext_lazy("Confirmation taken back"),
    "reopen": gettext_lazy("Matter taken up again"),
    "stop": gettext_lazy("Matter stopped"),
}
MAIN_STEPS = ["correct", "send", "respond", "confirm", "finalise", "sign", "decide", "prepare", "schedule"]


def accession_of(request, pk):
    """Return the accession among those the person may see, or 404."""
    rows = Accession.objects.visible_to(request.user).select_related(
        "municipality", "offer__version", "offer__tariff", "deciding__accession__municipality", "membership"
    )
    return get_object_or_404(rows, pk=pk)


def buttons(accession, user):
    """Return the steps open to the person: the main one first and filled, then the rest; those that must wait left out.

    Those marked ``aside`` are possible, but nobody is expected to take them now.
    """
    missing = _date_to_add(accession, user)
    verbs = [v for v in accession.steps_open_to(user) if v != "correct" and accession.hindrance(v) is None]
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
    return [str(h.label) for h in (accession.hindrance(v) for v in verbs) if h is not None]


def who(event, reader):
    """Return who acted, as the reader may know it: to a municipality the service centre is one."""
    if event.by is None:
        return _("The portal")
    if event.by.is_staff and not reader.is_staff:
        return _("The service centre")
    return event.by.get_full_name()


def history_of(accession, reader):
    """Return the acts on an accession for partials/history.html, newest first."""
    return [
        {
            "when": e.at,
            "what": ACTS.get(e.verb, e.verb),
            "who": e.by.get_full_name() if e.by else _("The portal"),
        }
        for e in AuditEvent.objects.about(accession)
    ]


def receipt_rows(accession, event, today, reader):
    """Return the receipt of an act: what, for whom, when, its number, what happens next."""
    return [
        (_("What"), ACTS.get(event.verb, event.verb)),
        (_("For whom"), accession.municipality.name),
        (_("When"), moment(event.at)),
        (_("Who"), who(event, reader)),
        (_("Receipt"), f"{event.at:%Y}-{event.pk:04d}"),
        (_("What next"), path.says(accession, today)),
    ]


@require_safe
def accession(request, pk):
    """Where the matter stands: one sentence, one main action, the path, decisions, agreement, correspondence."""
    record, today = accession_of(request, pk), clock.today()
    offered = buttons(record, request.user)
    main = [step for step in offered if not step["aside"]]
    event = receipt_of(request, record)
    context = {
        "accession": record,
        "says": path.says(record, today),
        "steps_open": main[:2],
        "steps_aside": [step for step in offered if step not in main[:2]],
        "waits": waits(record, request.user),
        "steps": path.steps(record, today),
        "decisions": record.standing,
        "struck": record.decisions.filter(correction__isnull=False).select_related("correction"),
        "prepared": record.decisions.prepared().select_related("prepared_by").first(),
        "can_correct": record.allows("correct")
        and request.user.has_perm("members.correct_accession", record),
        "job": accession_progress(record),
        "key_form": PortalForm(),
        "letters": OutgoingEmail.objects.filter(about_type__model="accession", about_id=record.pk),
        "history": history_of(record, request.user),
        "receipt": {"rows": receipt_rows(record, event, today, request.user)} if event else None,
    }
    return render(request, "members/accession.html", context)


def _step(request, pk, verb, form_class, **context):
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
    return _step(
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
    return _step(request, pk, "schedule", forms.ScheduleForm)


@step_page
def accession_decide(request, pk):
    """Record one handling of the chain; a librarian is led to preparing it for the representative."""
    record = accession_of(request, pk)
    if only_prepares(request.user, record):
        return redirect("members:accession_prepare", pk=pk)
    return _step(request, pk, "decide", forms.DecisionForm)


@step_page
def accession_prepare(request, pk):
    """Fill in a decision for the representative to record."""
    return _step(request, pk, "prepare", forms.DecisionForm)


@step_page
def accession_correct(request, pk, decision):
    """Put a new entry in the place of a wrong one."""
    record = accession_of(request, pk)
    wrong = get_object_or_404(record.decisions.filter(recorded_at__isnull=False), pk=decision)

    def form(*args, **kwargs):
        return forms.CorrectForm(*args, corrects=wrong, **kwargs)

    return _step(request, pk, "correct", form)


@step_page
def accession_respond(request, pk):
    """Record Helsinki's view on an approval with a change."""
    record = accession_of(request, pk)
    about = record.deciding.condition if record.deciding else ""
    return _step(request, pk, "respond", forms.RespondForm, about=about)


@step_page
def accession_sign(request, pk):
    """Record the municipality's signature."""
    return _step(request, pk, "sign", forms.SignForm)


@step_page
def accession_finalise(request, pk):
    """Record finality on a ground, with the reckoning in sight."""
    record = accession_of(request, pk)
    reckon = path.reckoning(record.deciding) if record.deciding else []
    return _step(request, pk, "finalise", forms.FinaliseForm, reckon=reckon)


@step_page
def accession_confirm(request, pk):
    """Record Helsinki's decision on the joining."""
    return _step(request, pk, "confirm", forms.ConfirmForm)


@step_page
def accession_revoke(request, pk):
    """Take a wrong confirmation back before the membership begins."""
    return _step(request, pk, "revoke", forms.ReasonForm)


@step_page
def accession_reopen(request, pk):
    """Take the matter up again."""
    return _step(request, pk, "reopen", forms.ReasonForm)


@step_page
def accession_stop(request, pk):
    """End the matter without a decision."""
    return _step(request, pk, "stop", forms.ReasonForm)


@require_safe
def extract(request, pk):
    """The extract of the minutes, for those who may see the accession."""
    rows = Decision.objects.filter(accession__in=Accession.objects.visible_to(request.user)).exclude(
        extract=""
    )
    found = get_object_or_404(rows, pk=pk)
    AccessLog.objects.create(kind=AccessKind.READ, user=request.user, what=f"members.decision {found.pk}")
    name = found.extract.name.rpartition("/")[2]
    kind = "application/pdf" if name.endswith(".pdf") else "image/jpeg"
    return file_response(found.extract, name=name, content_type=kind)
