"""Files as people hand them in, made on the spot, and what is said to those that are refused."""

import base64
import io

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from consortium.uploads import check_document

RED, BLUE = (200, 0, 0), (0, 0, 160)

# 96 × 64 pixels, white with a red corner above left and a blue one below right; camera and place in its EXIF.
HEIC = base64.b64decode("""
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYBtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRt
AAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAGkAAEAAAAAAAAAgQACAAAAAAIlAAEAAAAAAAAAmAAAADhpaW5mAAAAAAACAAAAFWluZmUC
AAAAAAEAAGh2YzEAAAAAFWluZmUCAAABAAIAAEV4aWYAAAAAv2lwcnAAAAChaXBjbwAAAHVodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwMg
AAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQAoQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubAgAAAMACAAAAwAIQCIAAQAHRAHB
crAiQAAAABRpc3BlAAAAAAAAAGAAAABAAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAoMAAAAaaXJlZgAAAAAAAAAOY2Rz
YwACAAEAAQAAASFtZGF0AAAAfSgBrxOAeOaeV/XQ4af//QMo//h3zw/Ld2VEHjeP3ednVD0cpbblcOy3gR9jS8d6nR8irlUrpHby+8/F+I+J
4Us3PaeDtlU//CZU4/VZstbTamoiI/ZCM0OcmTCcA6//tUOaJ+CF2THrC/aYo0x5D/fX8RK6DWcYRvLLS4F4AAAAAE1NACoAAAAIAAIBDwAC
AAAABwAAACaIJQAEAAAAAQAAAC4AAAAAS2FtZXJhAAAABAABAAIAAAACTgAAAAACAAUAAAADAAAAZAADAAIAAAACRQAAAAAEAAUAAAADAAAA
fAAAAAAAAAA8AAAAAQAAAAoAAAABAAAADwAAAAEAAAAYAAAAAQAAADgAAAABAAAADwAAAAE=
""")


def pdf_bytes(change=None, **options):
    """Return a PDF of one page, after ``change(pdf)``."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def metadata(pdf):
    """Add the harmless description of the matter that registries put inside a PDF."""
    data = pdf.make_stream(b"<?xml version='1.0'?><asia/>", Type=Name.EmbeddedFile)
    pdf.Root.AF = Array(
        [pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String("a.xml"), EF=Dictionary(F=data)))]
    )


def picture_bytes(format="JPEG", mode="RGB", size=(96, 64), **options):
    """Return the drawing of the HEIC sample in another format."""
    picture = Image.new("RGB", size, "white")
    width, height = size[0] // 2, size[1] // 2
    picture.paste(RED, (0, 0, width, height))
    picture.paste(BLUE, (width, height, size[0], size[1]))
    out = io.BytesIO()
    picture.convert(mode).save(out, format, **options)
    return out.getvalue()


def refusal(content, name="extract.pdf"):
    """Return code and sentence of the refusal."""
    upload = content if isinstance(content, File) else SimpleUploadedFile(name, content)
    with pytest.raises(ValidationError) as caught:
        check_document(upload)
    [sentence] = caught.value.messages
    return caught.value.code, sentence
