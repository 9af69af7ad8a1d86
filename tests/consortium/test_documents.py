"""Files made by the worker: a row with its figures, one file, and what becomes of a failed or forgotten one."""

import datetime as dt
import hashlib
import io
import zipfile

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.utils import timezone

from consortium import documents, tasks
from consortium.models import Document
from members.models import Accession, JoiningPackage, ask_for_packages
from tests.factories import AccessionFactory, RoleFactory, ready_packages

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a small stand-in"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def accession():
    return AccessionFactory()


@pytest.fixture
def made_at_once(monkeypatch):
    """Making costs nothing; keeps the rows that were made."""
    made = []

    def produce(row):
        made.append(row.pk)
        return row.filename, PDF + str(row.pk).encode()

    monkeypatch.setattr(JoiningPackage, "produce", produce)
    return made


def ask(accession):
    return ask_for_packages(Accession.objects.filter(pk=accession.pk), by=RoleFactory().user)


def again(row):
    row.refresh_from_db()
    return row


def fail(monkeypatch, words="the font is missing"):
    def produce(row):
        raise OSError(words)

    monkeypatch.setattr(JoiningPackage, "produce", produce)


# --- Asked for, made, read ----------------------------------------------------------------------------------------


def test_asking_writes_rows_and_the_worker_makes_them(accession, made_at_once, run_worker):
    rows = ask(accession)
    assert [(r.language, r.format, r.state) for r in rows] == [
        ("fi", "pdf", "queued"),
        ("fi", "docx", "queued"),
    ]
    assert made_at_once == []
    assert run_worker() == 2
    for row in rows:
        content = again(row).file.read()
        assert (row.state, row.reason, row.size) == ("ready", "", len(content))
        assert row.sha256 == hashlib.sha256(content).hexdigest()
        assert row.begun_at <= row.made_at
        assert str(row.key) in row.file.name


def test_who_asked_is_kept(accession, staff):
    assert {r.asked_by for r in ask_for_packages(Accession.objects.all(), by=staff)} == {staff}
    assert {r.asked_by for r in ask_for_packages(Accession.objects.all(), by=AnonymousUser())} == {None}


def test_a_bilingual_municipality_gets_both_languages(made_at_once, run_worker):
    accession = AccessionFactory(municipality__language="sv-fi")
    assert {(r.language, r.format) for r in ask(accession)} == {
        (language, form) for language in ("sv", "fi") for form in ("pdf", "docx")
    }


def test_a_task_that_arrives_twice_makes_nothing_twice(accession, made_at_once, worker, run_worker):
    rows = ask(accession)
    run_worker()
    first = {r.pk: again(r).sha256 for r in rows}
    for row in rows:
        tasks.make_document(row._meta.label_lower, row.pk)
    assert len(made_at_once) == 2
    assert {r.pk: again(r).sha256 for r in rows} == first


def test_a_task_about_a_row_that_is_gone_does_nothing():
    tasks.make_document("members.joiningpackage", 4711)


def test_a_new_version_leaves_the_old_file_at_its_address(
    accession, made_at_once, run_worker, client_of, staff
):
    browser = client_of(staff)
    old = ask(accession)[0]
    run_worker()
    before = b"".join(browser.get(f"/packages/{old.key}/"))
    new = ask(accession)[0]
    run_worker()
    assert (again(old).version, again(new).version) == (1, 2)
    assert old.file.name != new.file.name
    assert b"".join(browser.get(f"/packages/{old.key}/")) == before
    assert b"".join(browser.get(f"/packages/{new.key}/")) != before
    assert {p.version for p in accession.newest_packages()} == {2}
    assert b"".join(browser.get(f"/p/{accession.code}/{old.key}/")) == before


def test_the_figures_are_those_of_the_asking(accession, made_at_once):
    old = ask(accession)[0]
    accession.municipality.populations.update(count=99)
    accession.municipality.name_fi = "Uusi nimi"
    accession.municipality.save()
    new = ask(accession)[0]
    assert again(old).figures["population"]["count"] == 2447
    assert old.figures["municipality"]["name_fi"] != "Uusi nimi"
    assert again(new).figures["population"]["count"] == 99


def test_a_file_is_answered_as_a_download_that_no_cache_keeps(accession, client_of, staff):
    ready_packages(accession)
    row = accession.packages.get(format="pdf")
    answer = client_of(staff).get(f"/packages/{row.key}/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{row.filename}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("state", ["queued", "making", "failed"])
def test_a_file_that_is_not_ready_has_no_address(accession, client_of, staff, state):
    row = ask(accession)[0]
    JoiningPackage.objects.update(state=state)
    assert client_of(staff).get(f"/packages/{row.key}/").status_code == 404
    assert client_of(staff).get(f"/p/{accession.code}/{row.key}/").status_code == 404


def test_the_files_of_a_round_go_into_one_archive(accession, client_of, staff):
    ready_packages(accession)
    ready_packages(accession)
    archive = zipfile.ZipFile(
        io.BytesIO(b"".join(client_of(staff).get(f"/offers/{accession.offer_id}/zip/")))
    )
    code = accession.municipality.code
    assert sorted(archive.namelist()) == [f"{code}-fi.docx", f"{code}-fi.pdf"]


# --- Failed -------------------------------------------------------------------------------------------------------


def test_a_failed_one_says_why_and_is_made_when_asked_again(accession, monkeypatch, worker, run_worker):
    row = ask(accession)[0]
    fail(monkeypatch)
    with pytest.raises(OSError, match="font"):
        row.make()
    assert (again(row).state, row.reason) == ("failed", "OSError: the font is missing")
    assert row.file.name == ""
    assert row.make() is False, "a failed one waits for a person"
    monkeypatch.setattr(JoiningPackage, "produce", lambda r: (r.filename, PDF))
    worker.tasks.clear()
    assert documents.try_again(row) is True
    assert (row.state, row.reason) == ("queued", "")
    run_worker()
    assert again(row).state == "ready"
    assert documents.try_again(row) is False


def test_try_again_is_a_button_of_the_service_centre(accession, monkeypatch, client_of, staff, run_worker):
    row = ask(accession)[0]
    JoiningPackage.objects.update(state="failed", reason="x")
    representative = RoleFactory(municipality=accession.municipality).user
    address = f"/packages/{row.key}/again/"
    assert client_of(representative).post(address).status_code == 403
    assert client_of(staff).get(address).status_code == 405
    assert client_of(staff).post(address).status_code == 302
    assert again(row).state == "queued"


def test_a_long_reason_fits(accession, monkeypatch):
    row = ask(accession)[0]
    fail(monkeypatch, "ä" * 2000)
    with pytest.raises(OSError, match="ä"):
        row.make()
    assert len(again(row).reason) == 500


def test_a_file_that_cannot_be_stored_is_a_failure_with_its_reason(accession, made_at_once, monkeypatch):
    row = ask(accession)[0]

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage.__class__, "save", full)
    with pytest.raises(OSError, match="No space"):
        row.make()
    assert again(row).state == "failed"
    assert "No space left on device" in row.reason


# --- Forgotten ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"state": "queued", "asked": 0.5}, False),
        ({"state": "queued", "asked": 2}, True),
        ({"state": "making", "begun": 4}, False),
        ({"state": "making", "begun": 6}, True),
        ({"state": "failed", "asked": 60}, False),
        ({"state": "ready", "asked": 60}, False),
    ],
)
def test_what_a_dead_worker_left_is_found(accession, fields, left):
    ready_packages(accession)
    now = timezone.now()
    JoiningPackage.objects.update(
        state=fields["state"],
        asked_at=now - fields.get("asked", 0) * MINUTE,
        begun_at=now - fields.get("begun", 0) * MINUTE,
    )
    assert JoiningPackage.objects.left_behind(now).exists() is left


def test_the_sweeper_makes_what_was_left_and_twice_adds_nothing(accession, made_at_once):
    ask(accession)
    JoiningPackage.objects.update(asked_at=timezone.now() - 2 * MINUTE)
    for _i in range(2):
        tasks.sweep()
    assert sorted(made_at_once) == sorted(accession.packages.values_list("pk", flat=True))
    assert not JoiningPackage.objects.unfinished().exists()


def test_one_that_fails_does_not_stop_the_sweeper(accession, monkeypatch):
    first, second = ask(accession)
    JoiningPackage.objects.update(asked_at=timezone.now() - 2 * MINUTE)

    def produce(row):
        if row.pk == first.pk:
            raise ValueError("broken figures")
        return row.filename, PDF

    monkeypatch.setattr(JoiningPackage, "produce", produce)
    tasks.sweep()
    assert (again(first).state, again(second).state) == ("failed", "ready")


def test_one_being_made_is_left_alone_until_its_worker_is_silent(accession, made_at_once):
    row = ask(accession)[0]
    JoiningPackage.objects.update(state="making", begun_at=timezone.now() - 4 * MINUTE)
    assert row.make() is False
    JoiningPackage.objects.update(begun_at=timezone.now() - 6 * MINUTE)
    assert row.make() is True
    assert made_at_once == [row.pk]


def test_one_that_ends_its_worker_each_time_is_given_up_and_can_be_asked_for_again(accession, made_at_once):
    row = ask(accession)[0]
    for _i in range(5):
        assert again(row)._begin() is True
        JoiningPackage.objects.update(begun_at=timezone.now() - 6 * MINUTE)  # its worker has died over it
    assert again(row).make() is False
    assert (again(row).state, made_at_once) == ("failed", [])
    assert again(row).try_again() is True
    assert again(row).make() is True


# --- How far ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "running"),
    [
        (["ready", "ready"], False),
        (["ready", "queued"], True),
        (["failed", "making"], True),
        (["failed", "ready"], False),
    ],
)
def test_progress_counts_what_there_is(accession, states, running):
    ready_packages(accession)
    for row, state in zip(accession.packages.order_by("pk"), states, strict=True):
        JoiningPackage.objects.filter(pk=row.pk).update(state=state)
    assert documents.progress(accession.packages.all()) == {
        "total": 2,
        "ready": states.count("ready"),
        "failed": states.count("failed"),
        "running": running,
    }


def test_the_kinds_of_documents_are_known_to_the_sweeper():
    assert JoiningPackage in documents.kinds()
    assert all(issubclass(kind, Document) for kind in documents.kinds())
    with pytest.raises(TypeError):
        Document.produce(object())
