"""Figures of use in words: what is counted, which months, who says so, and why a file or a line could not be read."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from procurement.counter_report import Reason as ReportReason
from procurement.usage_sheet import Reason as SheetReason

METRICS = {  # of COUNTER; a supplier's own words stay as they are
    "Searches_Platform": gettext_lazy("searches"),
    "Searches_Regular": gettext_lazy("searches"),
    "Searches_Automated": gettext_lazy("automated searches"),
    "Searches_Federated": gettext_lazy("federated searches"),
    "Total_Item_Investigations": gettext_lazy("looked at, every time"),
    "Unique_Item_Investigations": gettext_lazy("looked at, once a session"),
    "Unique_Title_Investigations": gettext_lazy("titles looked at, once a session"),
    "Total_Item_Requests": gettext_lazy("opened or downloaded, every time"),
    "Unique_Item_Requests": gettext_lazy("opened or downloaded, once a session"),
    "Unique_Title_Requests": gettext_lazy("titles opened or downloaded, once a session"),
    "No_License": gettext_lazy("denied: no licence"),
    "Limit_Exceeded": gettext_lazy("denied: too many at once"),
}


def metric_words(metric):
    """Return what a metric counts, in words; a supplier's own metric as it is."""
    return str(METRICS.get(metric, metric))


def months_words(months, year):
    """Return months of a year as runs: 1–6/2027, 9/2027; the whole year by its number alone."""
    numbers = [month.month for month in months if month.year == year]
    if len(numbers) == 12:
        return str(year)
    runs = []
    for month in numbers:
        if runs and month == runs[-1][1] + 1:
            runs[-1][1] = month
        else:
            runs.append([month, month])
    shown = [f"{first}" if first == last else f"{first}–{last}" for first, last in runs]
    return ", ".join(f"{run}/{year}" for run in shown)


def file_source(file):
    """Return who says what a file says: a COUNTER report by its release and report, or the supplier's own sheet."""
    if file.kind == "counter":
        return f"COUNTER {file.said.get('release', '')} {file.report}"
    return _("the supplier's own sheet %(name)s") % {"name": file.name}


def source_of(use):
    """Return who says a use, its files' sources once each."""
    return "; ".join(dict.fromkeys(file_source(file) for _pk, file in sorted(use.files.items())))


def refusal_words(file):
    """Return why a file could not be read, and what to do."""
    if file.reason == "table":
        return file.said.get(get_language() or "fi") or next(iter(file.said.values()), "")
    if file.reason == "exception":
        notices = "; ".join(f"{code} {words}" for code, words in file.said.get("notices", ()))
        return _("The supplier says why it gives no figures: %(notices)s") % {"notices": notices}
    words = REFUSALS.get(file.reason, REFUSALS["other"])
    return words % {"value": file.said.get("value", ""), "line": file.said.get("line", "")}


REFUSALS = {
    ReportReason.EMPTY: gettext_lazy("The file is empty."),
    ReportReason.TOO_LARGE: gettext_lazy(
        "The file is too large. Ask the supplier for fewer months at a time."
    ),
    ReportReason.RELEASE: gettext_lazy(
        "This is a report of release “%(value)s”; releases 5 and 5.1 are read."
    ),
    ReportReason.REPORT: gettext_lazy(
        "There is no report “%(value)s”; PR, DR, TR, IR and their views are read."
    ),
    ReportReason.JSON: gettext_lazy("The JSON is broken at line %(line)s, or is no COUNTER report."),
    ReportReason.TOO_DEEP: gettext_lazy("The JSON is no COUNTER report: it is nested too deep."),
    ReportReason.TOO_MANY: gettext_lazy(
        "The report is too long. Ask the supplier for fewer months at a time."
    ),
    ReportReason.LONG_LINE: gettext_lazy("Line %(line)s is too long for a report."),
    ReportReason.NAME_TWICE: gettext_lazy("The column “%(value)s” stands twice."),
    ReportReason.QUOTE: gettext_lazy("Quotation marks are broken on line %(line)s or before it."),
    "no_figures": gettext_lazy("The file can be read, but there is not one figure in it."),
    "no_months": gettext_lazy("The report has totals only. Ask the supplier for the figures by month."),
    "worker": gettext_lazy("The reading ended each time before it was done. Hand in fewer months at a time."),
    "other": gettext_lazy("The file is neither a COUNTER report nor a sheet."),
}

FAULTS = {
    SheetReason.MONTH: gettext_lazy("not a month"),
    SheetReason.COUNT: gettext_lazy(
        "not a whole number from 0 up; write thousands with a space or without a mark"
    ),
    SheetReason.MISSING: gettext_lazy("nothing stands here"),
    SheetReason.REPEATED: gettext_lazy("the same line stands before; counted once"),
    SheetReason.SUM: gettext_lazy("a row of sums; left out so that nothing counts twice"),
    SheetReason.QUOTE: gettext_lazy("quotation marks are broken"),
    ReportReason.METRIC: gettext_lazy("no metric of COUNTER's"),
    ReportReason.OUTSIDE: gettext_lazy("outside the months that the report covers"),
    ReportReason.TOTAL: gettext_lazy("the months do not add up to the total"),
    ReportReason.CELLS: gettext_lazy("more cells than columns"),
    ReportReason.SHAPE: gettext_lazy("not in the form that COUNTER says"),
    ReportReason.DATE: gettext_lazy("not a day"),
    ReportReason.SECOND: gettext_lazy("told before with other figures; the first counts"),
}


def fault_words(reason):
    """Return why a line or a value was not taken."""
    return str(FAULTS.get(reason, reason))
