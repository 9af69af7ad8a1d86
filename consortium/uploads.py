"""Files people hand in: judged by their content, never by their name; photos become plain JPEG."""

import contextlib
import json
import logging
import math
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser
from django.utils.formats import number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
LIMIT_MB = 20
LIMIT = LIMIT_MB * MEGABYTE  # bytes
NAME_LENGTH = 100  # characters, the ending included

INSPECTOR = Path(__file__).with_name("upload_inspection.py")
SECONDS = 20  # on the clock; the inspector's own limit of processor time is half of this

ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,application/pdf,image/jpeg,image/png,image/heic,image/heif"
TABLE_LIMIT_MB = 10
TABLE_ACCEPT = ".csv,.txt,.tsv,.xlsx,text/csv,text/plain,text/tab-separated-values"
SUFFIXES = (".pdf", ".jpg", ".jpeg", ".png", ".heic", ".heif")
KEPT_AS = {"pdf": (".pdf", "application/pdf"), "photo": (".jpg", "image/jpeg")}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis"}

REFUSALS = {
    "too_large": _(
        "The file is %(size)s MB; at most %(limit)s MB is accepted. Make it smaller and choose it again."
    ),
    "empty": _("The file is empty (0 bytes). Save it again and choose the new file."),
    "name": _("The file's name contains a folder or hidden characters. Rename the file and choose it again."),
    "kind": _(
        "The file is neither a PDF nor a photo, whatever its name says. Accepted: PDF, JPEG, PNG and HEIC."
    ),
    "encrypted": _("The PDF is protected. Save it without a password or restrictions and choose it again."),
    "script": _("The PDF contains a script or starts a program. Print it to a new PDF and choose that one."),
    "attachment": _("The PDF has another file inside it. Print it to a new PDF and choose that one."),
    "damaged": _(
        "The PDF is damaged or incomplete and can't be opened. Save it again and choose the new file."
    ),
    "pixels": _(
        "The photo is %(width)s × %(height)s pixels; at most %(limit)s million pixels are accepted. "
        "Make it smaller and choose it again."
    ),
    "unreadable": _(
        "The photo is damaged and can't be opened. Take or save it again and choose the new file."
    ),
    "heavy": _("The file is too complicated to be checked. Print it to a new PDF and choose that one."),
}


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: ``kind`` is "pdf" (as it came, byte for byte) or "photo" (made into a JPEG)."""

    name: str
    kind: str
    content: File
    size: int

    @property
    def content_type(self):
        """Return the media type of what is kept."""
        return KEPT_AS[self.kind][1]


def check_document(upload):
    """Return the upload as it may be kept. Raises ValidationError with one sentence that says what is wrong.

    The size is judged before a byte is read, the content in a process of its own with bounded time and memory.
    """
    if upload.size > LIMIT:
        size = math.ceil(upload.size / MEGABYTE * 10) / 10  # rounded up: "20.0 MB" would not be too large
        raise _refusal("too_large", size=number_format(size, 1), limit=LIMIT_MB)
    if not upload.size:
        raise _refusal("empty")
    stem = _stem(getattr(upload, "sent_name", None) or upload.name or "")
    kind = _kind(upload)
    jpeg = _inspect(kind, upload)
    content = ContentFile(jpeg) if kind == "photo" else upload
    content.seek(0)
    suffix = KEPT_AS[kind][0]
    name = stem[: NAME_LENGTH - len(suffix)].rstrip(" .") + suffix
    return Checked(name=name, kind=kind, content=content, size=content.size)


def _refusal(code, **params):
    params = {
        key: number_format(value, force_grouping=True) if isinstance(value, int) else value
        for key, value in params.items()
    }
    return ValidationError(REFUSALS[code], code=code, params=params)


def _stem(name):
    """Return the name without its ending, in letters, digits and plain signs only. Refuses folders in it."""
    if any(sign in "/\\" or unicodedata.category(sign) == "Cc" for sign in name):
        raise _refusal("name")
    name = unicodedata.normalize("NFC", name)  # a Mac sends ä as a and two dots
    if name.lower().endswith(SUFFIXES):
        name = name.rpartition(".")[0]
    # Cf are signs without a shape, among them the one that makes "fdp.exe" read "exe.pdf".
    shown = (sign for sign in name if unicodedata.category(sign) != "Cf")
    plain = "".join(sign if sign.isalnum() or sign in "-_.,()§+" else " " for sign in shown)
    return " ".join(plain.split()).strip(" .") or "document"


def _kind(upload):
    """Return "pdf" or "photo" by the first bytes."""
    upload.seek(0)
    head = upload.read(1024)
    if head.lstrip(b"\xef\xbb\xbf\0\t\n\f\r ").startswith(b"%PDF-"):
        return "pdf"
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or _is_heic(head):
        return "photo"
    raise _refusal("kind")


def _is_heic(head):
    box = head[: min(int.from_bytes(head[:4], "big"), len(head))]
    brands = {box[start : start + 4] for start in range(8, len(box), 4)}
    return box[4:8] == b"ftyp" and bool(brands & HEIC_BRANDS)


def _inspect(kind, upload):
    """Have the file opened by the inspector. Returns the new JPEG of a photo, nothing for a PDF."""
    with _on_disk(upload) as stream:
        try:
            run = subprocess.run(
                [sys.executable, "-I", INSPECTOR, kind],
                stdin=stream,
                capture_output=True,
                timeout=SECONDS,
                env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},  # none of the portal's own variables
            )
        except subprocess.TimeoutExpired:
            raise _refusal("heavy") from None
    if run.returncode == 0:
        return run.stdout
    if run.returncode == 3:
        finding = json.loads(run.stdout)
        raise _refusal(finding.pop("finding"), **finding)
    logger.warning(
        "The inspector of uploads ended with %s: %s", run.returncode, run.stderr.decode(errors="replace")
    )
    raise _refusal("heavy")


@contextlib.contextmanager
def _on_disk(upload):
    """Open the upload as a real file at its beginning; one held in memory is written out piece by piece."""
    if hasattr(upload, "temporary_file_path"):
        with open(upload.temporary_file_path(), "rb") as stream:
            yield stream
        return
    with tempfile.TemporaryFile() as stream:
        for chunk in upload.chunks():
            stream.write(chunk)
        stream.seek(0)
        yield stream


class DocumentField(forms.FileField):
    """A file that is checked by content; the form's value is what may be kept, its result in ``.checked``."""

    widget = forms.FileInput

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "help_text", format_lazy(_("PDF or photo (JPEG, PNG, HEIC), at most {limit} MB."), limit=LIMIT_MB)
        )
        super().__init__(**{"allow_empty_file": True} | kwargs)  # emptiness is said by the check, as all else

    def widget_attrs(self, widget):
        """Offer only accepted kinds in the browser's own dialog."""
        return super().widget_attrs(widget) | {"accept": ACCEPT}

    def to_python(self, data):
        """Return the file as it may be kept."""
        upload = super().to_python(data)
        if upload is None:
            return None
        checked = check_document(upload)
        kept = UploadedFile(checked.content, checked.name, checked.content_type, checked.size)
        kept.checked = checked
        return kept


class TableField(forms.FileField):
    """A list as CSV or a spreadsheet, no larger than a list can be. What it is, is judged by who reads its content."""

    widget = forms.FileInput

    def __init__(self, *, limit_mb=TABLE_LIMIT_MB, accept=TABLE_ACCEPT, **kwargs):
        self.limit_mb, self.accept = limit_mb, accept
        kwargs.setdefault(
            "help_text", format_lazy(_("CSV or Excel (.xlsx), at most {limit} MB."), limit=limit_mb)
        )
        super().__init__(**{"allow_empty_file": True} | kwargs)

    def widget_attrs(self, widget):
        """Offer only accepted kinds in the browser's own dialog."""
        return super().widget_attrs(widget) | {"accept": self.accept}

    def to_python(self, data):
        """Return the file, its size and its name judged before a byte is read."""
        upload = super().to_python(data)
        if upload is None:
            return None
        if upload.size > self.limit_mb * MEGABYTE:
            size = math.ceil(upload.size / MEGABYTE * 10) / 10
            raise _refusal("too_large", size=number_format(size, 1), limit=self.limit_mb)
        if not upload.size:
            raise _refusal("empty")
        _stem(getattr(upload, "sent_name", None) or upload.name or "")
        return upload


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Write uploads to disk, no further than the limit, and remember the name as it was sent.

    Django cuts folders from a name before anyone can object, and writes two hundred megabytes before a form may say
    no. What is too large is dropped while it streams: the rest of the form is still read, so its values stay.
    """

    sent_name = None
    parsing = False

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        """Read the request with a parser that shows the name; the parser asks again, and then goes on itself."""
        if self.parsing:
            return None
        self.parsing = True
        return _NamingParser(META, input_data, self.request.upload_handlers, encoding).parse()

    def receive_data_chunk(self, raw_data, start):
        """Keep a piece, unless the file is too large already."""
        if start <= LIMIT:
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size):
        """Return the file with its true size; one that is too large is closed, so that nobody reads a part of it."""
        file = super().file_complete(file_size)
        file.sent_name = self.sent_name
        if file_size > LIMIT:
            file.close()
        return file


class _NamingParser(MultiPartParser):
    """Tells the handlers a file's name before it is cut."""

    def sanitize_file_name(self, file_name):
        for handler in self._upload_handlers:
            handler.sent_name = file_name
        return super().sanitize_file_name(file_name) or "document"
