"""``translations``: gather the interface's sentences, check that Finnish and Swedish are whole, compile them.

Babel does the work, so that no gettext programs need to be installed.
"""

import io
import os
import re
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

LANGUAGES = ["fi", "sv"]
APPS = ["consortium", "members", "procurement", "steering"]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]?[\d.]*[a-zA-Z]|(?<!%)%[sdr]|\{(\w*)[^{}]*\}")


class Command(BaseCommand):
    """Extract, check or compile the translations."""

    help = "Extract the interface's sentences to locale/, check that none lacks its translation, or compile them."
    requires_system_checks = []

    def add_arguments(self, parser):
        """Take what to do; several may be asked for and are done in this order."""
        parser.add_argument("--extract", action="store_true", help="update locale/*/LC_MESSAGES/django.po")
        parser.add_argument(
            "--check", action="store_true", help="exit 1 when a translation is missing or unsound"
        )
        parser.add_argument("--compile", action="store_true", help="write the .mo files")

    def handle(self, *, extract, check, compile, **options):
        """Do what was asked; without a choice, check."""
        if extract:
            for language in LANGUAGES:
                catalog = update(language)
                done = sum(1 for message in catalog if message.id and is_translated(message))
                self.stdout.write(f"{language}: {done} of {len(catalog)} sentences translated")
        if check or not (extract or compile):
            wrong = faults()
            if wrong:
                raise CommandError("\n".join(["Translations are not whole:", *wrong]))
            self.stdout.write(
                f"Translations are whole: {len(gather())} sentences in {' and '.join(LANGUAGES)}."
            )
        if compile:
            compile_all()


def catalog_path(language):
    """Return where the translations into a language lie."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def sources():
    """Return every file that may speak to people: the apps' Python and all templates, in a fixed order."""
    found = []
    for app in APPS:
        found += (settings.BASE_DIR / app).rglob("*.py")
        found += (path for path in (settings.BASE_DIR / app).rglob("templates/**/*") if path.is_file())
    found += (
        path
        for path in (settings.BASE_DIR / "templates").rglob("*")
        if path.suffix in {".html", ".txt", ".svg"}
    )
    return sorted(path for path in found if "migrations" not in path.parts)


def gather():
    """Return a catalog of all sentences in the code and the templates, with the files they stand in."""
    catalog = Catalog(charset="utf-8")
    for path in sources():
        text = path.read_text()
        if path.suffix != ".py":
            # In brackets, because a template's indentation is not Python's.
            text = f"(\n{templatize(text, origin=str(path))}\n)"
        place = path.relative_to(settings.BASE_DIR).as_posix()
        for _line, function, message, comments in extract_python(
            io.BytesIO(text.encode()), list(KEYWORDS), ["Translators:"], {"encoding": "utf-8"}
        ):
            add(catalog, function, message, comments, place)
    return catalog


def add(catalog, function, message, comments, place):
    """Add one call of a translating function to the catalog."""
    parts = list(message) if isinstance(message, tuple) else [message]
    context = parts.pop(0) if "pgettext" in function else None
    if "ngettext" in function or "npgettext" in function:
        msgid = tuple(parts[:2])
        sound = len(msgid) == 2 and all(msgid)
    else:
        msgid = parts[0] if parts else None
        sound = bool(msgid)
    if sound:  # a call with a variable instead of a sentence has nothing to translate
        flags = ["python-format"] if "%(" in str(msgid) else []
        catalog.add(msgid, locations=[(place, None)], flags=flags, auto_comments=comments, context=context)


def read(language):
    """Return the translations that exist."""
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def update(language):
    """Bring a language's file up to the code: new sentences empty, gone ones removed, nothing guessed."""
    catalog = read(language)
    catalog.update(gather(), no_fuzzy_matching=True, update_header_comment=False, keep_user_comments=True)
    catalog.obsolete.clear()
    catalog.fuzzy, catalog.project, catalog.version = False, "consortium-portal", "1"
    catalog.header_comment = "# Translations of the consortium portal."
    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False, omit_header=False)
    tidy(path)
    return catalog


def tidy(path):
    """Take dates and people out of the file's head, so that it changes only when a sentence does."""
    keep = [
        line
        for line in path.read_text().splitlines(keepends=True)
        if not re.match(
            r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Report-Msgid|Generated-By|Language-Team)',
            line,
        )
    ]
    path.write_text("".join(keep))


def is_translated(message):
    """Say whether every form of a sentence has its translation."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms)


def faults():
    """Return a line for each sentence that lacks a sound translation, and each language file that is behind."""
    needed = list(gather())
    found = []
    for language in LANGUAGES:
        catalog = read(language)
        for source in needed:
            if not source.id:
                continue
            first = source.id[0] if isinstance(source.id, tuple) else source.id
            where = f"{language}: {first!r} ({', '.join(place for place, _line in source.locations)})"
            message = catalog.get(first, context=source.context)
            if message is None:
                found.append(f"{where} is not in the file; run manage.py translations --extract")
            elif not is_translated(message):
                found.append(f"{where} has no translation")
            elif message.fuzzy:
                found.append(f"{where} is marked fuzzy")
            elif not same_placeholders(source.id, message.string):
                found.append(f"{where} has other placeholders than {message.string!r}")
    return found


def same_placeholders(source, translation):
    """Say whether each form names the same values; a singular may leave out the number."""
    sources = source if isinstance(source, tuple) else (source,)
    translations = translation if isinstance(translation, tuple | list) else (translation,)
    wanted = [placeholders(text) for text in sources]
    most, least = set.union(*wanted), set.intersection(*wanted)
    return all(least <= placeholders(text) <= most for text in translations)


def placeholders(text):
    """Return the names of the values a sentence has room for."""
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def compile_all(*, only_older=False):
    """Write the .mo files Django reads; ``only_older``: where the .po is newer. Return how many were written.

    Several processes may do it at once: each file is put into place whole.
    """
    written = 0
    for language in LANGUAGES:
        path = catalog_path(language)
        target = path.with_suffix(".mo")
        if not path.exists():
            continue
        if only_older and target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        catalog = read(language)
        for message in list(catalog):
            if message.id and not is_translated(message):  # else an empty plural would be shown
                catalog.delete(message.id, context=message.context)
        new = target.with_name(f".django.{os.getpid()}.mo")
        with new.open("wb") as file:
            write_mo(file, catalog)
        new.replace(target)
        written += 1
    return written
