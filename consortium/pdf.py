"""Tagged PDF files (PDF/UA-1) from HTML, and one file made of several parts.

What is equal in hundreds of files is laid out once with `lay_out()` and handed to `combine()` as bytes every
time: a file then costs the layout of its own few pages only. A process makes one document at a time (Pango).
"""

import gc
import hashlib
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from html import escape
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import font_source_sans_pro
import pydyf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, path2url

STATIC = Path(__file__).resolve().parent.parent / "static"
FONTS = Path(font_source_sans_pro.font_directory).resolve()
WEIGHTS = {400: "SourceSansPro-Regular.ttf", 600: "SourceSansPro-Semibold.ttf"}
PACKED = ObjectStreamMode.generate
PRODUCER = "WeasyPrint, pikepdf"
FOOT_LEFT, FOOT_BOTTOM = 20 / 25.4 * 72, 10 / 25.4 * 72  # points from the corner of the page

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" pdf:Producer="{producer}">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class LocalFetcher(URLFetcher):
    """Opens data: addresses and files of the product's own static folder and fonts; refuses all else."""

    def __init__(self):
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url, headers=None):
        if url.startswith("file:"):
            path = Path(url2pathname(urlsplit(url).path)).resolve()
            if not (path.is_relative_to(STATIC) or path.is_relative_to(FONTS)):
                raise ValueError(f"Not a file for documents: {url}")
        return super().fetch(url, headers)


@cache
def _look():
    """The fetcher, fonts and style sheet, read once a process."""
    fetcher, fonts = LocalFetcher(), FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: 'Source Sans Pro'; font-weight: {weight};"
        f" src: url({path2url(FONTS / name)}) }}\n"
        for weight, name in WEIGHTS.items()
    )
    text = faces + (STATIC / "print.css").read_text(encoding="utf-8")
    css = CSS(string=text, base_url=path2url(STATIC), url_fetcher=fetcher, font_config=fonts)
    # What stands by now stays until the process ends: later collections need not walk through it again.
    gc.collect()
    gc.freeze()
    return fetcher, fonts, css


@contextmanager
def _collector_held():
    """No garbage collection in the midst of a layout: it costs a tenth of the time and finds all still in use."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write(html, *, base_url=None, **options):
    fetcher, fonts, css = _look()
    with _collector_held():
        try:
            document = HTML(string=html, base_url=base_url or path2url(STATIC), url_fetcher=fetcher)
            return document.write_pdf(stylesheets=[css], font_config=fonts, **options)
        except FatalURLFetchingError as error:
            # It is a BaseException and would pass by everyone who waits for an error.
            raise ValueError(str(error)) from error.__cause__


def lay_out(html, *, base_url=None):
    """One tagged PDF/UA-1 part, as bytes: an HTML page with language and title, in the look of print.css.

    Pictures come as data: addresses or from static/; `ValueError` for one that cannot be had. Equal HTML gives
    equal bytes.
    """
    digest = hashlib.sha256(html.encode()).hexdigest()[:12]
    finish = partial(_finish_part, digest=digest)
    return _write(html, base_url=base_url, pdf_variant="pdf/ua-1", finisher=finish)


def _finish_part(document, pdf, *, digest):
    """Make every name in a part its own, so that parts can stand in one file, and say what checkers miss."""
    names = pdf.catalog.get("Names", {}).pop("Dests", {}).get("Names", [])
    places = {name.string: place for name, place in zip(names[::2], names[1::2], strict=True)}
    ids = []
    for element in [thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary)]:
        if element.get("Subtype") == "/Link":
            element["F"] = 4  # printed with the page (ISO 14289-1, 7.18)
            if "Dest" in element:
                element["Dest"] = places[element["Dest"].string]
        elif element.get("S") == "/L":
            _tag_groups(pdf, element)
        elif "ID" in element:  # shared with the /Headers of the cells, which change with it
            element["ID"].string = f"{digest}-{element['ID'].string}"
            ids.append((element["ID"].string, element))
    if ids:
        ids.sort(key=lambda pair: pair[0])
        root = _at(pdf, pdf.catalog["StructTreeRoot"])
        flat = pydyf.Array(part for name, element in ids for part in (pydyf.String(name), element.reference))
        root["IDTree"] = pydyf.Dictionary({"Names": flat})


def _tag_groups(pdf, terms):
    """A <div> with <dt> and <dd> in a <dl> is one list item, label and body (ISO 32000-1, 14.8.4.3.3)."""
    for item in _kids(pdf, terms):
        if item["S"] != "/Div":
            continue
        bodies = [body for wrapper in _kids(pdf, item) for body in _kids(pdf, wrapper)]
        for place, body in enumerate(bodies):
            body["S"], body["P"] = "/LBody" if place else "/Lbl", item.reference
        item["S"], item["K"] = "/LI", pydyf.Array(body.reference for body in bodies)


def _kids(pdf, element):
    return [_at(pdf, reference) for reference in element["K"]]


def _at(pdf, reference):
    return pdf.objects[int(reference.split()[0])]


def combine(own, *constant, title, language, footer=""):
    """One tagged PDF/UA-1 file, as bytes: the own part's pages, then the constant ones, numbered "3 / 12".

    Parts are bytes from `lay_out()`; `footer` is the line at the left of every page's foot. The constant parts
    are opened, joined and numbered once a process. Equal input gives equal bytes. `ValueError` for a part
    without tags and for the same part twice.
    """
    if len({own, *constant}) <= len(constant):
        raise ValueError("The same part was given twice: its identifiers would clash.")
    with Pdf.open(BytesIO(own)) as part:
        frame = _frame(constant, len(part.pages), language, footer)
        with Pdf.open(BytesIO(frame)) as pdf:
            own_feet = pdf.Root.OwnFeet
            del pdf.Root.OwnFeet
            pages = _adopt(pdf, part, language, first=True)
            for page, foot in zip(pages, own_feet, strict=True):
                _stamp(page, foot, pdf.Root.Quiet)
            del pdf.Root.Quiet
            _say_what_it_is(pdf, title, language)
            out = BytesIO()
            pdf.save(out, min_version="1.7", deterministic_id=True, object_stream_mode=PACKED)
            return out.getvalue()


@lru_cache(maxsize=32)
def _frame(constant, own_pages, language, footer):
    """The file before its own part comes in: constant pages joined and numbered, feet laid by for the others."""
    pdf = Pdf.new()
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, ParentTreeNextKey=0))
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array()))
    pdf.Root.StructTreeRoot = tree
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree, K=Array()))
    tree.K = Array([document])
    for data in constant:
        with Pdf.open(BytesIO(data)) as part:
            _adopt(pdf, part, language)
    pdf.Root.Quiet = pdf.make_stream(b"q\n")
    total = own_pages + len(pdf.pages)
    with Pdf.open(BytesIO(_feet(total, language, footer))) as strips:
        feet = [_foot(pdf, number, strip) for number, strip in enumerate(strips.pages, start=1)]
        pdf.Root.OwnFeet = Array(feet[:own_pages])
        for page, foot in zip(pdf.pages, feet[own_pages:], strict=True):
            _stamp(page, foot, pdf.Root.Quiet)
        out = BytesIO()
        # Its identifier stays in what is made of it.
        pdf.save(out, deterministic_id=True, object_stream_mode=PACKED)
    pdf.close()
    return out.getvalue()


@lru_cache(maxsize=64)
def _feet(total, language, footer):
    """The foot strips of a file of so many pages, one a page, untagged."""
    kind = "foot lined" if footer else "foot"
    strips = "".join(
        f'<div class="{kind}"><p class="number">{number} / {total}</p><p>{escape(footer)}</p></div>'
        for number in range(1, total + 1)
    )
    return _write(f'<html lang="{escape(language)}"><title>-</title><body>{strips}</body></html>')


def _foot(pdf, number, strip):
    """A strip as a form to be drawn, with the few operators that draw it as an artifact."""
    name = f"/Foot{number}"
    paint = (
        f"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer /Attached [/Bottom]>> BDC\n"
        f"q 1 0 0 1 {FOOT_LEFT:.3f} {FOOT_BOTTOM:.3f} cm {name} Do Q\nEMC\n"
    )
    form = pdf.copy_foreign(strip.as_form_xobject())
    return Dictionary(Label=Name(name), Form=form, Paint=pdf.make_stream(paint.encode()))


def _stamp(page, foot, quiet):
    """Draw a foot on a page, after its content and whatever state that leaves behind."""
    if Name.XObject not in page.Resources:
        page.Resources.XObject = Dictionary()
    page.Resources.XObject[foot.Label] = foot.Form
    contents = page.Contents
    page.Contents = Array([quiet, *(contents if isinstance(contents, Array) else [contents]), foot.Paint])


def _adopt(pdf, part, language, *, first=False):
    """Take a part's pages, structure, identifiers and bookmarks into the file, at its end or beginning."""
    if Name.StructTreeRoot not in part.Root:
        raise ValueError("A part without tags cannot be made into a file that is read aloud.")
    at, count = 0 if first else len(pdf.pages), len(part.pages)
    # Pages first: the structure, bookmarks and links copied after them then point at these copies.
    for index, page in enumerate(part.pages, start=at):
        pdf.pages.insert(index, page)
    pages = pdf.pages[at : at + count]
    tree, root = pdf.copy_foreign(part.Root.StructTreeRoot), pdf.Root.StructTreeRoot
    _shift_parents(pages, tree.ParentTree.Nums, root)

    document = root.K[0]
    for position, element in enumerate(tree.K):
        element.P = document
        element.S = Name.Part
        if Name.Lang in part.Root and str(part.Root.Lang) != language:
            element.Lang = part.Root.Lang
        document.K.insert(position if first else len(document.K), element)
    for table in (Name.RoleMap, Name.ClassMap):
        if table in tree:
            root[table] = Dictionary({**tree[table], **root.get(table, {})})
    if Name.IDTree in tree:
        names = tree.IDTree.Names
        kid = pdf.make_indirect(Dictionary(Limits=Array([names[0], names[-2]]), Names=names))
        kids = [*root.IDTree.Kids, kid] if Name.IDTree in root else [kid]
        root.IDTree = Dictionary(Kids=Array(sorted(kids, key=lambda kid: bytes(kid.Limits[0]))))
    if Name.Outlines in part.Root:
        _join_outlines(pdf, pdf.copy_foreign(part.Root.Outlines), first=first)
    return pages


def _shift_parents(pages, nums, root):
    """Give a part's pages and links keys in the common parent tree, behind those already there."""
    start = int(root.ParentTreeNextKey)
    for page in pages:
        for thing in (page.obj, *page.get(Name.Annots, ())):
            for key in (Name.StructParents, Name.StructParent):
                if key in thing:
                    thing[key] = int(thing[key]) + start
    common = root.ParentTree.Nums
    for index in range(0, len(nums), 2):
        key = int(nums[index]) + start
        common.append(key)
        common.append(nums[index + 1])
        root.ParentTreeNextKey = key + 1


def _join_outlines(pdf, more, *, first):
    """Hang a part's bookmarks before or behind those already there."""
    if Name.Outlines not in pdf.Root:
        pdf.Root.Outlines = more
        return
    outlines = pdf.Root.Outlines
    item = more.First
    while item is not None:
        item.Parent = outlines
        item = item.get(Name.Next)
    head, tail = (more, outlines) if first else (outlines, more)
    head_last, tail_first = head.Last, tail.First
    head_last.Next, tail_first.Prev = tail_first, head_last
    outlines.First, outlines.Last = head.First, tail.Last
    outlines.Count = int(outlines.get(Name.Count, 0)) + int(more.get(Name.Count, 0))


def _say_what_it_is(pdf, title, language):
    """Language, title and the mark of PDF/UA-1; no dates, so that equal facts give equal bytes."""
    root = pdf.Root
    root.Lang = String(language)
    root.MarkInfo = Dictionary(Marked=True)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.docinfo[Name.Title] = String(title)
    pdf.docinfo[Name.Producer] = String(PRODUCER)
    packet = XMP.format(title=escape(title), language=escape(language), producer=PRODUCER)
    root.Metadata = pdf.make_stream(packet.encode(), Type=Name.Metadata, Subtype=Name.XML)
