"""Open data of the steering group's work: tables that anybody may take along. No person is in them."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from consortium import clock
from consortium.lists import ListPage, RowList
from members.models import AnnualBudget
from steering.models import (
    AnnualReport,
    Body,
    BodyKind,
    Item,
    Minutes,
    Outcome,
    Project,
    Proposal,
    SeatKind,
    Term,
)
from steering.pages.open_columns import (
    action_columns,
    decision_columns,
    figure_columns,
    project_columns,
    proposal_columns,
    seat_columns,
)
from steering.report_content import LANGUAGES, public_actions

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Table:
    """One table of open data: what it holds, where its rows come from, its columns with what each means."""

    name: str
    title: str
    says: str
    rows: object  # f() -> rows that anybody may read
    columns: object  # f(language) -> [(Column, what it means)]
    default_sort: str

    @property
    def url(self):
        """Return the table's page."""
        return reverse("steering:open_table", args=[self.name])

    def listing(self, request, language):
        """Return the table as a list on a page, with its files."""
        columns = [column for column, _meaning in self.columns(language)]
        rows = self.rows()
        return (RowList if isinstance(rows, list) else ListPage)(
            request,
            rows,
            columns,
            caption=str(self.title),
            default_sort=self.default_sort,
            filename=self.name,
        )

    def explained(self, language):
        """Return each column with what it means."""
        return [{"label": column.label, "explained": meaning} for column, meaning in self.columns(language)]


# --- The rows: never restricted matter, never people ------------------------------------------------------------------


def decisions():
    """Return what the steering group has decided in public: items of its published minutes."""
    rows = Item.objects.public().filter(
        meeting__minutes__in=Minutes.objects.published(), outcome=Outcome.DECIDED
    )
    return rows.select_related("meeting").prefetch_related("corrections")


def proposals():
    """Return the proposals that anybody follows."""
    return Proposal.objects.public().select_related("municipality").annotate(others=Count("supports"))


def actions():
    """Return the actions that anybody may know of."""
    return public_actions()


def seats():
    """Return who is represented in the steering group's members' seats today: municipalities, not people."""
    body = Body.objects.current().filter(kind=BodyKind.STEERING)
    terms = Term.objects.on(clock.today()).filter(body_of__in=body, seat__kind=SeatKind.MEMBER)
    return terms.select_related("seat", "municipality")


def projects():
    """Return the national projects."""
    return Project.objects.with_money()


@dataclass(frozen=True)
class PublishedFigure:
    """One number of a published annual report, as it was frozen then."""

    pk: int
    year: int
    key: str
    label: str
    value: str
    beside: str
    last: str
    on: str


def figures():
    """Return the numbers of the published reports' newest editions, in the page's language."""
    language = get_language() if get_language() in LANGUAGES else "fi"
    found = []
    for report in AnnualReport.objects.filter(editions__isnull=False).distinct():
        told = report.edition().contents[language]
        rows = [row for section in told["sections"] for row in section["figures"]]
        found += [
            PublishedFigure(
                len(found) + at,
                report.year,
                row["key"],
                row["label"],
                row["value"],
                row["beside"],
                row["last"],
                row["on"],
            )
            for at, row in enumerate(rows)
        ]
    return found


TABLES = [
    Table(
        "decisions",
        gettext_lazy("Decisions of the steering group"),
        gettext_lazy("What has been decided in public, from the published minutes."),
        decisions,
        decision_columns,
        "-on",
    ),
    Table(
        "proposals",
        gettext_lazy("Proposals of the members"),
        gettext_lazy("What the member municipalities have proposed, and what became of it."),
        proposals,
        proposal_columns,
        "-number",
    ),
    Table(
        "actions",
        gettext_lazy("Actions"),
        gettext_lazy("What the steering group had done, by when, and what came of it."),
        actions,
        action_columns,
        "-due",
    ),
    Table(
        "seats",
        gettext_lazy("Seats of the steering group"),
        gettext_lazy("Which municipalities are represented today. The people are on the group's own page."),
        seats,
        seat_columns,
        "seat",
    ),
    Table(
        "projects",
        gettext_lazy("National projects"),
        gettext_lazy("Projects for the whole country, their money and what came of them."),
        projects,
        project_columns,
        "-starts",
    ),
    Table(
        "figures",
        gettext_lazy("Figures of the annual reports"),
        gettext_lazy("The numbers of the published annual reports, as they were then."),
        figures,
        figure_columns,
        "-year",
    ),
]
BY_NAME = {table.name: table for table in TABLES}


def others():
    """Return the tables of the rest of the portal, each on a page that explains its columns: {title, says, url}."""
    year = AnnualBudget.objects.decided().order_by("-year").values_list("year", flat=True).first()
    rows = [
        (
            _("Member municipalities"),
            _("Who belongs to the consortium today."),
            reverse("members:member_list"),
        ),
        (
            _("Contracts"),
            _("What has been bought together, from whom and for how long."),
            reverse("procurement:contract_list"),
        ),
        (_("E-resources"), _("What the libraries' customers can use."), reverse("procurement:resource_list")),
        (
            _("Joint procurements"),
            _("What is being bought together."),
            reverse("procurement:procurement_list"),
        ),
    ]
    if year:
        words = _("What each member pays in %(year)s, and how it is reckoned.") % {"year": year}
        rows.insert(1, (_("Annual fees"), words, reverse("members:budget", args=[year])))
    return [{"title": title, "says": says, "url": url} for title, says, url in rows]
