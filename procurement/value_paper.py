"""The paper of a municipality's year: laid out from frozen figures alone, tagged, in one language."""

from django.template.loader import render_to_string
from django.utils.translation import override

from consortium.pdf import combine, lay_out


def one_page(figures, language):
    """Return a municipality's year as PDF in bytes."""
    with override(language):
        page = render_to_string(
            "procurement/documents/value_sheet.html", {"figures": figures, "language": language}
        )
        return combine(lay_out(page), title=figures["title"], language=language, footer=figures["title"])
