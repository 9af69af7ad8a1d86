"""Filters of the members' lists."""

import datetime as dt

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.lists import PlainSelect
from members.models import (
    Accession,
    AccessionState,
    Assessment,
    Membership,
    Municipality,
    MunicipalityLanguage,
    Offer,
    Role,
)
from members.models.municipality import sort_key

MEMBER, NOT_INVITED = "member", "none"
ANY = {"empty_label": _("any"), "widget": PlainSelect({"class": "form-select"})}


class MunicipalityFilter(django_filters.FilterSet):
    """Where is everybody: by name, state, language, region and network."""

    q = django_filters.CharFilter(label=_("Name or code"), method="by_name")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=[(MEMBER, _("member")), *AccessionState.choices, (NOT_INVITED, _("not invited"))],
        **ANY,
    )
    language = django_filters.ChoiceFilter(label=_("Language"), choices=MunicipalityLanguage.choices, **ANY)
    region = django_filters.ChoiceFilter(label=_("Region"), field_name="region_code", **ANY)
    network = django_filters.ChoiceFilter(label=_("Network"), field_name="library_network", **ANY)
    offer = django_filters.ModelChoiceFilter(
        label=_("Round"), field_name="accession_offer", queryset=Offer.objects.all(), **ANY
    )
    quiet = django_filters.NumberFilter(
        label=_("No event for days"), method="by_quiet", min_value=0, max_value=9999
    )

    answers = django_filters.ChoiceFilter(
        label=_("Who answers"), method="by_answering", choices=[("nobody", _("nobody"))], **ANY
    )

    class Meta:
        model = Municipality
        fields = ["q", "state", "offer", "quiet", "answers", "language", "region", "network"]

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
        return rows.filter(Q(name_fi__icontains=value) | Q(name_sv__icontains=value) | Q(code=value))

    def by_quiet(self, rows, name, value):
        """Keep those under way in whose matter nothing has happened for so many days."""
        before = clock.now() - dt.timedelta(days=int(value))
        return rows.filter(accession_state__in=Accession.OPEN, last_event_at__lte=before)

    def by_answering(self, rows, name, value):
        """Keep those for which nobody can answer today."""
        answers = Role.objects.representing().filter(municipality=OuterRef("pk"), user__is_active=True)
        return rows.exclude(Exists(answers))

    def by_state(self, rows, name, value):
        """Keep members of today, those whose newest accession is in the state, or those never asked."""
        if value == MEMBER:
            return rows.filter(
                Exists(Membership.objects.on(clock.today()).filter(municipality=OuterRef("pk")))
            )
        if value == NOT_INVITED:
            asked = Exists(Accession.objects.filter(municipality=OuterRef("pk")))
            member = Exists(Membership.objects.on(clock.today()).filter(municipality=OuterRef("pk")))
            return rows.exclude(asked).exclude(member)
        return rows.filter(accession_state=value)


class InvoicingFilter(MunicipalityFilter):
    """The same for those who invoice: nothing of what a municipality considers can be asked."""

    state = django_filters.ChoiceFilter(
        label=_("State"), method="by_state", choices=[(MEMBER, _("member"))], **ANY
    )
    offer = quiet = answers = None

    class Meta:
        model = Municipality
        fields = ["q", "state", "language", "region", "network"]


class FeeFilter(django_filters.FilterSet):
    """A year's fees: by municipality, and by what settled the fee."""

    q = django_filters.CharFilter(label=_("Name or code"), method="by_name")
    ground = django_filters.ChoiceFilter(
        label=_("Fee"),
        choices=[
            ("floor", _("smallest fee")),
            ("cap", _("largest fee")),
            ("free", _("free of charge")),
        ],
        **ANY,
    )

    class Meta:
        model = Assessment
        fields = ["q", "ground"]

    def by_name(self, rows, name, value):
        """Keep the names, in either language, that hold the words; or the very code."""
        names = Q(municipality__name_fi__icontains=value) | Q(municipality__name_sv__icontains=value)
        return rows.filter(names | Q(municipality__code=value))
