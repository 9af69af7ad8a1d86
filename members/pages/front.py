"""What everyone may see and find: who belongs, where they are, one municipality by any of its names."""

import re

from django.db.models import Exists, OuterRef
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from consortium import gather
from consortium.charts import Dot, dot_map
from consortium.gather import Hit, Part
from consortium.templatetags.portal import day, number, place_in, weekday_day
from members.models import Accession, Decision, Membership, Municipality, Offer, Population
from members.models.municipality import sort_key
from members.pages import fee_search, standing

MOST = 20  # answers to one question
NO_BREAK = "\u00a0"
# Places that help the eye: Helsinki, Turku, Tampere, Vaasa, Oulu, Kuopio, Rovaniemi, Joensuu, Utsjoki, Lappeenranta.
NAMED_ON_MAP = {"091", "853", "837", "905", "564", "297", "698", "167", "890", "405"}
# What Finnish and Swedish add to a name in a sentence: Turussa, Kauhajoella, Vaasaan, Espooseen, Närpes' and so on.
ENDINGS = re.compile(
    r"(n|a|ä|ta|tä|ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|ksi|na|nä|seen|h?[aeiouyäö]n|s)?(kin|kaan|kään|ko|kö)?"
)


# The front page


def _places(today):
    """Return the municipalities of the day with residents and whether each belongs, in one question."""
    belongs = Exists(Membership.objects.on(today).filter(municipality=OuterRef("pk")))
    return list(Municipality.objects.current(today).with_population().annotate(belongs=belongs))


def parts(today):
    """Return the public figures, and the index of members with the map."""
    places = _places(today)
    members = [p for p in places if p.belongs]
    regions = _regions(members)
    return [
        Part(
            _("Today"),
            "members/parts/front_figures.html",
            _figures(places, members, today),
            weekday_day(today),
        ),
        Part(
            pgettext("heading", "Member municipalities"),
            "members/parts/front_members.html",
            {
                "regions": regions,
                "count": len(members),
                "map": _map(places, members),
                "next": _next(today, members),
            },
            note=ngettext("%(n)s municipality by region", "%(n)s municipalities by region", len(members))
            % {"n": number(len(members))},
        ),
    ]


def for_municipalities(today):
    """Return how a municipality joins, in short."""
    return [Part(_("For municipalities"), "members/parts/front_join.html", {})]


def map_page(today):
    """Return the map alone, for a phone."""
    places = _places(today)
    members = [p for p in places if p.belongs]
    return [
        Part(_("Map"), "members/parts/front_map.html", {"map": _map(places, members), "count": len(members)})
    ]


def _figures(places, members, today):
    everyone = sum(p.residents or 0 for p in places)
    theirs = sum(p.residents or 0 for p in members)
    newest = Population.objects.filter(on__lte=today).order_by("-on").first()
    return {
        "members": len(members),
        "all": len(places),
        "share": _share(theirs, everyone),
        "services": len(gather.collect(gather.SERVICES, today, None)),
        "on": max((p.residents_on for p in places if p.residents_on), default=None),
        "source": standing.source(newest),
        "next": _next(today, members),
    }


def _share(part, whole):
    """Return a share as whole per cent, 61 %; never 0 % or 100 % of what is not nothing or all."""
    if not whole:
        return ""
    percent = round(100 * part / whole)
    if part and not percent:
        return f"< 1{NO_BREAK}%"
    if part < whole and percent == 100:
        return f"> 99{NO_BREAK}%"
    return f"{percent}{NO_BREAK}%"


def _next(today, members):
    """Return the day on which the first membership begins, while there is no member yet."""
    if members:
        return None
    coming = Membership.objects.filter(period__startswith__gt=today).order_by("period__startswith").first()
    return coming.starts_on if coming else None


def _regions(members):
    """Return the members under their regions, both in the order of the page's alphabet."""
    regions = {}
    for place in sorted(members, key=lambda p: sort_key(place_in(p)[0])):
        regions.setdefault(place.region, []).append(place)
    return sorted(regions.items(), key=lambda pair: sort_key(pair[0]))


def _map(places, members):
    named = {p.code: p.name for p in places if p.code in NAMED_ON_MAP}
    dots = [Dot(p.longitude, p.latitude, p.residents or 0, p.belongs, named.get(p.code, "")) for p in places]
    described = _(
        "%(members)s filled dots are member municipalities, %(others)s rings the others. "
        "The area of a dot tells the number of residents. The members are also in the list by region."
    ) % {"members": len(members), "others": len(places) - len(members)}
    return dot_map(dots, title=_("Member municipalities on the map"), description=described)


# Finding


def fits(words, names, genitive=""):
    """Tell whether somebody who writes these words means a municipality of these names, in whatever case of Finnish."""
    asked = " ".join(words.lower().split())
    for name in names:
        name = name.lower()
        if any(part.startswith(asked) for part in (name, *re.split(r"[ -]", name))):
            return True
    stems = {name.lower() for name in names} | {genitive.lower().removesuffix("n")} - {""}
    stems |= {f"{stem[:-1]}e" for stem in stems if stem.endswith("i")}  # Lahti, Lahteen
    return any(asked.startswith(stem) and ENDINGS.fullmatch(asked[len(stem) :]) for stem in stems)


def _found(words, *facts):
    """Return the municipalities, present and past, that the words mean, the very name first, with ``facts``."""
    rows = Municipality.objects.values_list("pk", "code", "name_fi", "name_sv", "genitive_fi")
    wanted = [pk for pk, code, fi, sv, of in rows if words == code or fits(words, {fi, sv}, of)]
    found = Municipality.objects.filter(pk__in=wanted).select_related("successor").prefetch_related(*facts)
    exact = words.lower()
    return sorted(
        found, key=lambda m: (exact not in {m.name_fi.lower(), m.name_sv.lower()}, sort_key(m.name))
    )[:MOST]


def look_up(words, today):
    """Return whether the municipalities that the words mean are members, one answer each."""
    return [
        _hit(municipality, _answer(municipality, today))
        for municipality in _found(words, "memberships", "successor__memberships")
    ]


def _answer(municipality, today):
    said = standing.sentence(municipality, today)
    if municipality.successor and municipality.ended_on <= today:
        said = format_html("{} {}", said, standing.sentence(municipality.successor, today))
    return said


def _hit(municipality, why):
    name, language = place_in(municipality)
    marked = "" if language == get_language() else language
    return Hit(_("Municipalities"), name, municipality.get_absolute_url(), why, marked)


def search(user, words):
    """Return years of the fee and municipalities by any name; to those who may see them also fees and matters."""
    found = _found(words)
    hits = [*fee_search.years(user, words), *(_hit(m, _why(m)) for m in found)]
    hits += [*fee_search.invoices(user, words), *fee_search.of_municipalities(user, found)]
    if user.is_authenticated and len(words) > 2:
        hits += _by_case_number(user, words)
    return hits


def _why(municipality):
    """Return what tells this one from others: code, region, its other name, what it was merged into."""
    facts = [municipality.code, municipality.region]
    other = municipality.name_fi if get_language() == "sv" else municipality.name_sv
    if other != municipality.name:
        facts.append(other)
    if municipality.successor:
        facts.append(_("merged into %(name)s") % {"name": municipality.successor.name})
    return ", ".join(facts)


def _by_case_number(user, words):
    visible = Accession.objects.visible_to(user)
    decisions = Decision.objects.standing().filter(accession__in=visible, case_number__icontains=words)
    for decision in decisions.select_related("accession__municipality").order_by("-meeting_on")[:MOST]:
        accession = decision.accession
        why = f"{decision.case_number}, {day(decision.meeting_on)}"
        yield Hit(_("Decisions"), accession.municipality.name, accession.get_absolute_url(), why)
    confirmed = visible.filter(confirmed_case_number__icontains=words).select_related("municipality")
    for accession in confirmed[:MOST]:
        why = f"{accession.confirmed_case_number}, {day(accession.confirmed_on)}"
        yield Hit(_("Confirmed by Helsinki"), accession.municipality.name, accession.get_absolute_url(), why)
    if user.is_staff:
        for offer in Offer.objects.filter(case_number__icontains=words)[:MOST]:
            title = _("Membership from %(day)s") % {"day": day(offer.joins_on)}
            yield Hit(_("Rounds"), title, offer.get_absolute_url(), offer.case_number)
