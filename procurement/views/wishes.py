"""Wishes: the list, one's page, and its steps."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.forms import PortalForm
from consortium.lists import Column, ListPage
from consortium.steps import receipt_of, take_entry, take_step
from consortium.templatetags.portal import day, moment, place, place_name
from procurement.filters import WishFilter
from procurement.forms import sharing as forms
from procurement.models import Wish
from procurement.pages import wishes as pages

form_page = require_http_methods(["GET", "POST"])


def _wishes(user):
    return Wish.objects.visible_to(user).select_related("municipality", "procurement")


def _reads(request):
    if not request.user.has_perm("procurement.read_wishes"):
        raise PermissionDenied


def _columns(language):
    own = "sv" if language == "sv" else "fi"
    return [
        Column("what", _("Wish"), lambda r: r.what, url=lambda r: r.get_absolute_url(), order_by=("what",)),
        Column(
            "municipality",
            _("Municipality"),
            lambda r: place_name(r.municipality, language),
            lambda r: place(r.municipality, language),
            order_by=(f"municipality__sort_key_{own}",),
        ),
        Column("endorsed", _("Others"), lambda r: r.others, order_by=("others",), css="num"),
        Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
        Column("made", _("Received"), lambda r: r.made_at, lambda r: day(r.made_at), order_by=("made_at",)),
        Column("use", _("How much it would be used"), lambda r: r.use, on_page=False),
        Column("why", _("Why"), lambda r: r.why, on_page=False),
    ]


@require_safe
def wish_list(request):
    """What the members wish to be bought together, the newest first."""
    _reads(request)
    rows = _wishes(request.user).annotate(others=Count("endorsements"))
    listing = ListPage(
        request,
        rows,
        _columns(get_language()),
        filterset=WishFilter,
        caption=_("Wishes"),
        default_sort="-made",
        filename="wishes",
    )
    if answer := listing.export():
        return answer
    url = reverse("procurement:wish_new")
    may = request.user.has_perm("procurement.add_wish")
    main_act = {"url": url, "label": _("Write a wish")} if may else None
    return render(request, "procurement/wish_list.html", {"list": listing, "main_act": main_act})


@form_page
def wish_new(request):
    """Write a wish, or record one that came by mail or telephone."""
    if not request.user.has_perm("procurement.add_wish"):
        raise PermissionDenied
    form = forms.WishForm(request.POST or None, by=request.user)

    def make():
        facts = form.details
        return Wish.make(facts.pop("municipality"), by=request.user, language=get_language(), **facts)

    context = {
        "kind": _("Wishes"),
        "title": _("Write a wish"),
        "says": _("A wish binds nobody. All members read it and can wish for the same; it gets an answer."),
        "button": _("Send the wish"),
        "back": {"url": reverse("procurement:wish_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, make, **context)


@require_safe
def wish(request, pk):
    """One wish: what, why, how much use, who else, and what became of it."""
    _reads(request)
    found = get_object_or_404(_wishes(request.user), pk=pk)
    endorsements = list(found.endorsements.select_related("municipality"))
    acts = pages.acts(request.user, found, {row.municipality_id for row in endorsements})
    event = receipt_of(request, found)
    others = ngettext("%(n)s municipality", "%(n)s municipalities", len(endorsements))
    context = {
        "wish": found,
        "says": pages.says(found, len(endorsements)),
        "endorsements": endorsements,
        "counted": others % {"n": len(endorsements)},
        "acts": acts,
        "history": pages.history(found, request.user),
        "receipt": _receipt(event, found) if event and event.by == request.user else None,
        "procurement_url": found.procurement.get_absolute_url()
        if found.procurement and (request.user.is_staff or found.procurement.announced_on)
        else "",
    }
    return render(request, "procurement/wish.html", context)


def _receipt(event, found):
    rows = [
        (_("What"), pages.VERBS.get(event.verb, event.verb)),
        (_("Municipality"), place_name(found.municipality)),
        (_("When"), moment(event.at)),
        (_("Number of the receipt"), event.number),
    ]
    return {"title": _("Recorded"), "rows": rows}


FORMS = {
    "edit": forms.EditWishForm,
    "endorse": forms.EndorseForm,
    "take_back": forms.TakeBackForm,
    "gather": forms.GatherForm,
    "decline": forms.DeclineWishForm,
    "withdraw": PortalForm,
}


@form_page
def wish_act(request, pk, verb):
    """Take one step of a wish."""
    _reads(request)
    found = get_object_or_404(_wishes(request.user), pk=pk)
    says = {
        "edit": _("Those who have endorsed it already are not asked again."),
        "endorse": _("Your municipality is counted among those who wish for this. It binds nobody."),
        "take_back": _("The municipality is then not counted among those who wish for this."),
        "gather": _("The wishing municipality, and those who endorsed it, get a letter."),
        "decline": _("The wishing municipality, and those who endorsed it, get the answer by letter."),
        "withdraw": _(
            "The wish is then closed. Only your municipality and the service centre still read it."
        ),
    }[verb]
    context = {
        "kind": _("Wishes"),
        "title": found.what,
        "says": says,
        "button": pages.act_words(verb, found),
        "back": {"url": found.get_absolute_url(), "label": _("Back, without an entry")},
    }
    return take_step(request, found, verb, FORMS[verb], template="form.html", **context)
