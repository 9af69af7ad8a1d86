"""Files made to wear the machine out, and an inspector that dies, hangs or looks around."""

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import zlib

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from pikepdf import Name

from consortium import uploads
from consortium.uploads import check_document
from tests.consortium.samples import metadata, pdf_bytes, picture_bytes, refusal


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# Files made to wear the machine out


def numbered(*objects):
    """Return a PDF of these objects, numbered from 1, with a table of contents; the first is the root."""
    parts, places, size = [b"%PDF-1.7\n"], [], 9
    for number, content in enumerate(objects, 1):
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        places.append(size)
        size += len(parts[-1])
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts += [b"%010d 00000 n \n" % place for place in places]
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, size))
    return b"".join(parts)


def zeros(megabytes):
    """Return so many megabytes of zeros, compressed a thousandfold (one block again and again, with a wrong sum)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * megabytes + b"\x03\0" + bytes(4)


def unfolding_table():
    packed = zeros(3000)
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = (
        b"3 0 obj\n<< /Type /XRef /Size 9 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
    )
    start = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    return head + table % len(packed) + packed + start % len(head)


def unfolding_attachment():
    packed = zeros(3000)
    pdf = pdf_bytes(metadata, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    opened = pikepdf.open(io.BytesIO(pdf))
    opened.Root.AF[0].EF.F.write(packed, filter=Name.FlateDecode)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def many_objects():
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    return numbered(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        *[b"1"] * 300_000,
    )


def nested():
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Deep %s >>" % (b"[" * 400_000 + b"]" * 400_000)
    return numbered(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page)


def going_round():
    return numbered(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>"
    )


WEARING = [unfolding_table, unfolding_attachment, many_objects, nested, going_round]


def inspector(content, kind):
    """Run the inspector alone. Returns its exit code, its finding, its memory's peak (MB) and processor time (s)."""
    with tempfile.TemporaryFile() as stream, tempfile.TemporaryFile() as said:
        stream.write(content)
        stream.seek(0)
        run = subprocess.Popen([sys.executable, "-I", uploads.INSPECTOR, kind], stdin=stream, stdout=said)
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return run.returncode, said.read(), used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


@pytest.mark.parametrize("build", WEARING, ids=lambda f: f.__name__)
def test_a_pdf_made_to_wear_the_machine_out(build):
    code, said, memory, seconds = inspector(build(), "pdf")
    assert (code, json.loads(said)["finding"]) in [(3, "damaged"), (3, "heavy"), (3, "attachment")]
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # a child's peak begins with its parent's
    assert memory < own + 200
    assert seconds < 10


def test_a_pdf_of_many_numbers_is_no_trouble():  # lengths are often objects of their own
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    content = numbered(
        b"<< /Type /Catalog /Pages 2 0 R >>", pages, page, b"17", b"(text)", b"true", b"null", b"1.5"
    )
    assert check_document(SimpleUploadedFile("a.pdf", content)).kind == "pdf"


# The inspector itself


def test_an_inspector_that_dies_costs_one_refusal(monkeypatch, tmp_path, caplog):
    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.abort()")
    monkeypatch.setattr(uploads, "INSPECTOR", dying)
    assert refusal(pdf_bytes())[0] == "heavy"
    assert "-6" in caplog.text


def test_an_inspector_that_hangs_is_ended(monkeypatch, tmp_path):
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(uploads, "INSPECTOR", hanging)
    monkeypatch.setattr(uploads, "SECONDS", 0.5)
    code, sentence = refusal(pdf_bytes())
    assert (code, sentence) == (
        "heavy",
        "The file is too complicated to be checked. Print it to a new PDF and choose that one.",
    )


def test_the_inspector_sees_none_of_the_portals_secrets(monkeypatch, tmp_path):
    telling = tmp_path / "telling.py"
    telling.write_text("import os, sys; sys.stdout.write(' '.join(os.environ))")
    monkeypatch.setattr(uploads, "INSPECTOR", telling)
    monkeypatch.setenv("SECRET_KEY", "x")
    kept = check_document(SimpleUploadedFile("a.jpg", picture_bytes())).content.read().split()
    assert b"LANG" in kept
    assert b"SECRET_KEY" not in kept
