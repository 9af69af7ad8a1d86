"""The annual report as a paper: laid out from an edition's frozen contents alone, tagged, in one language."""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.translation import override

from consortium.pdf import combine, lay_out


def report(figures, language):
    """Return the report as PDF in bytes."""
    with override(language):
        page = render_to_string(
            "steering/documents/annual_report.html", {"report": figures, "language": language}
        )
        return combine(lay_out(page), title=figures["title"], language=language, footer=figures["title"])


def digest(contents):
    """Return a short sign of contents in all languages, the same for the same contents only."""
    told = json.dumps(contents, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
