"""How many residents have access to what: a service at a time, and by the language of the material."""

from dataclasses import dataclass
from decimal import Decimal

from members.models import Municipality, MunicipalityLanguage
from procurement.models import Holding, MaterialLanguage, Participation, Resource

GROUPS = {  # by the language of the municipality
    "fi": {MunicipalityLanguage.FINNISH},
    "both": {MunicipalityLanguage.FINNISH_SWEDISH, MunicipalityLanguage.SWEDISH_FINNISH},
    "sv": {MunicipalityLanguage.SWEDISH},
}


@dataclass(frozen=True)
class Reach:
    """Who has access to one thing: how many municipalities and residents, and the share of all residents.

    ``shares``: group of municipalities by language -> share of that group's residents, 0 to 1; None where nobody lives.
    """

    name: str
    subject: object  # Resource, or MaterialLanguage
    municipalities: int
    residents: int
    share: Decimal
    shares: dict


@dataclass(frozen=True)
class Residents:
    """The residents of today's municipalities, their figures' newest day, and how many have no figure."""

    by_pk: dict  # municipality's id -> residents
    group: dict  # municipality's id -> group
    on: object
    unknown: int

    @property
    def total(self):
        """Return the residents of the whole country, as far as known."""
        return sum(self.by_pk.values())


def residents_today(today):
    """Return how many live in each municipality of the day, by the newest figures."""
    group_of = {language: group for group, languages in GROUPS.items() for language in languages}
    rows = list(Municipality.objects.current(today).with_population().only("pk", "language"))
    return Residents(
        {m.pk: m.residents for m in rows if m.residents is not None},
        {m.pk: group_of[m.language] for m in rows},
        max((m.residents_on for m in rows if m.residents_on), default=None),
        sum(m.residents is None for m in rows),
    )


def places_of_resources(today):
    """Return {resource: ids of the municipalities whose customers can use it on the day}; those that nobody has too."""
    resources = list(Resource.objects.known().select_related("contract").order_by("title"))
    together, alone = {}, {}
    for contract, place in Participation.objects.in_use(today).values_list("contract", "municipality"):
        together.setdefault(contract, set()).add(place)
    for resource, place in Holding.objects.filter(period__contains=today).values_list(
        "resource", "municipality"
    ):
        alone.setdefault(resource, set()).add(place)
    return {r: together.get(r.contract_id, set()) | alone.get(r.pk, set()) for r in resources}


def reach(today):
    """Return (residents, Reach of each service in use, Reach of each language of the material) on the day."""
    residents, places = residents_today(today), places_of_resources(today)
    services = [_reach(r.title, r, found, residents) for r, found in places.items() if found]
    languages = []
    for language in MaterialLanguage:
        having = set().union(*(found for r, found in places.items() if language in r.languages))
        languages.append(_reach(str(language.label), language, having, residents))
    return residents, services, languages


def _reach(name, subject, places, residents):
    known = {pk: count for pk, count in residents.by_pk.items() if pk in places}
    shares = {}
    for group in GROUPS:
        whole = sum(count for pk, count in residents.by_pk.items() if residents.group[pk] == group)
        part = sum(count for pk, count in known.items() if residents.group[pk] == group)
        shares[group] = Decimal(part) / whole if whole else None
    total = residents.total
    covered = sum(known.values())
    here = len(places & residents.group.keys())
    return Reach(name, subject, here, covered, Decimal(covered) / total if total else Decimal(0), shares)
