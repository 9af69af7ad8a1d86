"""Tables, chart and sentences of the fee simulator and of what is saved from it."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.html import format_html
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from consortium.fees import reckoning
from consortium.lists import Column, RowList
from consortium.templatetags.portal import moment, money, number, place, place_name, rate
from members.fee_words import reckoning_line
from members.pages import standing
from members.pages.scenario import CAP, FLOOR, LESS, MORE, NEW, SAME

ZERO = Decimal(0)


def signed(amount):
    """Return a change in € with its sign: +735,56 €, −50,00 €, 0,00 €."""
    return f"+{money(amount)}" if amount > 0 else money(amount)


def percent(value):
    """Return a change in per cent with its sign and one decimal: +40,0 %."""
    value = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    digits = f"{abs(value)}".replace(".", ",")
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{digits}\u00a0%"


def _change(line):
    return _("new") if line.euros is None else signed(line.euros)


def _percent(line):
    if line.euros is None:
        return _("new")
    return _("from 0 €") if line.percent is None else percent(line.percent)


def _name(language, notes):
    """Return how a line's municipality is shown: its name, and what is to be said of it."""

    def shown(line):
        told = [notes[line.limit]] if line.limit else []
        told += [notes["expected"]] if line.is_expected else []
        name = place(line.municipality, language)
        return format_html('{} <span class="note">{}</span>', name, ", ".join(told)) if told else name

    return shown


def _places(language, notes):
    """Return the columns that tell which municipality a line is, the name alone on the page."""
    own = "sv" if language == "sv" else "fi"
    return [
        Column(
            "name",
            _("Municipality"),
            lambda r: place_name(r.municipality, language),
            _name(language, notes),
            order_by=("name",),
        ),
        Column("code", _("Code"), lambda r: r.municipality.code, on_page=False),
        Column("region", _("Region"), lambda r: getattr(r.municipality, f"region_{own}"), on_page=False),
        Column(
            "residents",
            _("Residents"),
            lambda r: r.residents,
            lambda r: number(r.residents),
            order_by=("residents",),
            css="num",
        ),
    ]


def _notes():
    return {CAP: _("largest fee"), FLOOR: _("smallest fee"), "expected": _("not yet a member")}


def one_year(request, budget, found, lines, *, reckoned=None, letter=""):
    """Return the table of a scenario's municipalities: residents, fee before and now, change.

    How each fee is reckoned stands in the files, where it is known (``reckoned``).
    """
    year, new = budget.year, _("new")
    notes = _notes()
    columns = [
        *_places(get_language(), notes),
        Column(
            "before",
            _("Fee %(year)s") % {"year": year - 1},
            lambda r: r.before,
            lambda r: new if r.before is None else money(r.before),
            order_by=("before",),
            css="num",
        ),
        Column("fee", _("Fee %(year)s") % {"year": year}, lambda r: r.amount, lambda r: money(r.amount),
               order_by=("amount",), css="num"),
        Column("euros", pgettext("of a fee", "Change"), lambda r: r.euros, _change, order_by=("euros",), css="num"),
        Column("percent", _("Change, %"), lambda r: r.percent, _percent, order_by=("percent",), css="num"),
        Column("months", _("Months"), lambda r: r.months, on_page=False),
        Column("per_resident", _("€ a resident"), lambda r: r.per_resident, on_page=False),
        Column("limit", _("At a limit"), lambda r: notes.get(r.limit, ""), on_page=False),
        Column("expected", _("Member"), lambda r: _("not yet") if r.is_expected else _("yes"), on_page=False),
    ]  # fmt: skip
    if reckoned:
        payers = _payers(reckoned)
        columns.append(Column("how", _("How reckoned"), lambda r: _how(found.fees, payers, r), on_page=False))
    return RowList(
        request,
        lines,
        columns,
        caption=_("Fees by municipality, %(year)s") % {"year": year},
        default_sort="-fee",
        filename=f"fees-{year}{'-' if letter else ''}{letter}",
    )


def sums(lines, year):
    """Return the last row of the table: how many, residents, fees before and now, change."""
    before = sum((line.before for line in lines if line.before is not None), ZERO)
    now = sum((line.amount for line in lines), ZERO)
    change = now - before
    count = ngettext("%(n)s municipality in all", "%(n)s municipalities in all", len(lines))
    cells = [
        (number(sum(line.residents or 0 for line in lines)), _("Residents")),
        (money(before), _("Fee %(year)s") % {"year": year - 1}),
        (money(now), _("Fee %(year)s") % {"year": year}),
        (signed(change), pgettext("of a fee", "Change")),
        (percent(change * 100 / before) if before else _("new"), _("Change, %")),
    ]
    head = {"value": count % {"n": number(len(lines))}}
    return [head, *({"value": value, "css": "num", "label": label} for value, label in cells)]


def figures_on(reckoned):
    """Return the day and source of the residents that most are reckoned by: [(day, source)]."""
    known = {(p.population.on, p.population.source) for p in reckoned.payees if p.population}
    return [(on, standing.SOURCES.get(source, source)) for on, source in sorted(known)]


def _payers(reckoned):
    """Return code → the payer as the arithmetic took it."""
    return {p.municipality.code: p.payer for p in reckoned.payees}


def _how(fees, payers, line):
    """Return the line by which anyone can redo the fee."""
    code = line.municipality.code
    return reckoning_line(reckoning(fees.by_key[code], fees.rule, payers[code]))


def own_lines(found, codes, reckoned=None):
    """Return the reader's own municipalities as lines in words; with how each is reckoned, where that is known."""
    own = [line for line in found.lines if line.municipality.code in codes]
    told = []
    payers = _payers(reckoned) if reckoned else None
    for line in own:
        rows = []
        if line.before is not None:
            rows.append((_("Fee %(year)s") % {"year": found.year - 1}, money(line.before)))
            rows.append((pgettext("of a fee", "Change"), f"{_change(line)} ({_percent(line)})"))
        else:
            rows.append((_("Fee %(year)s") % {"year": found.year - 1}, _("none, new")))
        rows.append((_("Fee %(year)s") % {"year": found.year}, money(line.amount)))
        law = _how(found.fees, payers, line) if payers else ""
        told.append({"place": line.municipality, "rows": rows, "law": law})
    return told


# Side by side


class _Row:
    """A municipality's lines in the alternatives that stand side by side; None where it does not pay."""

    def __init__(self, lines):
        known = next(line for line in lines if line)
        self.municipality, self.residents, self.before = known.municipality, known.residents, known.before
        self.name, self.lines = known.name, lines
        self.limit, self.is_expected = "", all(line.is_expected for line in lines if line)
        for at, line in enumerate(lines):
            setattr(self, f"amount_{at}", line.amount if line else None)
            setattr(self, f"euros_{at}", line.euros if line else None)


def rows_of(shown):
    """Return a row for each municipality that pays by any of the alternatives."""
    by_code = [{line.municipality.code: line for line in found.lines} for found in shown]
    codes = {code: None for lines in by_code for code in lines}
    return [_Row([lines.get(code) for lines in by_code]) for code in codes]


def _both(line):
    """Return a change in € with the per cent under it."""
    if line is None:
        return _("does not pay")
    if line.euros is None:
        return _("new")
    return format_html('{} <span class="note keep d-block">{}</span>', signed(line.euros), _percent(line))


def fee_and_change(line):
    """Return a fee and its change from the year before as two texts, for paper."""
    if line is None:
        return [_("does not pay"), ""]
    change = _("new") if line.euros is None else f"{signed(line.euros)} ({_percent(line)})"
    return [money(line.amount), change]


def side_by_side(request, budget, shown, letters):
    """Return the table of every municipality's fee by each alternative, with the change from the year before."""
    year, new, none = budget.year, _("new"), _("does not pay")

    def columns_of(at, letter):
        words = {"letter": letter}
        return [
            Column(
                f"fee_{letter}",
                _("Alternative %(letter)s") % words,
                lambda r: getattr(r, f"amount_{at}"),
                lambda r: money(r.lines[at].amount) if r.lines[at] else none,
                order_by=(f"amount_{at}",),
                css="num",
            ),
            Column(
                f"euros_{letter}",
                _("Change, %(letter)s") % words,
                lambda r: getattr(r, f"euros_{at}"),
                lambda r: _both(r.lines[at]),
                order_by=(f"euros_{at}",),
                css="num",
            ),
            Column(
                f"percent_{letter}",
                _("Change, %(letter)s, %%") % words,
                lambda r: r.lines[at].percent if r.lines[at] else None,
                on_page=False,
            ),
        ]

    columns = [
        *_places(get_language(), _notes()),
        Column(
            "before",
            _("Fee %(year)s") % {"year": year - 1},
            lambda r: r.before,
            lambda r: new if r.before is None else money(r.before),
            order_by=("before",),
            css="num",
        ),
    ]
    for at, letter in enumerate(letters):
        columns += columns_of(at, letter)
    return RowList(
        request,
        rows_of(shown),
        columns,
        caption=_("Fees by municipality and alternative, %(year)s") % {"year": year},
        default_sort=f"-fee_{letters[0]}",
        filename=f"fees-{year}-{'-'.join(letters)}",
    )


def sums_side_by_side(shown, year):
    """Return the last row of the table of alternatives."""
    rows = rows_of(shown)
    before = sum((row.before for row in rows if row.before is not None), ZERO)
    count = ngettext("%(n)s municipality in all", "%(n)s municipalities in all", len(rows))
    cells = [
        (number(sum(row.residents or 0 for row in rows)), _("Residents")),
        (money(before), _("Fee %(year)s") % {"year": year - 1}),
    ]
    for found in shown:
        change = signed(found.fees.total - before)
        cells += [(money(found.fees.total), found.name), (change, pgettext("of a fee", "Change"))]
    head = {"value": count % {"n": number(len(rows))}}
    return [head, *({"value": value, "css": "num", "label": label} for value, label in cells)]


def own_side_by_side(shown, codes):
    """Return the reader's own municipalities with their fee by each alternative: (place, rows)."""
    told = []
    for row in rows_of(shown):
        if row.municipality.code in codes:
            fees = [
                (found.name, f"{money(line.amount)}, {_change(line)}" if line else _("does not pay"))
                for found, line in zip(shown, row.lines, strict=True)
            ]
            told.append({"place": row.municipality, "rows": fees})
    return told


def difference(fees):
    """Return what the fees leave uncovered or bring too much of, in words; "" where nothing is held against them."""
    if fees.surplus:
        return _("surplus %(sum)s") % {"sum": money(fees.surplus)}
    return "" if fees.amount is None else _("uncovered %(sum)s") % {"sum": money(fees.uncovered)}


def facts(shown, stale):
    """Return the rows of the table of sums: (what, one text an alternative)."""

    def row(label, text):
        return label, [text(found) for found in shown]

    rows = [
        row(_("Sum of the fees"), lambda f: money(f.fees.total)),
        row(_("Beside what is to be shared"), lambda f: difference(f.fees) or _("reckon again")),
        row(_("Who pay"), lambda f: who_pay(f)),
        row(_("At the largest fee"), lambda f: number(len(f.at(CAP)))),
        row(_("At the smallest fee"), lambda f: number(len(f.at(FLOOR)))),
        row(_("Smallest fee paid"), lambda f: money(f.fees.smallest)),
        row(_("Median fee"), lambda f: money(f.fees.median)),
        row(_("Largest fee paid"), lambda f: money(f.fees.largest)),
        row(_("€ a resident, on average"), lambda f: rate(f.per_resident)),
    ]
    if shown[0].compares:
        ways = {MORE: _("Pay more"), LESS: _("Pay less"), SAME: _("Pay the same"), NEW: _("New members")}
        rows += [row(words, lambda f, way=way: number(f.directions[way])) for way, words in ways.items()]
    return [*rows, (_("State"), [words or _("up to date") for words in stale])]


def who_pay(found):
    """Return how many pay, those expected apart."""
    members = ngettext("%(n)s member", "%(n)s members", found.members) % {"n": number(found.members)}
    joining = len(found.expected)
    if not joining:
        return members
    words = ngettext("%(members)s and %(n)s expected", "%(members)s and %(n)s expected", joining)
    return words % {"members": members, "n": number(joining)}


def receipt(event, budget):
    """Return the receipt of an act on the budget."""
    what = {
        "alternative": _("Alternative %(letter)s saved") % {"letter": event.details.get("alternative", "")},
    }.get(event.verb, budget.get_state_display())
    return {
        "rows": [
            (_("What"), what),
            (_("Year"), budget.year),
            (_("When"), moment(event.at)),
            (_("Receipt"), event.number),
            (_("What next"), _("Compare the alternatives; the steering group proposes one to Helsinki.")),
        ]
    }
