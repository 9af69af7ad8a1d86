"""Filters of the lists of joint procurement."""

import django_filters
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.lists import PlainSelect
from members.models import Municipality, MunicipalityLanguage
from members.models.municipality import sort_key
from procurement.models import (
    Answer,
    Contract,
    ContractState,
    Material,
    MaterialLanguage,
    Procurement,
    ProcurementState,
    Resource,
    Wish,
    WishState,
)
from procurement.reports import SHOWN

ANY = {"empty_label": _("any"), "widget": PlainSelect({"class": "form-select"})}


def of_number(words):
    """Return the condition that finds a procurement by its number, 2027-3; for other words one that finds none."""
    year, _hyphen, serial = words.partition("-")
    if not (year.isdecimal() and serial.isdecimal() and len(year) == 4 and len(serial) < 5):
        return Q(pk__in=[])
    return Q(year=int(year), serial=int(serial))


class ProcurementFilter(django_filters.FilterSet):
    """Procurements by words of the title, number or CPV code, by state and by year."""

    q = django_filters.CharFilter(label=_("Title, number or CPV code"), method="by_words")
    state = django_filters.ChoiceFilter(label=_("State"), choices=ProcurementState.choices, **ANY)
    year = django_filters.NumberFilter(label=_("Year"), min_value=2013, max_value=2199)

    class Meta:
        model = Procurement
        fields = ["q", "state", "year"]

    def by_words(self, rows, name, value):
        """Return those whose title holds the words in either language, or whose number or CPV code begins so."""
        titled = Q(title_fi__icontains=value) | Q(title_sv__icontains=value)
        return rows.filter(titled | Q(cpv__contains=[value]) | of_number(value))


class WishFilter(django_filters.FilterSet):
    """Wishes by words and by what has become of them."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    state = django_filters.ChoiceFilter(label=_("State"), choices=WishState.choices, **ANY)

    class Meta:
        model = Wish
        fields = ["q", "state"]

    def by_words(self, rows, name, value):
        """Return those whose wish or reason holds the words, or whose municipality's name does."""
        place = Q(municipality__name_fi__icontains=value) | Q(municipality__name_sv__icontains=value)
        return rows.filter(Q(what__icontains=value) | Q(why__icontains=value) | place)


class AnswerFilter(django_filters.FilterSet):
    """The answers of a round: by name, by what was answered, by language, region and network."""

    q = django_filters.CharFilter(label=_("Name or code"), method="by_name")
    state = django_filters.ChoiceFilter(
        label=_("Answer"), field_name="shown", choices=list(SHOWN.items()), **ANY
    )
    language = django_filters.ChoiceFilter(
        label=_("Language"), field_name="municipality__language", choices=MunicipalityLanguage.choices, **ANY
    )
    region = django_filters.ChoiceFilter(label=_("Region"), field_name="municipality__region_code", **ANY)
    network = django_filters.ChoiceFilter(
        label=_("Network"), field_name="municipality__library_network", **ANY
    )

    class Meta:
        model = Answer
        fields = ["q", "state", "language", "region", "network"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = "region_sv" if get_language() == "sv" else "region_fi"
        known = Municipality.objects.order_by().values_list("region_code", name, "library_network").distinct()
        regions, networks = {}, set()
        for code, region, network in known:
            regions[code] = region
            networks.add(network)
        self.filters["region"].extra["choices"] = sorted(regions.items(), key=lambda pair: sort_key(pair[1]))
        self.filters["network"].extra["choices"] = [(n, n) for n in sorted(networks - {""})]

    def by_name(self, rows, name, value):
        """Keep the names, in either language, that hold the words; or the very code."""
        names = Q(municipality__name_fi__icontains=value) | Q(municipality__name_sv__icontains=value)
        return rows.filter(names | Q(municipality__code=value))


class ContractFilter(django_filters.FilterSet):
    """Contracts by words of the title, number or supplier, and by how they stand today."""

    q = django_filters.CharFilter(label=_("Title, number or supplier"), method="by_words")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_standing",
        choices=[("in_force", _("in force")), ("coming", _("still to begin")), ("ended", _("ended"))],
        **ANY,
    )

    class Meta:
        model = Contract
        fields = ["q", "state"]

    def by_words(self, rows, name, value):
        """Return those whose title, in either language, number or supplier's name holds the words."""
        title = Q(title_fi__icontains=value) | Q(title_sv__icontains=value)
        return rows.filter(title | Q(number__icontains=value) | Q(supplier__name__icontains=value))

    def by_standing(self, rows, name, value):
        """Return those in force today, those that begin later, or those that have ended."""
        today = clock.today()
        if value == "in_force":
            return rows.filter(pk__in=Contract.objects.in_force(today))
        signed = rows.exclude(state=ContractState.DRAFT)
        if value == "coming":
            return signed.filter(begins_on__gt=today)
        return signed.exclude(pk__in=Contract.objects.not_ended(today))


class ResourceFilter(django_filters.FilterSet):
    """E-resources by words, material and language, and those of one municipality."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    material = django_filters.ChoiceFilter(label=_("Material"), choices=Material.choices, **ANY)
    language = django_filters.ChoiceFilter(
        label=_("Language of the material"), method="by_language", choices=MaterialLanguage.choices, **ANY
    )
    municipality = django_filters.ModelChoiceFilter(
        label=_("Municipality"),
        method="by_municipality",
        queryset=Municipality.objects.all(),
        to_field_name="code",
        **ANY,
    )

    class Meta:
        model = Resource
        fields = ["q", "material", "language", "municipality"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = "sort_key_sv" if get_language() == "sv" else "sort_key_fi"
        self.filters["municipality"].queryset = Municipality.objects.current(clock.today()).order_by(own)

    def by_words(self, rows, name, value):
        """Return those whose name or description holds the words."""
        about = Q(about_fi__icontains=value) | Q(about_sv__icontains=value)
        return rows.filter(Q(title__icontains=value) | about)

    def by_language(self, rows, name, value):
        """Return those with material in the language."""
        return rows.filter(languages__contains=[value])

    def by_municipality(self, rows, name, value):
        """Return those that the municipality's customers can use today."""
        return rows.filter(pk__in=Resource.objects.of(value, clock.today()))
