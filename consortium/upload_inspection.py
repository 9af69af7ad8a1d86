"""A program of its own that opens one file from outside, named on stdin, with bounded time and memory.

It runs apart from the portal because parsers of files are where crashes and endless work live: here they cost one
refusal, and there is neither database nor secret to reach. Started by ``consortium.uploads`` as
``python -I upload_inspection.py pdf|photo``; it imports nothing of the portal.

Exit 0: the file is fine; for a photo the new JPEG is on stdout. Exit 3: refused; stdout has ``{"finding": …}``.
"""

import contextlib
import io
import json
import re
import resource
import sys

import pi_heif
import pikepdf
from PIL import Image, ImageOps

REFUSED = 3
CPU_SECONDS = 10
MEMORY = 1536 * 1024 * 1024  # bytes: room to decode the largest photo allowed, with its turned copy
STREAM = 64 * 1024 * 1024  # bytes one compressed stream of a PDF may unfold to while it is checked
MAX_OBJECTS = 300_000
MAX_PIXELS = 64_000_000  # a telephone's largest photo has 50 million; A4 at 600 dpi has 35
SIDE = 3000  # pixels: A4 at 250 dpi, enough to read minutes photographed on a table
QUALITY = 88

# Actions that run a program, run a script or open something inside the file. Links (URI, GoTo) are harmless.
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/GoToE", "/Rendition", "/RichMediaExecute"}
SCRIPT_KEYS = {"/XFA", "/OnInstantiate"}  # forms and 3D models that bring scripts of their own
SUSPECT = re.compile(rb"/(?:JavaScript|Launch|ImportData|GoToE|Rendition|RichMedia|XFA|OnInstantiate|EF)")


class Refusal(Exception):
    """The file will not be taken; ``finding`` says why, in one word."""

    def __init__(self, finding, **details):
        super().__init__(finding)
        self.finding = {"finding": finding, **details}


def inspect_pdf(stream):
    """Refuse a PDF that is locked, damaged, cut short, runs something or carries another file."""
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=STREAM, run_length_max_memory=STREAM, png_max_memory=STREAM
    )
    try:
        with pikepdf.open(stream) as pdf:
            if pdf.is_encrypted:  # opens without a password, yet locked against copying or printing
                raise Refusal("encrypted")
            if not len(pdf.pages):
                raise Refusal("damaged")
            for count, obj in enumerate(pdf.objects):
                if count == MAX_OBJECTS:
                    raise Refusal("heavy")
                _inspect_object(obj)
    except pikepdf.PasswordError:
        raise Refusal("encrypted") from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refusal("damaged") from None
    if not _has_end(stream):
        raise Refusal("damaged")


def _has_end(stream):
    """Return whether the file's end is there: readers mend a file cut short silently, and pages are missing."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 4096))
    return b"%%EOF" in stream.read()


def _inspect_object(obj):
    """Look at one numbered object and all that is written inside it.

    Every object of the file is seen, so it does not matter from where a script hangs (page, field, bookmark, name
    tree). The text is searched first, which is quick; only a hit is walked, since words in a title are no script.
    """
    if isinstance(obj, pikepdf.Stream):
        obj = obj.stream_dict
    if isinstance(obj, pikepdf.Object) and SUSPECT.search(
        obj.unparse(resolved=True)
    ):  # a bare number is no Object
        _walk(obj, top=True)


def _walk(obj, top=False):
    if isinstance(obj, pikepdf.Name):
        if top and str(obj) in ACTIONS:  # the kind of an action, kept as an object of its own
            raise Refusal("script")
        return
    if isinstance(obj, pikepdf.Dictionary):
        _inspect_dictionary(obj)
    if isinstance(obj, pikepdf.Dictionary | pikepdf.Array):
        for child in obj.values() if isinstance(obj, pikepdf.Dictionary) else obj:
            if (
                isinstance(child, pikepdf.Object) and not child.is_indirect
            ):  # numbered ones have their own turn
                _walk(child)


def _inspect_dictionary(dictionary):
    if str(dictionary.get("/S", "")) in ACTIONS or str(dictionary.get("/Subtype", "")) == "/RichMedia":
        raise Refusal("script")
    if SCRIPT_KEYS & set(dictionary.keys()):
        raise Refusal("script")
    files = dictionary.get("/EF")
    if isinstance(files, pikepdf.Dictionary):
        for file in files.values():
            if isinstance(file, pikepdf.Stream) and not _is_xml(file):
                raise Refusal("attachment")


def _is_xml(file):
    """Return whether a file inside is XML: case management systems attach their metadata so (PDF/A-3)."""
    try:
        return file.read_bytes().lstrip(b"\xef\xbb\xbf\t\r\n ").startswith(b"<?xml")
    except pikepdf.PdfError:
        return False


def photo_as_jpeg(stream):
    """Return the photo upright, at most ``SIDE`` pixels long, as JPEG without place, camera or comments."""
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the limit below is stricter and tells the size
    try:
        picture = Image.open(stream, formats=["JPEG", "PNG", "HEIF"])
        if picture.width * picture.height > MAX_PIXELS:
            raise Refusal("pixels", width=picture.width, height=picture.height, limit=MAX_PIXELS // 10**6)
        return _encode(picture)
    except (Refusal, MemoryError):
        raise
    except Exception:  # decoders raise whatever comes to mind: OSError, SyntaxError, struct.error, EOFError …
        raise Refusal("unreadable") from None


def _encode(picture):
    if picture.mode.startswith("I"):  # 16-bit greys of a scanner
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("1", "P"):
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    picture.thumbnail((SIDE, SIDE))
    ImageOps.exif_transpose(picture, in_place=True)
    if "A" in picture.mode or "transparency" in picture.info:
        front = picture.convert("RGBA")
        picture = Image.new("RGB", front.size, "white")
        picture.paste(front, mask=front)
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.info.clear()  # or the JPEG's comment would be written again
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def main(kind):
    """Inspect the file on stdin; return the exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # not every system can bound memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with open(0, "rb") as stream:
        try:
            if kind == "pdf":
                inspect_pdf(stream)
            else:
                sys.stdout.buffer.write(photo_as_jpeg(stream))
        except (Refusal, MemoryError) as refusal:
            finding = getattr(refusal, "finding", {"finding": "heavy"})
            sys.stdout.write(json.dumps(finding))
            return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
