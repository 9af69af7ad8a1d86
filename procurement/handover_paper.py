"""What stands on the lists and forms for the central purchasing body, from the figures frozen for them."""

import datetime as dt

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium.pdf import combine, lay_out
from consortium.templatetags.portal import day, moment
from procurement import commitment_list


def title_of(figures, language):
    """Return the procurement's title in a language."""
    return figures["procurement"]["title_sv" if language == "sv" else "title_fi"]


def head_lines(figures, language):
    """Return what stands under a list: pairs of a label and a text for the procurement, the freeze, its own day."""
    frozen_at = dt.datetime.fromisoformat(figures["frozen_at"])
    named = f"{figures['procurement']['number']} {title_of(figures, language)}"
    lines = [(_("Procurement"), named)]
    if figures["procurement"]["case_number"]:
        lines.append((_("Case number"), figures["procurement"]["case_number"]))
    lines.append((_("List frozen"), moment(frozen_at, language).replace("\xa0", " ")))
    lines.append((_("List made on"), day(dt.date.fromisoformat(figures["made_on"]))))
    return lines


def compared_line(number, handed_over_on):
    """Return the line under a list of differences that says what it is compared with."""
    facts = {"number": number, "day": day(handed_over_on)}
    return _("Compared with"), _("list %(number)s, handed over on %(day)s") % facts


def forms(figures, rows, bodies, language):
    """Return the filled-in forms of some municipalities as one tagged PDF in bytes, a page each.

    ``bodies``: the words of deciding bodies.
    """
    with override(language):
        lots = {lot["number"]: lot["title_sv" if language == "sv" else "title_fi"] for lot in figures["lots"]}
        title = title_of(figures, language)
        pages = [_page(row, lots, bodies, language) for row in rows]
        heading = _("Commitment form: %(title)s") % {"title": title}
        context = {
            "pages": pages,
            "title": title,
            "heading": heading,
            "number": figures["procurement"]["number"],
            "case_number": figures["procurement"]["case_number"],
            "months": figures["procurement"]["months"],
            "made_on": dt.date.fromisoformat(figures["made_on"]),
            "frozen_at": dt.datetime.fromisoformat(figures["frozen_at"]),
            "contact": figures["contact"],
            "language": language,
        }
        page = render_to_string("procurement/documents/commitment_form.html", context)
        return combine(lay_out(page), title=heading, language=language, footer=heading)


def _page(row, lots, bodies, language):
    return {
        "row": row,
        "name": row.name(language),
        "is_committed": row.answer == commitment_list.Standing.COMMITTED,
        "lots": [(lots.get(number, number), volume) for number, volume in row.by_lot],
        "body": row.body_name or bodies.get(row.body, ""),
        "marks": commitment_list.marks(row),
    }
