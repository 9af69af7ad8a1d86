"""COUNTER reports in JSON: release 5 lists periods with instances, 5.1 lists months under their metric.

Source: COUNTER Code of Practice, sections 3.2 (the same elements as in tables), 5.1 and 8 (delivery), appendix D.
"""

import json
import re

from procurement.counter_report import (
    FAMILY,
    NAMED_BY,
    Gathering,
    Header,
    Notice,
    Reason,
    UnreadableReportError,
    as_count,
    as_day,
    as_month,
    make_header,
)

MOST_SIGNS = 4_000_000  # commas and brackets of a JSON file: a bound on the values that it makes in memory
HEADERS = (
    "Report_Name",
    "Report_ID",
    "Release",
    "Institution_Name",
    "Institution_ID",
    "Created",
    "Created_By",
    "Registry_Record",
)
APART = ("Metric_Type", "Begin_Date", "End_Date")  # filters that a table has as elements of their own
# What a JSON item calls otherwise than the column of the table (section 3.2.2, tables 3.g-3.l).
COLUMNS = {
    "Proprietary": "Proprietary_ID",
    "Item_Contributors": "Authors",
    "Parent_Item_Name": "Parent_Title",
}
PLACES_OF_USE = ("Performance", "Attribute_Performance", "Items")
COMPONENTS = ("Components", "Item_Component")


def _unique(pairs):
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _value in pairs]
        raise UnreadableReportError(Reason.NAME_TWICE, next(name for name in names if names.count(name) > 1))
    return made


# A number with a fraction stays text, and so is no count.
DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=str, parse_constant=str)
BLANK = re.compile(r"[ \t\r\n]*")


def read_json(content, encoding):
    """Return the Header and the Gathering of a report in JSON: a header's object, or only the supplier's exceptions.

    Raises UnreadableReportError, with the line, for what is no JSON, is too deep or holds too many values.
    """
    text = content.decode(encoding)
    if sum(map(text.count, ",{[")) > MOST_SIGNS:
        raise UnreadableReportError(Reason.TOO_MANY, str(MOST_SIGNS))
    gathering, walk = Gathering(), _Walk(text)
    try:
        told = walk.top()
        header, family = _json_header(told, gathering)
        for place, (line, item) in enumerate(walk.items()):
            _read_item(item, line, f"Report_Items[{place}]", family, gathering)
    except RecursionError:
        raise UnreadableReportError(Reason.TOO_DEEP, "", walk.line) from None
    except ValueError as error:
        if isinstance(error, UnreadableReportError):
            raise
        line = error.lineno if isinstance(error, json.JSONDecodeError) else walk.line
        raise UnreadableReportError(Reason.JSON, error, line) from error
    return header, gathering


class _Walk:
    """A JSON text read one item at a time, so that no more than one item is in memory."""

    def __init__(self, text):
        self.text, self.line, self._counted, self._items = text, 1, 0, None

    def top(self):
        """Return all that stands at the top but the report's items, whose place is kept."""
        start = self._blank(0)
        if self.text[start : start + 1] == "[":
            return {"": self._value(start)[0]} if len(self.text) < 100_000 else {}
        told = {}
        for place in self._each(start, "}"):
            name, end = self._value(place)
            end = self._sign(end, ":")
            if name in told or not isinstance(name, str):
                raise UnreadableReportError(Reason.NAME_TWICE, name, self.line)
            if name == "Report_Items" and self.text[end : end + 1] == "[":
                self._items, told[name] = end, None
                for begins in self._each(end, "]"):
                    self._end = self._value(begins)[1]
            else:
                told[name], self._end = self._value(end)
        if self._blank(self._end) < len(self.text):
            raise json.JSONDecodeError("Extra data", self.text, self._end)
        return told

    def items(self):
        """Yield (line, item) for each of the report's items."""
        if self._items is not None:
            for start in self._each(self._items, "]"):
                self.line += self.text.count("\n", self._counted, start)
                self._counted = start
                item, self._end = self._value(start)
                yield self.line, item

    def _each(self, start, closes):
        """Yield the start of each member of an object or a list; whoever reads it sets where it ends."""
        place = self._blank(start + 1)
        if self.text[place : place + 1] == closes:
            self._end = place + 1
            return
        while True:
            yield place
            place = self._blank(self._end)
            if self.text[place : place + 1] == closes:
                self._end = place + 1
                return
            place = self._sign(place, ",")

    def _value(self, start):
        return DECODER.raw_decode(self.text, start)

    def _sign(self, place, sign):
        place = self._blank(place)
        if self.text[place : place + 1] != sign:
            raise json.JSONDecodeError(f"{sign} expected", self.text, place)
        return self._blank(place + 1)

    def _blank(self, place):
        return BLANK.match(self.text, place).end()


def _json_header(told, gathering):
    """Return the Header and the column that names an item; an answer that is only exceptions has no report."""
    said = told.get("Report_Header")
    if not isinstance(said, dict):
        notices = _notices(told.get("", told)) or _notices(told.get("Exceptions") or told.get("Exception"))
        if not notices:
            raise UnreadableReportError(Reason.NOT_COUNTER)
        return Header(exceptions=notices), "Title"
    filters, attributes = dict(_named(said.get("Report_Filters"))), _named(said.get("Report_Attributes"))
    plain = {name: str(said[name]) for name in HEADERS if isinstance(said.get(name), str | int)}
    days = [filters.get(name) for name in ("Begin_Date", "End_Date")]
    lists = {
        "Institution_ID": "; ".join(":".join(pair) for pair in _named(said.get("Institution_ID"))),
        "Metric_Types": [name for name in filters.get("Metric_Type", "").split("|") if name],
        "Report_Filters": [pair for pair in filters.items() if pair[0] not in APART],
        "Report_Attributes": attributes,
        "Exceptions": _notices(said.get("Exceptions") or said.get("Exception")),
        "Period": [day for day in days if day],
    }
    header = make_header(plain | lists, gathering)
    if told.get("Report_Items"):  # a list is read apart
        gathering.fault(1, "Report_Items", Reason.SHAPE, told["Report_Items"])
    return header, NAMED_BY[FAMILY[header.report_id]]


def _notices(said):
    found = said if isinstance(said, list) else [said]
    return tuple(
        Notice(code, str(one.get("Message") or ""), str(one.get("Data") or ""))
        for one in found
        if isinstance(one, dict) and "Code" in one
        for code in [int(one["Code"]) if re.fullmatch("[0-9]{1,5}", str(one["Code"])) else 0]
    )


def _named(said):
    """Return (name, value) of 5.1's object of lists and of 5.0's list of Type or Name and Value."""
    if isinstance(said, dict):
        pairs = said.items()
    else:
        entries = [entry for entry in said or () if isinstance(entry, dict)] if isinstance(said, list) else ()
        pairs = [(entry.get("Type") or entry.get("Name"), entry.get("Value")) for entry in entries]
    return [
        (str(name), "|".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in pairs
        if name and value is not None
    ]


def _told(item, prefix=""):
    """Return column -> text of what describes an item, by the names of the table's columns."""
    told = {}
    for name, value in item.items():
        if name in (*PLACES_OF_USE, *COMPONENTS):
            continue
        if name == "Item_Parent":
            parents = value if isinstance(value, list) else [value]
            for parent in filter(lambda parent: isinstance(parent, dict), parents):
                told |= _told(parent, "Parent_")
        elif name in ("Item_ID", "Item_Dates", "Item_Attributes"):
            told |= {prefix + COLUMNS.get(kind, kind): text for kind, text in _named(value)}
        elif name == "Publisher_ID":
            told[prefix + name] = "; ".join(":".join(pair) for pair in _named(value))
        elif isinstance(value, str | int):
            column = prefix + name
            told[COLUMNS.get(column, column)] = str(value).strip()
        elif value:
            told[prefix + COLUMNS.get(name, name)] = json.dumps(value, sort_keys=True)
    return told


def _read_item(item, line, at, named_by, gathering, parent=None):
    """Take the uses of one item; 5.1 puts items under their parent, and use under its attributes."""
    if not isinstance(item, dict):
        gathering.fault(line, at, Reason.SHAPE, item)
        return
    if isinstance(item.get("Items"), list):
        for place, one in enumerate(item["Items"]):
            _read_item(one, line, f"{at}.Items[{place}]", named_by, gathering, _told(item, "Parent_"))
        return
    told = (parent or {}) | _told(item)
    performance, attributed = item.get("Performance"), item.get("Attribute_Performance")
    for name in COMPONENTS:
        if item.get(name):  # the use of parts of an item, told besides that of the item
            gathering.fault(line, f"{at}.{name}", Reason.SHAPE, name)
    if isinstance(attributed, list):
        for place, one in enumerate(attributed):
            here = f"{at}.Attribute_Performance[{place}]"
            if isinstance(one, dict) and isinstance(one.get("Performance"), dict):
                _read_months(one["Performance"], told | _told(one), line, here, named_by, gathering)
            else:
                gathering.fault(line, here, Reason.SHAPE, one)
    elif isinstance(performance, list):
        _read_instances(performance, told, line, at, named_by, gathering)
    else:
        gathering.fault(line, at, Reason.SHAPE, ", ".join(item))


def _read_months(performance, told, line, at, named_by, gathering):
    """Take 5.1's counts: metric -> month -> count."""
    for metric, said in performance.items():
        counts, here = {}, f"{at}.Performance.{metric}"
        for month, count in said.items() if isinstance(said, dict) else [(said, None)]:
            try:
                day = as_month(str(month))
                reason = Reason.MONTH if day is None else Reason.COUNT
                counts[day or as_count(None)] = as_count(count)
            except ValueError:
                gathering.fault(line, f"{here}.{month}", reason, month if day is None else count)
                break
        else:
            gathering.use(line, told, metric, counts, None if counts else 0, named_by, at + ".{}")


def _read_instances(performance, told, line, at, named_by, gathering):
    """Take 5.0's counts: a list of periods, each with instances of metric and count."""
    metrics, spans, wrong = {}, {}, set()
    for place, part in enumerate(performance):
        here, period = f"{at}.Performance[{place}]", part.get("Period") if isinstance(part, dict) else None
        period = period if isinstance(period, dict) else {}
        days = [as_day(str(period.get(name))) for name in ("Begin_Date", "End_Date")]
        if None in days or not isinstance(part.get("Instance"), list):
            gathering.fault(line, f"{here}.Period", Reason.MONTH, period)
            continue
        month = days[0].replace(day=1) if days[0].replace(day=1) == days[1].replace(day=1) else None
        for number, instance in enumerate(part["Instance"]):
            metric = instance.get("Metric_Type") if isinstance(instance, dict) else None
            counts = metrics.setdefault(str(metric or ""), {})
            try:
                count = as_count(instance.get("Count") if metric else None)
            except ValueError:
                gathering.fault(line, f"{here}.Instance[{number}]", Reason.COUNT, instance)
                wrong.add(str(metric or ""))
                continue
            if month is None:  # the granularity is more than a month: a total only
                spans[metric] = spans.get(metric, 0) + count
            elif month in counts:
                gathering.fault(line, f"{here}.Instance[{number}]", Reason.SECOND, f"{month:%Y-%m}")
                wrong.add(metric)
            else:
                counts[month] = count
    for metric, counts in metrics.items():
        if metric not in wrong:
            gathering.use(line, told, metric, counts, spans.get(metric), named_by, at + ".{}")
