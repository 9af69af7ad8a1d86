"""A proposal as a word processor's file: real headings, numbered lists, the document's own language."""

from datetime import datetime, time
from io import BytesIO

import docx
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

SPOKEN_IN = {"fi": "fi-FI", "sv": "sv-FI"}


def _speak(document, language):
    """Set the document's language where word processors look for it."""
    for tag in document.styles.element.iter(qn("w:lang")):
        tag.set(qn("w:val"), SPOKEN_IN[language])
    for tag in document.settings.element.iter(qn("w:themeFontLang")):
        tag.set(qn("w:val"), SPOKEN_IN[language])
    document.core_properties.language = SPOKEN_IN[language]


def _add_sections(document, sections):
    for heading, paragraphs in sections:
        document.add_heading(heading, level=2)
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)


def _add_points(document, points):
    """A numbered list that begins at 1."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element.pPr.numPr.numId.val
    num = numbering.add_num(numbering.num_having_numId(style).abstractNumId.val)
    num.add_lvlOverride(0).add_startOverride(1)
    for point in points:
        properties = document.add_paragraph(point, style="List Number")._p.get_or_add_pPr()
        properties.get_or_add_numPr().get_or_add_numId().val = num.numId
        properties.numPr.get_or_add_ilvl().val = 0


def written_as_docx(wordings, language, author, made_on):
    """One proposal as .docx bytes, its decision in several wordings, each under the name of who decides.

    ``wordings``: name -> Proposal; they differ in the decision only.
    """
    written = next(iter(wordings.values()))
    document = docx.Document()
    _speak(document, language)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(11)
    for level in (1, 2, 3):
        document.styles[f"Heading {level}"].font.color.rgb = RGBColor(0, 0, 0)
    core = document.core_properties
    core.title, core.author, core.comments = written.title, author, ""
    core.created = core.modified = datetime.combine(made_on, time())

    document.add_heading(written.title, level=1)
    _add_sections(document, written.sections)
    document.add_heading(written.decision_heading, level=2)
    for name, wording in wordings.items():
        document.add_heading(name, level=3)
        document.add_paragraph(wording.lead)
        _add_points(document, wording.points)
    _add_sections(document, written.after)
    out = BytesIO()
    document.save(out)
    return out.getvalue()
