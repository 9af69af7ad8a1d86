"""Filters of the steering group's lists."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.lists import PlainSelect
from steering.models import (
    Action,
    ActionState,
    Body,
    Field,
    Meeting,
    MeetingState,
    Project,
    ProjectState,
    Proposal,
    ProposalState,
)

ANY = {"empty_label": _("any"), "widget": PlainSelect({"class": "form-select"})}


class ProjectFilter(django_filters.FilterSet):
    """National projects by words, state, field and year."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    state = django_filters.ChoiceFilter(label=_("State"), choices=ProjectState.choices, **ANY)
    field = django_filters.ChoiceFilter(label=_("Field"), choices=Field.choices, **ANY)
    year = django_filters.NumberFilter(label=_("Year"), min_value=2013, max_value=2099, method="by_year")

    class Meta:
        model = Project
        fields = ["q", "state", "field", "year"]

    def by_words(self, rows, name, value):
        """Return those whose name or purpose holds the words in either language."""
        words = Q()
        for field in ("name_fi", "name_sv", "about_fi", "about_sv"):
            words |= Q(**{f"{field}__icontains": value})
        return rows.filter(words)

    def by_year(self, rows, name, value):
        """Return those that lasted for some part of the year, or got money for it."""
        return rows.in_year(int(value))


def proposal_number(text):
    """Return the condition that finds a proposal by its number, 3/2027; for other words one that finds none."""
    serial, _slash, year = text.strip().partition("/")
    if not (year.isdecimal() and serial.isdecimal() and len(year) == 4 and len(serial) < 5):
        return Q(pk__in=[])
    return Q(year=int(year), serial=int(serial))


def proposal_words(text):
    """Return the condition that finds proposals by words of the title or text, or by their number."""
    return Q(title__icontains=text) | Q(text__icontains=text) | proposal_number(text)


class ProposalFilter(django_filters.FilterSet):
    """Proposals by words or number, by state and by year."""

    q = django_filters.CharFilter(label=_("Words or number"), method="by_words")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_standing",
        choices=[
            ("waiting", _("waits for a meeting or an answer")),
            ("finishing", _("its result is to be told")),
            *ProposalState.choices,
        ],
        **ANY,
    )
    year = django_filters.NumberFilter(label=_("Year"), min_value=2013, max_value=2099)

    class Meta:
        model = Proposal
        fields = ["q", "state", "year"]

    def by_words(self, rows, name, value):
        """Return those whose title or text holds the words, or whose number or municipality it is."""
        place = Q(municipality__name_fi__icontains=value) | Q(municipality__name_sv__icontains=value)
        return rows.filter(proposal_words(value) | place)

    def by_standing(self, rows, name, value):
        """Return those that wait for an answer, those whose result is to be told, or those in a state."""
        if value == "finishing":
            return rows.to_finish()
        return rows.unanswered() if value == "waiting" else rows.filter(state=value)


class ActionFilter(django_filters.FilterSet):
    """Actions by words and by how they stand today."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_standing",
        choices=[("late", _("late")), ("without", _("owner has left")), *ActionState.choices],
        **ANY,
    )

    class Meta:
        model = Action
        fields = ["q", "state"]

    def by_words(self, rows, name, value):
        """Return those whose text in either language, or whose owner's name, holds the words."""
        texts = Q(text_fi__icontains=value) | Q(text_sv__icontains=value)
        return rows.filter(texts | Q(owner__name__icontains=value))

    def by_standing(self, rows, name, value):
        """Return the late ones, those whose owner has left, or those in a state."""
        if value == "late":
            return rows.overdue()
        return rows.open().filter(owner__is_active=False) if value == "without" else rows.filter(state=value)


class MeetingFilter(django_filters.FilterSet):
    """Meetings by group, state and year."""

    body = django_filters.ModelChoiceFilter(label=_("Group"), queryset=Body.objects.all(), **ANY)
    state = django_filters.ChoiceFilter(label=_("State"), choices=MeetingState.choices, **ANY)
    year = django_filters.NumberFilter(label=_("Year"), min_value=2013, max_value=2199)

    class Meta:
        model = Meeting
        fields = ["body", "state", "year"]
