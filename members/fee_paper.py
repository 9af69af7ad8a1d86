"""The paper of a year's fee: laid out from frozen figures alone, tagged, in one language."""

from django.template.loader import render_to_string
from django.utils.translation import override

from consortium.pdf import combine, lay_out


def statement(figures, language):
    """Return the paper of one municipality's fee as PDF in bytes."""
    return _paper("members/documents/fee_statement.html", figures, language)


def proposal(figures, language):
    """Return the comparison of a year's alternatives as PDF in bytes."""
    return _paper("members/documents/fee_proposal.html", figures, language)


def _paper(template, figures, language):
    with override(language):
        page = render_to_string(template, {"figures": figures, "language": language})
        footer = figures.get("footer", figures["title"])  # equal in hundreds of papers: laid out once
        return combine(lay_out(page), title=figures["title"], language=language, footer=footer)
