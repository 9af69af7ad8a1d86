"""The columns of the open tables of the steering group's work, each with what it means."""

from django.utils.translation import gettext as _

from consortium import clock
from consortium.lists import Column
from consortium.templatetags.portal import day, money, place_name
from steering.report_content import corrections


def decision_columns(language):
    """Return the columns of the decisions with their meanings."""

    def on(item):
        return clock.date_of(item.meeting.starts_at)

    return [
        (
            Column("title", _("Matter"), lambda r: r.title, url=lambda r: r.get_absolute_url()),
            _("The heading of the item in the language of the page."),
        ),
        (
            Column("on", _("Day"), on, lambda r: day(on(r)), order_by=("meeting__starts_at", "number")),
            _("The day of the meeting."),
        ),
        (
            Column("meeting", _("Meeting"), lambda r: r.meeting.number),
            _("The number of the meeting: its place in the year, and the year."),
        ),
        (
            Column("section", _("Section"), lambda r: r.number, lambda r: f"§ {r.number}", css="num"),
            _("The section of the minutes, running through the year."),
        ),
        (
            Column("decision", _("Decision"), lambda r: r.decision),
            _("What was decided, as the minutes have it. Items that are not public are left out."),
        ),
        (
            Column("corrected", _("Corrected"), lambda r: " ".join(corrections(r)), on_page=False),
            _("Dated corrections of the minutes. In the files."),
        ),
        (
            Column("address", _("Address"), lambda r: r.get_absolute_url(), on_page=False),
            _("Where the item is in the portal. In the files."),
        ),
    ]


def _place(own):
    return (
        Column(
            "municipality",
            _("Municipality"),
            lambda r: place_name(r.municipality) if r.municipality else "",
            order_by=(f"municipality__sort_key_{own}",),
        ),
        _("The municipality's name in the language of the page."),
    )


def _code():
    return (
        Column("code", _("Code"), lambda r: r.municipality.code if r.municipality else "", on_page=False),
        _(
            "The municipality's number in the classification of Statistics Finland, three digits. In the files."
        ),
    )


def proposal_columns(language):
    """Return the columns of the proposals with their meanings."""
    own = "sv" if language == "sv" else "fi"
    return [
        (
            Column(
                "title",
                _("Proposal"),
                lambda r: r.title,
                url=lambda r: r.get_absolute_url(),
                order_by=("title",),
            ),
            _("The heading, in the language in which it was made."),
        ),
        (
            Column("number", _("Number"), lambda r: r.number, order_by=("year", "serial")),
            _("The number by which it is cited: its place in the year, and the year."),
        ),
        _place(own),
        _code(),
        (
            Column(
                "made",
                _("Made"),
                lambda r: clock.date_of(r.made_at),
                lambda r: day(r.made_at),
                order_by=("made_at",),
            ),
            _("The day on which it was made."),
        ),
        (
            Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
            _("How far it has come."),
        ),
        (
            Column("others", _("Supporters"), lambda r: r.others, css="num", on_page=False),
            _("How many other municipalities support it. In the files."),
        ),
        (
            Column(
                "answer",
                _("Answer"),
                lambda r: r.get_answer_display(),
                lambda r: r.get_answer_display() or _("Not yet"),
            ),
            _("What was decided on it."),
        ),
        (
            Column(
                "decided",
                _("Decided"),
                lambda r: r.decided_on,
                lambda r: day(r.decided_on) or _("Not yet"),
                order_by=("decided_on",),
            ),
            _("The day of the decision."),
        ),
        (
            Column("done", _("Done"), lambda r: r.finished_on, on_page=False),
            _("The day on which its result was recorded. In the files."),
        ),
    ]


def action_columns(language):
    """Return the columns of the actions with their meanings."""
    return [
        (
            Column("text", _("What is to be done"), lambda r: r.text),
            _("What the steering group had done. Who does it is left out."),
        ),
        (
            Column("due", _("By"), lambda r: r.due_on, lambda r: day(r.due_on), order_by=("due_on",)),
            _("The day by which it is to be done."),
        ),
        (
            Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
            _("Whether it is still to be done."),
        ),
        (
            Column(
                "ended",
                _("Ended"),
                lambda r: r.ended_on,
                lambda r: day(r.ended_on) or _("Not yet"),
                order_by=("ended_on",),
            ),
            _("The day on which it was done or dropped."),
        ),
        (
            Column("result", _("Result"), lambda r: r.result, on_page=False),
            _("What came of it. In the files."),
        ),
    ]


def seat_columns(language):
    """Return the columns of the seats with their meanings."""
    own = "sv" if language == "sv" else "fi"
    return [
        (
            Column("seat", _("Seat"), lambda r: r.seat.number, order_by=("seat__number", "place"), css="num"),
            _("The number of the members' seat. Experts and the secretary have none."),
        ),
        (
            Column("place", _("Place"), lambda r: r.get_place_display(), order_by=("place",)),
            _("Whether it is the member's place or the personal deputy's."),
        ),
        (
            Column(
                "office",
                _("Office"),
                lambda r: r.get_office_display(),
                lambda r: r.get_office_display() or _("None"),
            ),
            _("Who presides."),
        ),
        _place(own),
        _code(),
        (
            Column(
                "from", _("From"), lambda r: r.starts_on, lambda r: day(r.starts_on), order_by=("period",)
            ),
            _("The first day of the term."),
        ),
        (
            Column(
                "until",
                _("Until"),
                lambda r: r.ends_on,
                lambda r: day(r.ends_on),
                order_by=("period__endswith",),
            ),
            _("The last day of the term."),
        ),
    ]


def project_columns(language):
    """Return the columns of the projects with their meanings."""
    own = "sv" if language == "sv" else "fi"
    return [
        (
            Column(
                "name",
                _("Project"),
                lambda r: r.name,
                url=lambda r: r.get_absolute_url(),
                order_by=(f"name_{own}",),
            ),
            _("The name in the language of the page."),
        ),
        (
            Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
            _("How far it has come."),
        ),
        (
            Column("field", _("Field"), lambda r: r.get_field_display(), order_by=("field",)),
            _("Which of the three fields it serves: economy, results or content."),
        ),
        (
            Column(
                "starts",
                _("Begins"),
                lambda r: r.starts_on,
                lambda r: day(r.starts_on),
                order_by=("starts_on",),
            ),
            _("The first day by plan."),
        ),
        (
            Column(
                "ends",
                _("Ends by plan"),
                lambda r: r.ends_on,
                lambda r: day(r.ends_on),
                order_by=("ends_on",),
            ),
            _("The last day by plan."),
        ),
        (
            Column(
                "granted",
                _("Granted"),
                lambda r: r.granted,
                lambda r: money(r.granted),
                order_by=("granted",),
                css="num",
            ),
            _("The grants of all years together, in euros."),
        ),
        (
            Column(
                "used", _("Used"), lambda r: r.used, lambda r: money(r.used), order_by=("used",), css="num"
            ),
            _("How much of the grants has been used, in euros."),
        ),
        (
            Column("result", _("Result"), lambda r: r.result, on_page=False),
            _("What came of it, once it has ended. In the files."),
        ),
    ]


def figure_columns(language):
    """Return the columns of the figures with their meanings."""
    return [
        (
            Column("label", _("What is counted"), lambda r: r.label, order_by=("label",)),
            _("What the number counts, in the language of the page."),
        ),
        (
            Column("year", _("Year"), lambda r: r.year, lambda r: str(r.year), order_by=("year",)),
            _("The year of the report."),
        ),
        (
            Column("key", _("Key"), lambda r: r.key, on_page=False),
            _("The name of the number for machines, the same every year. In the files."),
        ),
        (
            Column(
                "value", _("The figure"), lambda r: r.value, lambda r: r.value or _("Not known"), css="num"
            ),
            _("The number as the report has it; empty where it was not known."),
        ),
        (
            Column("beside", _("Beside"), lambda r: r.beside),
            _("The whole or the limit beside which it stands."),
        ),
        (
            Column(
                "last", _("The year before"), lambda r: r.last, lambda r: r.last or _("Not known"), css="num"
            ),
            _("The same number a year earlier."),
        ),
        (Column("on", _("Day"), lambda r: r.on), _("The day for which the number holds.")),
    ]
