"""PDFs that people hand in: kept byte for byte, or refused for what is in them."""

import tempfile

import pikepdf
import pytest
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from pikepdf import Array, Dictionary, Name, String

from consortium.uploads import check_document
from tests.consortium.samples import metadata, pdf_bytes, refusal


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# Accepted


def test_a_pdf_is_kept_byte_for_byte():
    content = pdf_bytes()
    checked = check_document(SimpleUploadedFile("Ote § 15.pdf", content))
    assert (checked.name, checked.kind, checked.content_type) == ("Ote § 15.pdf", "pdf", "application/pdf")
    assert checked.content.read() == content
    assert checked.size == len(content)


def test_a_pdf_waiting_on_disk_is_kept_too():
    content = pdf_bytes()
    with tempfile.NamedTemporaryFile(suffix=".pdf") as stored:
        stored.write(content)
        stored.flush()
        with open(stored.name, "rb") as stream:
            upload = File(stream, name="extract.pdf")
            upload.temporary_file_path = lambda: stored.name
            assert check_document(upload).content.read() == content


def goto(pdf):
    page = pdf.pages[0].obj
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([page, Name.Fit]))
    link = Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://kunta.example")))
    page.Annots = Array([pdf.make_indirect(link)])
    pdf.docinfo.Title = String("Minutes about /JavaScript and /S /Launch")


@pytest.mark.parametrize("change", [goto, metadata])
def test_links_first_pages_words_and_metadata_are_harmless(change):
    assert check_document(SimpleUploadedFile("a.pdf", pdf_bytes(change))).kind == "pdf"


# Refused


@pytest.mark.parametrize(
    "encryption", [pikepdf.Encryption(owner="o", user="secret"), pikepdf.Encryption(owner="o", user="")]
)
def test_an_encrypted_pdf(encryption):
    code, sentence = refusal(pdf_bytes(encryption=encryption))
    assert code == "encrypted"
    assert sentence == "The PDF is protected. Save it without a password or restrictions and choose it again."


def javascript(pdf):
    return pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def opened(pdf):
    pdf.Root.OpenAction = javascript(pdf)


def named(pdf):
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), javascript(pdf)])))


def closing_page(pdf):
    pdf.pages[0].obj.AA = Dictionary(C=Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"x")))


def button(pdf):
    field = Dictionary(
        FT=Name.Btn, Subtype=Name.Widget, AA=Dictionary(D=Dictionary(S=Name.Launch, F=String("a.exe")))
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(field)])


def chained(pdf):
    following = Array(
        [Dictionary(S=Name.Named, N=Name.NextPage), Dictionary(S=Name.JavaScript, JS=String("x"))]
    )
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=following)


def disguised(pdf):  # the word itself is an object of its own
    pdf.Root.OpenAction = Dictionary(S=pdf.make_indirect(Name.JavaScript), JS=String("x"))


def dynamic_form(pdf):
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def film(pdf):
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(Subtype=Name.RichMedia))])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "change",
    [opened, named, closing_page, button, chained, disguised, dynamic_form, film],
    ids=lambda f: f.__name__,
)
def test_a_pdf_with_a_script_or_a_program_to_start(change, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    code, sentence = refusal(pdf_bytes(change, object_stream_mode=mode))
    assert code == "script"
    assert (
        sentence
        == "The PDF contains a script or starts a program. Print it to a new PDF and choose that one."
    )


def test_a_script_behind_an_escaped_name():
    content = pdf_bytes(opened, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert content.count(b"/S /JavaScript") == 1
    assert refusal(content.replace(b"/S /JavaScript", b"/S /#4a#61vaScript"))[0] == "script"


def test_a_pdf_with_a_program_inside():
    def attach(pdf):
        pdf.attachments["tool.exe"] = b"MZ\x90\0" + bytes(100)

    code, sentence = refusal(pdf_bytes(attach))
    assert code == "attachment"
    assert sentence == "The PDF has another file inside it. Print it to a new PDF and choose that one."


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + b"nothing of the kind " * 100,
        b"%PDF-1.7\n%%EOF",
        pdf_bytes()[:-60],
        pdf_bytes(lambda pdf: pdf.pages.__delitem__(0)),
    ],
    ids=["words", "no body", "cut short", "no page"],
)
def test_a_pdf_that_cannot_be_opened(content):
    code, sentence = refusal(content)
    assert code == "damaged"
    assert "damaged or incomplete" in sentence
