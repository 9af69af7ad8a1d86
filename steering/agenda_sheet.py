"""The paper of an agenda: laid out from frozen values alone, tagged, in one language."""

from django.template.loader import render_to_string
from django.utils.translation import override

from consortium.pdf import combine, lay_out


def agenda(figures, language):
    """Return an agenda as PDF in bytes."""
    with override(language):
        page = render_to_string("steering/documents/agenda.html", {"figures": figures, "language": language})
        return combine(lay_out(page), title=figures["title"], language=language, footer=figures["title"])
