"""The outbox: every letter and what became of it; one that did not arrive is corrected and sent again."""

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consortium import emails, gather
from consortium.forms import KeyedForm
from consortium.lists import Column, ListPage, PlainSelect
from consortium.models import AccessLog, AuditEvent, OutgoingEmail
from consortium.models.audit import AccessKind
from consortium.models.mail import MailState
from consortium.steps import answered_before, attempt, receipt_of, receipt_url
from consortium.templatetags.portal import address, moment, weekday_moment

ANY = {"empty_label": gettext_lazy("any"), "widget": PlainSelect({"class": "form-select"})}
UNDELIVERED = "undelivered"
COLOUR = {
    MailState.SENT: "done",
    MailState.QUEUED: "waiting",
    MailState.REFUSED: "refused",
    MailState.RETURNED: "refused",
}


def names():
    """Return {template: what the letter is called} of the kernel's letters and the apps'."""
    own = {
        "consortium/emails/login_code": _("code for signing in"),
        "consortium/emails/digest": _("summary of the day"),
        "consortium/emails/add_person": _("account opened"),
        "consortium/emails/feedback_received": _("feedback received"),
        "consortium/emails/feedback_answered": _("feedback answered"),
        "consortium/emails/sign_in_changed": _("way of signing in changed"),
        "consortium/emails/second_factor_reset": _("second factor reset"),
        "consortium/emails/plain": _("letter"),
    }
    return own | dict(gather.collect(gather.LETTERS))


def name_of(template, known):
    """Return what a letter is called; one that nobody has named goes by its template."""
    return known.get(template) or template.rpartition("/")[2].replace("_", " ")


class OutboxFilter(django_filters.FilterSet):
    """Which letters: by what became of them, kind, address, and what they are about."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=[(UNDELIVERED, gettext_lazy("not delivered")), *MailState.choices],
        **ANY,
    )
    template = django_filters.ChoiceFilter(label=gettext_lazy("Letter"), **ANY)
    to = django_filters.CharFilter(label=gettext_lazy("Address"), lookup_expr="icontains")
    about = django_filters.ChoiceFilter(label=gettext_lazy("About"), field_name="about_type", **ANY)

    class Meta:
        model = OutgoingEmail
        fields = ["state", "template", "to", "about"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known, letters = names(), OutgoingEmail.objects.order_by()
        templates = letters.values_list("template", flat=True).distinct()
        kinds = ContentType.objects.filter(pk__in=letters.values("about_type"))
        self.filters["template"].extra["choices"] = sorted(
            ((template, name_of(template, known)) for template in templates), key=lambda pair: pair[1]
        )
        self.filters["about"].extra["choices"] = [(kind.pk, kind.name) for kind in kinds]

    def by_state(self, rows, name, value):
        """Keep the letters in the state, or all that have not arrived."""
        return rows.undelivered().order_by() if value == UNDELIVERED else rows.filter(state=value)


def _about_url(letter):
    page = getattr(letter.about, "get_absolute_url", None)
    return page() if page else ""


def columns():
    """Return the columns of the list."""
    known, no_words, no_matter = names(), _("nothing to remark"), _("no matter")
    return [
        Column(
            "title",
            _("Subject"),
            lambda letter: letter.title,
            url=lambda letter: letter.get_absolute_url(),
            order_by=("subject",),
        ),
        Column("to", _("To"), lambda letter: letter.to, lambda letter: address(letter.to), order_by=("to",)),
        Column(
            "queued",
            _("Written"),
            lambda letter: letter.queued_at,
            lambda letter: moment(letter.queued_at),
            order_by=("queued_at",),
        ),
        Column("state", _("State"), lambda letter: letter.get_state_display(), order_by=("state",)),
        Column(
            "reason",
            _("The server's words"),
            lambda letter: letter.reason,
            lambda letter: letter.reason or no_words,
        ),
        Column("tries", _("Tries"), lambda letter: letter.tries, order_by=("tries",), css="num"),
        Column("template", _("Letter"), lambda letter: name_of(letter.template, known), on_page=False),
        Column(
            "about",
            _("About"),
            lambda letter: letter.about_type.name if letter.about_type else "",
            lambda letter: letter.about_type.name if letter.about_type else no_matter,
            url=_about_url,
        ),
        Column("reader", _("Recipient"), lambda letter: letter.get_reader_display(), on_page=False),
        Column("sent", _("Sent"), lambda letter: letter.sent_at, on_page=False),
        Column("returned", _("Came back"), lambda letter: letter.returned_at, on_page=False),
        Column("message_id", "Message-ID", lambda letter: letter.message_id, on_page=False),
    ]


def _letters(user):
    if not user.is_staff:
        raise PermissionDenied
    return OutgoingEmail.objects.visible_to(user)


@require_safe
def outbox(request):
    """Every letter the portal has written: to whom, what became of it, and the server's words."""
    rows = _letters(request.user).select_related("about_type").prefetch_related("about").defer("body")
    listing = ListPage(
        request,
        rows,
        columns(),
        filterset=OutboxFilter,
        caption=_("Letters"),
        default_sort="-queued",
        filename="letters",
    )
    undelivered = OutgoingEmail.objects.undelivered().count()
    context = {"list": listing, "undelivered": undelivered}
    return listing.export() or render(request, "consortium/outbox.html", context)


@require_safe
def letter(request, pk):
    """One letter: its fate, its text, what was sent in its place. A text may tell what few may read: it is logged."""
    found = get_object_or_404(_letters(request.user).select_related("about_type", "instead_of"), pk=pk)
    AccessLog.objects.create(kind=AccessKind.READ, user=request.user, what=f"consortium.letter {found.pk}")
    replacement, hindrance = found.replacement, found.hindrance()
    failed = found.state in {MailState.REFUSED, MailState.RETURNED}
    main, other = _acts(found, failed) if hindrance is None else (None, None)
    event = receipt_of(request, found)
    others = OutgoingEmail.objects.failed().filter(to__iexact=found.to).exclude(pk=found.pk).count()
    context = {
        "letter": found,
        "says": _says(found, replacement),
        "name": name_of(found.template, names()),
        "css": COLOUR.get(found.state, ""),
        "about_url": _about_url(found),
        "main_act": main,
        "other_act": other,
        "hindrance": hindrance if failed and not replacement else None,
        "replacement": replacement,
        "others": others if failed else 0,
        "others_url": f"{reverse('outbox')}?state={UNDELIVERED}&to={found.to}",
        "receipt": _receipt(event, replacement) if event and replacement else None,
    }
    return render(request, "consortium/letter.html", context)


def _acts(found, failed):
    correct, again = reverse("letter_correct", args=[found.pk]), reverse("letter_again", args=[found.pk])
    if failed:
        return (
            {"label": _("Correct the address and send again"), "url": correct},
            {"label": _("Send again to the same address"), "url": again},
        )
    return None, {"label": _("Send again to another address"), "url": correct}


def _says(found, replacement):
    """Return what became of the letter, in a sentence or two."""
    if found.state == MailState.QUEUED and found.next_try_at:
        said = _("It has not left yet. The next try is on %(when)s.") % {
            "when": weekday_moment(found.next_try_at)
        }
    else:
        said = {
            MailState.QUEUED: _("It waits to leave."),
            MailState.SENT: _("It was taken by the recipient's mail system on %(when)s.")
            % {"when": weekday_moment(found.sent_at) if found.sent_at else ""},
            MailState.REFUSED: _("It was refused and did not arrive."),
            MailState.RETURNED: _("It came back on %(when)s and did not arrive.")
            % {"when": weekday_moment(found.returned_at) if found.returned_at else ""},
            MailState.DROPPED: _("It was not sent: what it says no longer held."),
        }[found.state]
    if replacement:
        said += " " + _("It has been sent again to %(address)s.") % {"address": replacement.to}
    return said


def _receipt(event, replacement):
    return {
        "title": _("Sent again"),
        "rows": [
            (_("What"), replacement.title),
            (_("To"), replacement.to),
            (_("When"), moment(event.at)),
            (_("Who"), event.by.get_full_name() if event.by else _("The portal")),
            (_("Receipt"), event.number),
        ],
        "links": [
            {"label": _("The letter that was sent in its place"), "url": replacement.get_absolute_url()}
        ],
    }


class CorrectForm(KeyedForm):
    """Another address for a letter, and whether it is the right one from now on."""

    to = forms.EmailField(
        label=gettext_lazy("Right address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Give the address, for example kirjaamo@kunta.example."),
            "invalid": gettext_lazy("This is not an e-mail address; for example kirjaamo@kunta.example."),
        },
    )
    register = forms.BooleanField(
        label=gettext_lazy("Correct it in the register as well"), required=False, initial=True
    )

    def __init__(self, *args, letter, holders, **kwargs):
        super().__init__(*args, initial={"to": letter.to, "register": True}, **kwargs)
        self.letter = letter
        if holders:
            self.fields["register"].help_text = "; ".join(holder.label for holder in holders)
        else:
            del self.fields["register"]

    def clean_to(self):
        """Refuse the address that did not work: sending to it again is another act."""
        to = self.cleaned_data["to"]
        if to.lower() == self.letter.to.lower():
            words = _(
                "That is the address the letter was sent to. Correct it, or send it again to the same address."
            )
            raise forms.ValidationError(words)
        return to


@require_http_methods(["GET", "POST"])
def letter_correct(request, pk):
    """Correct the address of a letter, in the register too if it stands there, and send the letter again."""
    found = get_object_or_404(_letters(request.user), pk=pk)
    holders = gather.collect(gather.HOLDERS, found)
    form = CorrectForm(request.POST or None, letter=found, holders=holders)

    def act():
        to = form.cleaned_data["to"]
        emails.send_again(found, by=request.user, to=to)
        for holder in holders if form.cleaned_data.get("register") else []:
            holder.correct(to, request.user)
        return receipt_url(found, AuditEvent.objects.about(found).first())

    return _again(request, found, form, act, button=_("Correct the address and send again"))


@require_http_methods(["GET", "POST"])
def letter_again(request, pk):
    """Send a letter again to the address it was written to."""
    found = get_object_or_404(_letters(request.user), pk=pk)
    form = KeyedForm(request.POST if request.method == "POST" else None)

    def act():
        emails.send_again(found, by=request.user)
        return receipt_url(found, AuditEvent.objects.about(found).first())

    return _again(request, found, form, act, button=_("Send again to the same address"))


def _again(request, found, form, act, *, button):
    """Show the page of an act on a letter, or carry it out once and go to the letter with its receipt."""
    if before := answered_before(request):
        return before
    if request.method == "POST" and form.is_valid():
        answer = attempt(form, act, by=request.user)
        if answer:
            return HttpResponseRedirect(answer)
    elif request.method == "GET" and (hindrance := found.hindrance()):
        messages.error(request, hindrance.label)
        return HttpResponseRedirect(found.get_absolute_url())
    context = {"letter": found, "form": form, "button": button}
    return render(request, "consortium/letter_again.html", context)
