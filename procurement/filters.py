"""Filters of the lists of joint procurement."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.lists import PlainSelect
from procurement.models import Procurement, ProcurementState, Wish, WishState

ANY = {"empty_label": _("any"), "widget": PlainSelect({"class": "form-select"})}


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
        found = Q(title_fi__icontains=value) | Q(title_sv__icontains=value) | Q(cpv__contains=[value])
        year, _hyphen, serial = value.partition("-")
        if year.isdecimal() and serial.isdecimal() and len(year) == 4 and len(serial) < 5:
            found |= Q(year=int(year), serial=int(serial))
        return rows.filter(found)


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
