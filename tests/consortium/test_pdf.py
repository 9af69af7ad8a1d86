"""Tagged PDF files: what a reader hears, what a checker says, what a printer sees."""

import gc
import hashlib
import os
import subprocess
import sys
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import outloud
import pikepdf
import pymupdf
import pytest
from pikepdf import Dictionary, Name, Pdf

from consortium import pdf

ROOT = Path(pdf.__file__).resolve().parent.parent
FOOTER = "Palvelukeskus · Helsinki"
DRAWING = (
    '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>{alt}</title>'
    '<path d="M0 0h9v9h-9z"/></svg>'
)


def sheet(lang, word, pages=1):
    """A part with everything a package has: heading, table, lists, terms, links, drawing, inner link."""
    filler = "".join(
        f"<h2>{word} {chapter}</h2>"
        + "".join(f"<p>{word} {chapter}.{n}: {word * n}.</p>" for n in range(1, 12))
        for chapter in range(2, 2 + 3 * (pages - 1))
    )
    return f"""<!doctype html><html lang="{lang}"><head><title>{word}</title></head><body>
    <section class="sheet-a4">
    <div class="letterhead"><p class="wordmark">{word} ry</p><p>Kirje</p><p>9.9.2026</p><p>HEL 1</p></div>
    <div class="row"><p class="side">Asia</p><h1>{word} 1</h1></div>
    <div class="row"><h2 class="side">Maksut {word}</h2><div>
      <p>Katso <a href="#end">{word} lopussa</a> ja <a href="https://a.example/{word}">a.example/{word}</a>.</p>
      <table><caption>Vuodet, {word}</caption>
        <thead><tr><th scope="col">Vuosi</th><th scope="col">Maksu {word}</th></tr></thead>
        <tbody><tr><td>2028</td><td>7&#x202f;500,00&#xa0;€</td></tr></tbody></table>
      <ol><li>yksi</li><li>kaksi</li></ol>
      <dl><div><dt>Kunta</dt><dd>{word}</dd></div><div><dt>Koodi</dt><dd>009</dd></div></dl>
      {DRAWING.format(alt="Koodi: " + word)}</div></div>
    {filler}<h2 id="end">Lopuksi {word}</h2><p>Kiitos, {word}.</p>
    </section></body></html>"""


@pytest.fixture(scope="module")
def own():
    return pdf.lay_out(sheet("fi", "Alavieska", pages=2))


@pytest.fixture(scope="module")
def agreement():
    return pdf.lay_out(sheet("fi", "Sopimus", pages=2))


@pytest.fixture(scope="module")
def answers():
    return pdf.lay_out(sheet("sv", "Svar"))


@pytest.fixture(scope="module")
def data(own, agreement, answers):
    return pdf.combine(own, agreement, answers, title="Paketti <1> & muuta", language="fi", footer=FOOTER)


@pytest.fixture
def file(data):
    with Pdf.open(BytesIO(data)) as opened:
        yield opened


def opened(data):
    return Pdf.open(BytesIO(data))


def elements(node):
    """All structure elements under a node, in reading order."""
    kids = node.get(Name.K, ())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield kid
            yield from elements(kid)


def verdict(data, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    result = outloud.check(str(path))
    return result.verdict, result.errors, result.warnings, [str(finding) for finding in result.findings]


def test_a_file_of_three_parts_can_be_read_aloud(data, tmp_path):
    assert verdict(data, tmp_path) == ("pass", 0, 0, [])


def test_a_single_part_can_be_read_aloud(answers, tmp_path):
    alone = pdf.combine(answers, title="Svar", language="sv")
    assert verdict(alone, tmp_path) == ("pass", 0, 0, [])


def test_every_page_carries_its_number_and_the_footer_at_the_foot(data):
    with pymupdf.open(stream=data) as document:
        assert len(document) == 5
        for number, page in enumerate(document, start=1):
            foot = page.get_text(clip=(0, 780, 595, 842)).split("\n")
            assert sorted(line for line in foot if line) == sorted([f"{number} / 5", FOOTER])
            right = max(box[2] for box in page.get_text("words", clip=(400, 780, 595, 842)))
            assert right == pytest.approx(595.28 - 20 / 25.4 * 72, abs=0.5)
            left = min(box[0] for box in page.get_text("words", clip=(0, 780, 300, 842)))
            assert left == pytest.approx(20 / 25.4 * 72, abs=0.5)


def test_the_foot_is_an_artifact_and_nothing_is_read_twice(file):
    for page in file.pages:
        stream = b"".join(part.read_bytes() for part in page.Contents)
        assert stream.count(b"/Artifact <</Type /Pagination /Subtype /Footer") == 1
        assert stream.count(b" Do Q\nEMC") == 1
        assert stream.rstrip().endswith(b"EMC")


def test_without_a_footer_there_is_only_the_number(own):
    with pymupdf.open(stream=pdf.combine(own, title="t", language="fi")) as document:
        assert document[0].get_text(clip=(0, 780, 595, 842)).split() == ["1", "/", "2"]


def test_numbers_follow_the_length_of_the_own_part(agreement):
    short = pdf.lay_out(sheet("fi", "Lyhyt"))
    for part, pages in ((short, 3), (pdf.lay_out(sheet("fi", "Pitkä", pages=3)), 5)):
        with pymupdf.open(stream=pdf.combine(part, agreement, title="t", language="fi")) as document:
            assert [page.get_text(clip=(400, 780, 595, 842)).strip() for page in document] == [
                f"{number} / {pages}" for number in range(1, pages + 1)
            ]


def test_the_structure_of_each_page_points_at_that_page(file):
    nums = file.Root.StructTreeRoot.ParentTree.Nums
    keys = [int(key) for key in nums[::2]]
    assert keys == sorted(set(keys))
    assert int(file.Root.StructTreeRoot.ParentTreeNextKey) == keys[-1] + 1
    parents = dict(zip(keys, nums[1::2], strict=True))
    for page in file.pages:
        owners = parents.pop(int(page.obj.StructParents))
        assert len(owners) > 5
        assert {element.Pg.objgen for element in owners} == {page.obj.objgen}
        for annotation in page.get(Name.Annots, ()):
            link = parents.pop(int(annotation.StructParent))
            assert link.S == "/Link"
            assert annotation.objgen in [kid.Obj.objgen for kid in link.K if isinstance(kid, Dictionary)]
    assert parents == {}


def test_every_element_hangs_under_its_parent(file):
    root = file.Root.StructTreeRoot
    assert len(root.K) == 1 and root.K[0].S == "/Document"
    assert all(part.P.objgen == root.K[0].objgen for part in root.K[0].K)
    pages = {page.obj.objgen for page in file.pages}
    seen = list(elements(root))
    assert len(seen) > 100
    for element in seen:
        assert any(kid.objgen == element.objgen for kid in element.P.K if isinstance(kid, Dictionary))
        assert Name.Pg not in element or element.Pg.objgen in pages


def test_a_part_in_another_language_says_so(file):
    parts = list(file.Root.StructTreeRoot.K[0].K)
    assert [part.S for part in parts] == [Name.Part] * 3
    assert [str(part.get(Name.Lang, "")) for part in parts] == ["", "", "sv"]


def test_parts_keep_their_order_for_the_ear(file):
    figures = [str(element.Alt) for element in elements(file.Root.StructTreeRoot) if element.S == "/Figure"]
    assert figures == ["Koodi: Alavieska", "Koodi: Sopimus", "Koodi: Svar"]


def test_table_cells_find_their_headers_by_identifiers_of_their_own(file):
    tree = file.Root.StructTreeRoot
    names = [bytes(name) for kid in tree.IDTree.Kids for name in kid.Names[::2]]
    limits = [bytes(limit) for kid in tree.IDTree.Kids for limit in kid.Limits]
    headers = {bytes(element.ID) for element in elements(tree) if Name.ID in element}
    assert len(headers) == 6 and names == sorted(headers) and limits == sorted(limits)
    cells = [element for element in elements(tree) if element.S == "/TD"]
    assert cells and {bytes(name) for cell in cells for name in cell.A.Headers} == headers


def test_terms_are_list_items_with_label_and_body(file):
    lists = [element for element in elements(file.Root.StructTreeRoot) if element.S == "/L"]
    terms = [item for item in lists if [kid.S for kid in item.K[0].K] == [Name.Lbl, Name.LBody]]
    assert len(lists) == len(terms) == 6  # an ordered list's number is its label
    assert all(kid.S == "/LI" for item in lists for kid in item.K)


def test_bookmarks_of_all_parts_lead_to_their_pages(data):
    with pymupdf.open(stream=data) as document:
        contents = document.get_toc()
        tops = [(title, page) for level, title, page in contents if level == 1]
        assert tops == [("Alavieska 1", 1), ("Sopimus 1", 3), ("Svar 1", 5)]
        for _level, title, page in contents:
            assert title in document[page - 1].get_text()
        assert len(contents) == 6 + 6 + 3


def test_bookmarks_are_linked_both_ways(file):
    outlines = file.Root.Outlines
    item, there = outlines.First, []
    while item is not None:
        there.append(str(item.Title))
        assert item.Parent.objgen == outlines.objgen
        last, item = item, item.get(Name.Next)
    assert last.objgen == outlines.Last.objgen
    back = []
    while last is not None:
        back.append(str(last.Title))
        last = last.get(Name.Prev)
    assert there == back[::-1] and len(there) == 3
    assert int(outlines.Count) == 15


def test_links_inside_a_part_stay_in_that_part_and_are_printed(file):
    numbers = {page.obj.objgen: number for number, page in enumerate(file.pages, start=1)}
    inner, outer = [], []
    for page in file.pages:
        for link in page.get(Name.Annots, ()):
            assert int(link.F) == 4
            if Name.Dest in link:
                inner.append((numbers[page.obj.objgen], numbers[link.Dest[0].objgen]))
            else:
                outer.append(str(link.A.URI))
    assert inner == [(1, 2), (3, 4), (5, 5)]
    assert outer == [f"https://a.example/{word}" for word in ("Alavieska", "Sopimus", "Svar")]
    assert Name.Names not in file.Root


def test_the_file_says_what_it_is(file):
    assert str(file.Root.Lang) == "fi"
    assert bool(file.Root.MarkInfo.Marked) and bool(file.Root.ViewerPreferences.DisplayDocTitle)
    assert str(file.docinfo[Name.Title]) == "Paketti <1> & muuta"
    with file.open_metadata() as metadata:
        assert metadata["dc:title"] == "Paketti <1> & muuta"
        assert metadata["pdfuaid:part"] == "1"
    assert file.pdf_version >= "1.7"
    assert Name.OwnFeet not in file.Root and Name.Quiet not in file.Root


def test_all_letters_come_from_embedded_source_sans(data):
    with pymupdf.open(stream=data) as document:
        fonts = {font for page in document for font in document.get_page_fonts(page.number)}
        assert fonts
        for number, kind, _type, name, *_ in fonts:
            assert "Source-Sans-Pro" in name, name
            assert kind in ("ttf", "cff", "otf") and document.extract_font(number)[3]
        assert "7\u202f500,00\u00a0€" in document[0].get_text()


def test_equal_facts_give_equal_bytes_in_any_process(data, own, agreement, answers):
    again = pdf.combine(
        pdf.lay_out(sheet("fi", "Alavieska", pages=2)),
        agreement,
        answers,
        title="Paketti <1> & muuta",
        language="fi",
        footer=FOOTER,
    )
    assert again == data
    script = (
        "import sys; from hashlib import sha256; from consortium import pdf\n"
        "print(sha256(pdf.lay_out(sys.stdin.read())).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=sheet("fi", "Alavieska", pages=2),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert hashes == {hashlib.sha256(own).hexdigest()}


def test_different_facts_give_different_bytes(data, agreement, answers):
    other = pdf.lay_out(sheet("fi", "Kaustinen", pages=2))
    assert data != pdf.combine(
        other, agreement, answers, title="Paketti <1> & muuta", language="fi", footer=FOOTER
    )


def test_constant_parts_are_opened_once(own, agreement, answers, monkeypatch):
    pdf._frame.cache_clear()
    opened_parts = []
    monkeypatch.setattr(
        pdf.Pdf,
        "open",
        lambda stream, _open=Pdf.open: opened_parts.append(stream.getvalue()) or _open(stream),
    )
    for title in ("a", "b", "c"):
        pdf.combine(own, agreement, answers, title=title, language="fi")
    assert [opened_parts.count(part) for part in (own, agreement, answers)] == [3, 1, 1]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/picture.png",
        "https://pictures.example/picture.png",
        "file:///etc/hostname",
        "../consortium/pdf.py",
        "%2e%2e/consortium/pdf.py",
        "ftp://127.0.0.1/picture.png",
    ],
)
def test_nothing_is_fetched_from_elsewhere(address):
    html = sheet("fi", "Kuva").replace("<h1>", f'<h1><img alt="Kuva" src="{address}">')
    with pytest.raises(ValueError, match="Error fetching"):
        pdf.lay_out(html)
    assert gc.isenabled()


def test_a_file_link_out_of_the_static_folder_is_refused(tmp_path, monkeypatch):
    static = tmp_path / "static"
    static.mkdir()
    (tmp_path / "secret").write_text("x")
    (static / "picture.svg").symlink_to(tmp_path / "secret")
    monkeypatch.setattr(pdf, "STATIC", static)
    with pytest.raises(ValueError, match="Not a file for documents"):
        pdf.LocalFetcher().fetch((static / "picture.svg").as_uri())


def test_pictures_come_as_data(tmp_path):
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9h-9z"/></svg>'
    address = "data:image/svg+xml;base64," + b64encode(picture).decode()
    html = sheet("fi", "Kuva").replace("<ol>", f'<p><img alt="Musta ruutu" src="{address}"></p><ol>')
    with opened(pdf.combine(pdf.lay_out(html), title="t", language="fi")) as file:
        alts = [str(e.Alt) for e in elements(file.Root.StructTreeRoot) if e.S == "/Figure"]
    assert alts == ["Musta ruutu", "Koodi: Kuva"]


def test_a_part_without_tags_is_refused(own):
    blank = BytesIO()
    with Pdf.new() as untagged:
        untagged.add_blank_page()
        untagged.save(blank)
    with pytest.raises(ValueError, match="without tags"):
        pdf.combine(own, blank.getvalue(), title="t", language="fi")
    with pytest.raises(ValueError, match="without tags"):
        pdf.combine(blank.getvalue(), own, title="t", language="fi")


def test_the_same_part_twice_is_refused(own, agreement):
    for parts in ((own, own), (own, agreement, agreement)):
        with pytest.raises(ValueError, match="twice"):
            pdf.combine(*parts, title="t", language="fi")


def test_names_of_roles_and_classes_survive(own, agreement):
    def with_role(data, role, meaning):
        out = BytesIO()
        with opened(data) as part:
            part.Root.StructTreeRoot.RoleMap = Dictionary({role: Name(meaning)})
            part.save(out)
        return out.getvalue()

    parts = with_role(own, "/Saate", "/P"), with_role(agreement, "/Clause", "/Sect")
    with opened(pdf.combine(*parts, title="t", language="fi")) as file:
        roles = file.Root.StructTreeRoot.RoleMap
        assert {key: str(roles[key]) for key in roles} == {"/Saate": "/P", "/Clause": "/Sect"}


def test_the_axis_stands_at_46_mm(data):
    with pymupdf.open(stream=data) as document:
        words = {box[4]: box[0] for box in reversed(document[0].get_text("words"))}
    assert words["Asia"] == pytest.approx(20 / 25.4 * 72, abs=1)
    assert words["Katso"] == pytest.approx((20 + 46) / 25.4 * 72, abs=1)
