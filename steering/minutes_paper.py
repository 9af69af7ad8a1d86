"""Minutes as they are read, on a page and on paper: sentences by part, in the minutes' own language."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium.pdf import combine, lay_out
from steering.minutes_words import correction_words, words

ATTENDANCE = {
    *("absent", "chair", "deputy", "deputy_beside_member", "deputy_of_vacant", "expert", "expert_published"),
    *("member", "secretary", "vacant", "vice_chair", "visitor"),
}
DECISIONS = {"decided", "decided_unopposed", "noted", "moved", "chair_chosen", "chair_chosen_for"}


def told(minutes, language):
    """Return minutes as plain values: title, opening, attendance, items of sentences, end."""
    figures = minutes.head[0].figures
    with override(language):
        title = _("Minutes %(number)s") % {"number": figures["number"]}
    return {
        "language": language,
        "title": title,
        "body": figures["body"],
        "held_on": minutes.held_on.isoformat(),
        "is_published": minutes.is_published,
        "opening": [words(line, language) for line in minutes.head if line.key not in ATTENDANCE],
        "attendance": [words(line, language) for line in minutes.head if line.key in ATTENDANCE],
        "entries": [told_entry(entry, language) for entry in minutes.entries],
        "end": [words(line, language) for line in minutes.tail],
    }


def told_entry(entry, language):
    """Return one item as plain values; ``lines`` are (sentence, whether it says what was decided)."""
    limit = entry.restriction
    return {
        "number": entry.number,
        "title": entry.title,
        "lines": [[words(line, language), line.key in DECISIONS] for line in entry.lines],
        "present": [words(line, language) for line in entry.present],
        "corrections": [correction_words(each, language) for each in entry.corrections],
        "ground": limit.ground if limit else "",
        "until": limit.ends_on.isoformat() if limit and limit.ends_on else "",
    }


def told_extract(extract, language):
    """Return an extract as plain values: the meeting's line, who took part, the item, the end."""
    figures = extract.meeting.figures
    with override(language):
        title = _("Extract of the minutes %(number)s, § %(section)s") % {
            "number": figures["number"],
            "section": extract.entry.number,
        }
    return {
        "language": language,
        "title": title,
        "body": figures["body"],
        "held_on": figures["at"].isoformat(),
        "opening": [words(extract.meeting, language)],
        "entry": told_entry(extract.entry, language),
        "end": [words(line, language) for line in extract.tail],
    }


def paper(figures, template):
    """Return a paper as tagged PDF in bytes, from the plain values of ``told`` or ``told_extract`` alone."""
    language = figures["language"]
    with override(language):
        page = render_to_string(
            f"steering/documents/{template}.html", {"figures": figures, "language": language}
        )
        footer = f"{figures['body']}, {figures['title'][:1].lower()}{figures['title'][1:]}"
        return combine(lay_out(page), title=figures["title"], language=language, footer=footer)
