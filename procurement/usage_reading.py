"""Reading suppliers' files of use: what kind a file is, what it says, and whose figures it holds."""

from collections import Counter

from django.conf import settings
from django.utils.translation import override

from consortium import clock
from members.models import Municipality
from members.tables import UnreadableListError, plain
from procurement.counter import read_report
from procurement.counter_report import FAMILY, UnreadableReportError, figures
from procurement.counter_report import Reason as ReportReason
from procurement.models import Scope, UsageFigure, UsagePlace, UsageState
from procurement.models.usage import place_key
from procurement.usage_sheet import Mapping, WrongMappingError, guess, read_sheet

COUNTER, SHEET = "counter", "sheet"
NO_REPORT = frozenset({ReportReason.NOT_COUNTER, ReportReason.KIND, ReportReason.ENCODING})  # perhaps a sheet
NO_FIGURES, NO_MONTHS, EXCEPTION, TABLE = "no_figures", "no_months", "exception", "table"
MOST_ASKED = 20  # places that one page asks about; the others after them


def read(row):
    """Read one file and write what came of it: figures, a question to a person, or why it cannot be read."""
    row.file.open("rb")
    content = row.file.read()
    row.file.close()
    try:
        report = read_report(content)
    except UnreadableReportError as error:
        if error.reason in NO_REPORT:
            _read_sheet(row, content)
        else:
            _refuse(row, error.reason, kind=COUNTER, said={"value": error.value, "line": error.line})
        return
    _read_report(row, report)


def _refuse(row, reason, **more):
    row.answer(state=UsageState.REFUSED, reason=reason, read_at=clock.now(), **more)


def _read_report(row, report):
    header = report.header
    said = {
        "report": header.report_id,
        "release": header.release,
        "institution": header.institution,
        "created_by": header.created_by,
        "created": header.created.date().isoformat() if header.created else "",
        "begins": header.begins.isoformat() if header.begins else "",
        "ends": header.ends.isoformat() if header.ends else "",
        "notices": [[n.code, " ".join(filter(None, [n.message, n.data]))] for n in header.exceptions],
    }
    facts = {"kind": COUNTER, "report": header.report_id, "said": said} | _faults(report)
    counts, items = _counts_of(report)
    if not counts:
        reason = EXCEPTION if header.exceptions else NO_FIGURES if report.is_monthly else NO_MONTHS
        _refuse(row, reason, **facts)
        return
    told = {(header.institution, *key): (count, items[key]) for key, count in counts.items()}
    _write(row, told, totals=report.totals, **facts)


def _counts_of(report):
    """Return ((service, metric, month) → count, the same → how many titles). A report of one month needs no columns."""
    counts, items = Counter(), Counter()
    is_by_database = FAMILY[report.header.report_id] == "DR"
    for figure, count in figures(report).items():
        key = (figure.name if is_by_database else figure.platform)[:200], figure.metric, figure.month
        counts[key] += count
        items[key] += 1
    if not report.is_monthly and len(report.months) == 1:
        for use in report.uses:
            key = (use.name if is_by_database else use.platform)[:200], use.metric, report.months[0]
            counts[key] += use.total
            items[key] += 1
    if report.is_empty and report.says_no_usage:
        for metric in report.header.metric_types:
            for month in report.months:
                counts[report.header.created_by[:200], metric, month] = 0
    return counts, items


def _faults(found):
    faults = [[f.line, f.column, str(f.reason), f.value] for f in found.faults]
    return {"faults": faults, "more_faults": found.more_faults}


def _read_sheet(row, content):
    try:
        for mapping in row.contract.usage_mappings.all():
            try:
                sheet = read_sheet(content, row.name, Mapping(mapping.columns, mapping.fixed))
            except WrongMappingError:
                continue
            counts, items = Counter(), Counter()
            for figure in sheet.figures:
                key = (figure.place, figure.service[:200], figure.metric[:100], figure.month)
                counts[key] += figure.count
                items[key] += 1
            facts = {"kind": SHEET} | _faults(sheet)
            if not counts:
                _refuse(row, NO_FIGURES, **facts)
            else:
                _write(row, {key: (n, items[key]) for key, n in counts.items()}, totals=sheet.totals, **facts)
            return
        found = guess(content, row.name)
    except UnreadableListError:
        _refuse(row, TABLE, kind=SHEET, said=_sentences(row, content))
        return
    told = {
        "headings": list(found.headings),
        "columns": found.mapping.columns,
        "sample": [list(line) for line in found.sample],
    }
    row.answer(state=UsageState.COLUMNS, kind=SHEET, guess=told)


def _sentences(row, content):
    """Return language → why the file is no table."""
    said = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            try:
                guess(content, row.name)
            except UnreadableListError as error:
                said[language] = str(error)
    return said


def _write(row, told, *, totals, **facts):
    """Write the figures, (place, service, metric, month) → (count, titles); or ask whose they are."""
    whose = places_of(row.contract, {place for place, *_rest in told})
    unknown = sorted(place for place, who in whose.items() if who is None)
    if unknown:
        row.answer(state=UsageState.PLACES, unknown=unknown[:MOST_ASKED], **facts)
        return
    rows = []
    for (place, service, metric, month), (count, items) in told.items():
        scope, municipality, network = whose[place]
        if scope == Scope.NOBODY:
            continue
        rows.append(
            UsageFigure(
                file=row,
                contract_id=row.contract_id,
                scope=scope,
                municipality_id=municipality,
                network=network,
                place=place[:200],
                report=facts.get("report", ""),
                service=service,
                metric=metric,
                month=month,
                count=count,
                items=max(items, 1),
            )
        )
    months = {month for _place, _service, _metric, month in told}
    facts |= {"unknown": [], "guess": {}, "totals": totals, "read_at": clock.now()}
    row.answer(rows, state=UsageState.READ, first_month=min(months), last_month=max(months), **facts)


def places_of(contract, names):
    """Return name → (scope, municipality's id or None, network), None for one that nobody has named yet.

    What a person has said of a name counts first; then a municipality's or a network's own name, or its code.
    """
    remembered = {
        place.key: (place.scope, place.municipality_id, place.network)
        for place in UsagePlace.objects.filter(contract=contract).order_by("pk")
    }
    known = {}
    for place in Municipality.objects.current():
        if place.library_network:
            known[plain(place.library_network)] = (Scope.NETWORK, None, place.library_network)
        own = (Scope.MUNICIPALITY, place.pk, "")
        known |= {plain(name): own for name in (place.name_fi, place.name_sv, place.code)}
    return {name: remembered.get(place_key(name)) or known.get(plain(name)) for name in names}
