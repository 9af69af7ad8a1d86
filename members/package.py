"""The joining package of one municipality: its figures, its words, its paper.

Everything here is made from a dictionary of figures frozen when the package was asked for; nothing reads
the database. The proposal is written once and shown as paper, page, plain text and .docx.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import cache, lru_cache
from pathlib import Path

import segno
from django.template.loader import render_to_string
from django.utils.html import format_html

from consortium.deadlines import Remedy, counted_back
from consortium.pdf import combine, lay_out
from consortium.templatetags.portal import (
    code_groups,
    day,
    long_weekday_day,
    money,
    number,
    rate,
    weekday_day,
)
from members.package_docx import written_as_docx

TEXTS = Path(__file__).resolve().parent / "texts"
BODIES = ("committee", "board", "council", "office_holder")
REMEDIES = {"board": Remedy.RECTIFICATION, "council": Remedy.APPEAL}
STEPS = ("drafted_on", "papers_on", "meeting_on", "published_on", "last_day", "final_on")
SIGNS = ("place", "signature", "print_name")
YEARS = 3
MOST = Decimal(7500)  # € a municipality and year, whatever the tariff says (source: the agreement)
CENT = Decimal("0.01")
HELSINKI = "091"
AGREEMENT = 2  # the reason that names the agreement's version


@cache
def texts(language):
    """Every sentence of the package in one language, by section and key."""
    return tomllib.loads((TEXTS / f"package.{language}.toml").read_text(encoding="utf-8"))


def example_clauses():
    """The clauses of the example agreement, for practice copies."""
    clauses = tomllib.loads((TEXTS / "agreement.toml").read_text(encoding="utf-8"))["clauses"]
    return [{key: value.strip() for key, value in clause.items()} for clause in clauses]


# Figures


def by_population(population, rate):
    """Residents times the rate (€), rounded down to the cent."""
    return (Decimal(population) * Decimal(rate)).quantize(CENT, ROUND_DOWN)


def fee(population, rate, floor, cap):
    """A year's fee (€): residents times the rate, at least the floor, at most the cap; the cap wins over it."""
    return min(max(by_population(population, rate), Decimal(floor)), Decimal(cap)).quantize(CENT, ROUND_DOWN)


def costs(population, tariff, first_year):
    """The fee of three years from ``first_year`` on by a tariff, with its ground: floor, rate, cap or free.

    ``tariff``: a mapping with rate, floor, cap (€) and free_years. Amounts are text with two decimals.
    """
    reckoned = by_population(population, tariff["rate"])
    amount = fee(population, tariff["rate"], tariff["floor"], tariff["cap"])
    ground = "rate" if amount == reckoned else "floor" if amount > reckoned else "cap"
    rows = []
    for year in range(first_year, first_year + YEARS):
        free = year in tariff["free_years"]
        row = {"year": year, "amount": "0.00" if free else str(amount), "by_population": str(reckoned)}
        rows.append(row | {"ground": "free" if free else ground})
    return rows


def timetable(decide_by, aland):
    """The latest days (ISO dates) of a board's and a council's decision that is final by ``decide_by``.

    Nothing for Åland, where another Act rules: its municipalities give the dates themselves.
    """
    if aland:
        return []
    final_on = date.fromisoformat(str(decide_by))
    rows = []
    for body, remedy in REMEDIES.items():
        counted = counted_back(final_on, remedy)
        rows.append({"body": body} | {step: getattr(counted, step).isoformat() for step in STEPS})
    return rows


# Words


def whole_name(municipality, language, case=""):
    """A municipality with its kind: Alavieskan kunta, Vasa stad; ``case``: "_of" genitive, "_some" partitive."""
    kind = texts(language)["kinds"][("city" if municipality["city"] else "municipality") + case]
    if language == "fi":
        # Pedersören kunta bears the word in its name
        return f"{municipality['genitive_fi'].removesuffix(' kunnan')} {kind}"
    name = municipality["name_sv"]
    return f"{name} {kind}" if name[-1] in "aeiouyåäösxz" else f"{name}s {kind}"


def _agreement_facts(agreement, language):
    return {
        "version": agreement["number"],
        "agreement_body": agreement[f"body_{language}"],
        "agreement_on": day(agreement["decided_on"]),
        "agreement_section": agreement["section"],
        "agreement_case": agreement["case_number"],
    }


def facts(figures, language):
    """What the places in the sentences are filled with, written for people in one language."""
    words = texts(language)
    municipality, population, offer = figures["municipality"], figures["population"], figures["offer"]
    agreement, tariff, first = figures["agreement"], figures["tariff"], figures["costs"][0]
    kind = "city" if municipality["city"] else "municipality"
    bodies = {key: words["bodies"][f"{kind}_{key}"] for key in ("board", "board_of", "board_to", "council")}
    source = population["source"]
    return (
        bodies
        | _agreement_facts(agreement, language)
        | {
            "name": municipality[f"name_{language}"],
            "whole": whole_name(municipality, language),
            "whole_of": whole_name(municipality, language, "_of"),
            "whole_some": whole_name(municipality, language, "_some"),
            "Board": bodies["board"].capitalize(),
            "Council": bodies["council"].capitalize(),
            "population": number(population["count"]),
            "population_on": day(population["on"]),
            "source": words["words"].get(source.lower().replace(" ", "_"), source),
            "rate": rate(tariff["rate"]),
            "floor": money(tariff["floor"]),
            "cap": money(tariff["cap"]),
            "most": money(MOST),
            "valid_from": day(tariff["valid_from"]),
            "by_population": money(first["by_population"]),
            "first_year": first["year"],
            "first_amount": money(first["amount"]),
            "joins_on": day(offer["joins_on"]),
            "decide_by": long_weekday_day(offer["decide_by"], language),
            "case_number": offer["case_number"],
            "address": figures["address"],
            "contact_name": figures["contact"].get(f"name_{language}") or figures["contact"]["name"],
            "contact_email": figures["contact"]["email"],
        }
    )


def _filled(value, known):
    """A sentence, a list or a section of sentences with its places filled."""
    if isinstance(value, str):
        return value.format_map(known)
    if isinstance(value, list):
        return [_filled(item, known) for item in value]
    return {key: _filled(item, known) for key, item in value.items()}


class _Known(dict):
    """Leaves a place that is filled later, for each row, as it stands."""

    def __missing__(self, key):
        return f"{{{key}}}"


def words_for(figures, language):
    """Every section of the package's texts, filled with the figures."""
    return _filled(texts(language), _Known(facts(figures, language)))


# The proposal


@dataclass(frozen=True)
class Proposal:
    """The ready text for a municipality's agenda: headed paragraphs, a numbered decision, attachments."""

    title: str
    sections: list  # (heading, [paragraphs])
    decision_heading: str
    lead: str
    points: list
    after: list  # (heading, [paragraphs])


def _cost_paragraphs(figures, say):
    lines = [
        say["line"].format(
            year=row["year"], amount=money(row["amount"]), ground=say["ground_" + row["ground"]]
        )
        for row in figures["costs"]
    ]
    joins_on = date.fromisoformat(figures["offer"]["joins_on"])
    mid_year = [say["mid_year"]] if (joins_on.month, joins_on.day) != (1, 1) else []
    rest = [say[key] for key in ("population", "rule", "assumption", "vat", "purchases")]
    return ["\n".join(lines), *mid_year, *rest]


def proposal(figures, language, body="board"):
    """The proposal as a body would decide it: committee, board, council, office_holder. KeyError for another."""
    say = words_for(figures, language)["proposal"]
    reasons = list(say["reasons"])
    if figures["municipality"]["code"] == HELSINKI:
        reasons.append(say["helsinki"])
    if figures["agreement"]["example"]:
        reasons[AGREEMENT] += " " + say["example"]
    return Proposal(
        title=say["title"],
        sections=[
            (say["preparer_head"], [say["preparer"]]),
            (say["reasons_head"], reasons),
            (say["costs_head"], _cost_paragraphs(figures, say)),
            (say["impact_head"], say["impact"]),
        ],
        decision_heading=say["decision_head"],
        lead=say[f"lead_{body}"],
        points=say["points"],
        after=[
            (say["inform_head"], [say["inform"]]),
            (say["attachments_head"], ["\n".join(say["attachments"])]),
        ],
    )


def proposal_text(figures, language, body="board"):
    """The proposal as plain text to paste: headings and paragraphs on lines of their own, no table."""
    written = proposal(figures, language, body)
    points = [f"{at}. {point}" for at, point in enumerate(written.points, start=1)]
    decision = (written.decision_heading, [written.lead, *points])
    sections = [*written.sections, decision, *written.after]
    blocks = ["\n".join([heading, *paragraphs]) for heading, paragraphs in sections]
    return "\n\n".join([written.title, *blocks]) + "\n"


def decider_names(figures, language):
    """The name of each body that may decide, as a heading: committee, board, council, office_holder."""
    words, known = texts(language)["bodies"], facts(figures, language)
    own = {"board": known["Board"], "council": known["Council"]}
    return {body: own.get(body) or words[body] for body in BODIES}


# Paper


def _letter(figures, language, say):
    """What the cover letter shows beside its sentences: dates, cost sentence, who it is for."""
    deciders, table, letter = decider_names(figures, language), figures["timetable"], say["letter"]
    made_on, known = figures["offer"]["made_on"], facts(figures, language)
    for key in ("decide_by", "first_amount"):
        known[key] = format_html('<strong class="keep">{}</strong>', known[key])
    said = texts(language)["letter"]
    return {
        "made_on": day(made_on),
        "timetable": format_html(said["timetable" if table else "timetable_aland"], **known),
        "costs": format_html(said[f"costs_{figures['costs'][0]['ground']}"], **known),
        "columns": [deciders[column["body"]] for column in table],
        "rows": [(letter[step], [weekday_day(column[step], language) for column in table]) for step in STEPS],
        "late": any(column["drafted_on"] < made_on for column in table),
    }


def _form(figures, language, say):
    """The rows of the accession form: what is known, what is filled in by hand, who signs."""
    form, municipality, offer = say["form"], figures["municipality"], figures["offer"]
    return {
        "known": [
            (form["municipality"], whole_name(municipality, language)),
            (form["code"], municipality["code"]),
            (form["party"], form["party_name"]),
            (form["agreement"], form["agreement_name"]),
            (form["joins"], day(offer["joins_on"])),
            (form["due"], weekday_day(offer["decide_by"], language)),
        ],
        "fill": [
            (form["decider"], form["decider_choices"]),
            *[(form[key], "") for key in ("meeting_on", "section", "case", "published_on")],
            (form["outcome"], form["outcome_choices"]),
            *[(form[key], "") for key in ("final_on", "person")],
        ],
        "sign": [form[key] for key in SIGNS],
    }


def package_html(figures, language):
    """The municipality's own pages: cover letter, proposal and accession form."""
    say = words_for(figures, language)
    names = decider_names(figures, language)
    others = [
        say["proposal"]["other"].format(decider=names[body], lead=proposal(figures, language, body).lead)
        for body in BODIES
        if body != "board"
    ]
    shown = {
        "language": language,
        "say": say,
        "figures": figures,
        "known": facts(figures, language),
        "code": code_groups(figures["code"]),
        "qr": segno.make_qr(figures["address"], error="m").svg_data_uri(border=0),
        "letter": _letter(figures, language, say),
        "proposal": proposal(figures, language, "board"),
        "others": others,
        "form": _form(figures, language, say),
    }
    return render_to_string("members/documents/package.html", shown)


def paragraphs(text):
    """The paragraphs of a text in which they are parted by empty lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def constant_html(agreement, clauses, language, case_number, aland):
    """The pages equal for all municipalities: the agreement's clauses, questions and answers."""
    say = _filled(texts(language), _Known(_agreement_facts(agreement, language)))
    numbered = [
        (f"{clause['number']}. {clause[f'title_{language}']}", paragraphs(clause[f"text_{language}"]))
        for clause in clauses
    ]
    items = [
        item | {"answer": item["answer_aland"] if aland and "answer_aland" in item else item["answer"]}
        for item in say["questions"]["items"]
    ]
    shown = {
        "language": language,
        "say": say,
        "case_number": case_number,
        "example": agreement["example"],
        "clauses": numbered,
        "signs": [say["form"][key] for key in SIGNS],
        "questions": items,
    }
    return render_to_string("members/documents/constant.html", shown)


@lru_cache(maxsize=16)
def _constant_part(facts_as_text):
    return lay_out(constant_html(**json.loads(facts_as_text)))


def make_pdf(figures, clauses, language):
    """The whole package as a tagged PDF; what is equal for all is laid out once a process."""
    constant = {
        "agreement": figures["agreement"],
        "clauses": clauses,
        "language": language,
        "case_number": figures["offer"]["case_number"],
        "aland": figures["municipality"]["aland"],
    }
    own = lay_out(package_html(figures, language))
    words = words_for(figures, language)["words"]
    part = _constant_part(json.dumps(constant, sort_keys=True))
    return combine(own, part, title=words["package"], language=language, footer=words["footer"])


# Text to work on


def make_docx(figures, language):
    """The proposal with its decision in all four wordings as a .docx with real headings and its language."""
    wordings = {
        name: proposal(figures, language, body) for body, name in decider_names(figures, language).items()
    }
    author, made_on = texts(language)["words"]["consortium"], date.fromisoformat(figures["offer"]["made_on"])
    return written_as_docx(wordings, language, author, made_on)
