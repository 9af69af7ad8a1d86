"""Worker and broker are killed in mid-batch: every file is there once, no letter is lost."""

import datetime as dt
import hashlib
import os
import random
import time
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from consortium import emails, embedded
from consortium.models import DocumentState, OutgoingEmail
from consortium.models.document import SILENT_AFTER, TAKEN_UP_WITHIN
from consortium.models.mail import MailState, Priority
from members.models import (
    Accession,
    AccessionState,
    JoiningPackage,
    Municipality,
    Offer,
    ask_for_packages,
)
from tests.drill.practice import kill_broker, round_of, wait_for
from tests.factories import UserFactory

KILLS = 10
ROUND = 48  # municipalities
SECOND = dt.timedelta(seconds=1)


def open_files():
    """Return the rows whose files are still to come."""
    return JoiningPackage.objects.unfinished()


def open_letters():
    """Return the letters that have not left."""
    return OutgoingEmail.objects.filter(state=MailState.QUEUED)


def queue_letters(count, *, about: Offer, priority=Priority.MAILING):
    """Write so many letters, one a recipient. Returns the rows."""
    written = OutgoingEmail.objects.count()
    return [
        emails.queue(
            "consortium/emails/plain",
            f"person{written + index}@kunta.example",
            "fi",
            about=about.accessions.last(),
            priority=priority,
            subject=f"Tiedote {written + index}",
            body="Kokous pidetään tiistaina.",
        )
        for index in range(count)
    ]


def files_on_disk():
    """Return the paths of all files of packages, as their rows would name them."""
    return {
        str(path.relative_to(settings.MEDIA_ROOT))
        for path in settings.MEDIA_ROOT.glob("documents/**/*")
        if path.is_file()
    }


def minutes_pass():
    """Let the silence of dead workers, and the wait for lost tasks, be over: on the rows, not on the clock.

    Returns how many files were being made just now.
    """
    being_made = JoiningPackage.objects.filter(state=DocumentState.MAKING)
    struck = being_made.filter(begun_at__gt=timezone.now() - SILENT_AFTER).update(
        begun_at=F("begun_at") - SILENT_AFTER - SECOND
    )
    lost = JoiningPackage.objects.filter(state=DocumentState.QUEUED)
    lost.update(asked_at=F("asked_at") - TAKEN_UP_WITHIN - SECOND)
    return struck


def done(kind):
    """Return how many files or letters are through."""
    if kind == "files":
        return JoiningPackage.objects.filter(state=DocumentState.READY).count()
    return OutgoingEmail.objects.filter(state=MailState.SENT).count()


def check_files():
    """Every package is ready, with a file of its own that is what the row says; there is no other file."""
    packages = list(JoiningPackage.objects.all())
    assert Counter(p.state for p in packages) == {DocumentState.READY: len(packages)}
    names = [p.file.name for p in packages]
    assert len(set(names)) == len(names)
    assert files_on_disk() == set(names)
    for package in packages:
        content = (settings.MEDIA_ROOT / package.file.name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (package.sha256, package.size)
    return len(packages)


def check_letters(sink, ids, kills):
    """Every letter has left under the id it was written with, and came once, or once more for a kill."""
    assert Counter(OutgoingEmail.objects.values_list("state", flat=True)) == {MailState.SENT: len(ids)}
    assert dict(OutgoingEmail.objects.values_list("pk", "message_id")) == ids
    assert sink.ids == set(ids.values())
    again = len(sink.arrivals) - len(sink.ids)
    assert again <= kills
    return again


@pytest.fixture
def offer(practice):
    """A round of 48 municipalities of every language and both lengths of name."""
    call_command("load_municipalities", verbosity=0)
    draw = random.Random(ROUND)
    codes = draw.sample(sorted(Municipality.objects.values_list("code", flat=True)), ROUND)
    return round_of(codes, UserFactory(is_staff=True))


def test_ten_kills_in_mid_batch(practice, sink, offer):
    """Worker and broker die ten times while files and letters are on their way; people go on meanwhile."""
    seed = int(os.environ.get("DRILL_SEED") or random.randrange(10**6))
    draw = random.Random(seed)
    victims = draw.sample(["worker", "broker"] * (KILLS // 2), KILLS)
    print(f"\nseed {seed} (DRILL_SEED={seed} repeats it): {', '.join(victims)}")
    staff = UserFactory(is_staff=True)
    sink.delay, ids = 0.03, {}
    practice.start("worker")
    practice.start("beat")
    wait_for(lambda: "ready" in practice.log("worker"), 30, "worker")

    for turn, victim in enumerate(victims, start=1):
        if open_files().count() < 40:
            chosen = draw.sample(list(offer.accessions.values_list("pk", flat=True)), 24)
            ask_for_packages(Accession.objects.filter(pk__in=chosen), by=staff)
        queue_letters(60, about=offer)
        for accession in offer.accessions.filter(state=AccessionState.PREPARED)[:8]:
            if not accession.hindrance("send"):
                accession.send(by=staff)  # with its files
        ids |= dict(OutgoingEmail.objects.exclude(pk__in=ids).values_list("pk", "message_id"))
        kind = draw.choice(["files", "letters"])  # letters go first: in the midst of which of the two
        before = done(kind)
        wait_for(lambda k=kind, b=before: done(k) > b + 2, 120, f"{kind} after the kill before")
        time.sleep(draw.uniform(0, 1))

        files, letters = open_files().count(), open_letters().count()
        if victim == "worker":
            practice.kill("worker")
            note = f"{minutes_pass()} files were being made"
            practice.start("worker")
        else:
            kill_broker()
            began = time.monotonic()
            ask_for_packages(Accession.objects.filter(pk=offer.accessions.first().pk), by=staff)
            queue_letters(10, about=offer)
            ids |= dict(OutgoingEmail.objects.exclude(pk__in=ids).values_list("pk", "message_id"))
            took = time.monotonic() - began
            note = f"one package and ten letters asked for meanwhile, {took:.1f} s"
            assert took < 10, "a dead broker must not hold people up"
            time.sleep(draw.uniform(0.2, 3))
            embedded.start(settings.VAR, postgres=False)
            lost = JoiningPackage.objects.filter(state=DocumentState.QUEUED)
            lost.update(asked_at=F("asked_at") - TAKEN_UP_WITHIN - SECOND)
        print(f"kill {turn:2} {victim}: open files {files}, open letters {letters}; {note}")
        assert files + letters > 0, "nothing was on its way"
        assert practice.exited() == [], "worker and clock live on without the broker"

    began = time.monotonic()
    wait_for(lambda: not open_files().exists() and not open_letters().exists(), 400, "the rest")
    print(f"all done {time.monotonic() - began:.0f} s after the last")
    assert practice.exited() == []
    practice.end()
    made = check_files()
    again = check_letters(sink, ids, KILLS)
    print(f"{made} files once each, {len(ids)} letters, {again} came twice")


def test_the_worker_dies_between_taking_and_noting_a_letter(practice, sink, offer):
    """The mail server has the letter, the row does not know: it comes again under the same id, and is then noted."""
    practice.start("worker")
    wait_for(lambda: "ready" in practice.log("worker"), 30, "worker")
    sink.on_arrival = lambda: practice.kill("worker")
    (letter,) = queue_letters(1, about=offer, priority=Priority.LETTER)
    wait_for(lambda: "worker" not in practice.running, 20, "the kill")
    sink.on_arrival = None
    letter.refresh_from_db()
    assert (letter.state, len(sink.arrivals)) == (MailState.QUEUED, 1)

    practice.start("beat")
    practice.start("worker")
    wait_for(lambda: not open_letters().exists(), 90, "the letter")
    assert sink.arrivals == [letter.message_id] * 2


def test_the_worker_dies_between_writing_and_noting_a_file(practice, offer):
    """A file lies there that no row knows: it goes, and the row gets its one file."""
    accession, struck = offer.accessions.first(), 0
    for _turn in range(20):
        practice.start("worker")
        row = ask_for_packages(Accession.objects.filter(pk=accession.pk), by=UserFactory(is_staff=True))[0]
        folder = settings.MEDIA_ROOT / "documents" / "joiningpackage" / str(row.key)
        give_up_at = time.monotonic() + 60
        while not (folder.exists() and os.listdir(folder)):
            assert time.monotonic() < give_up_at, "no file"
        practice.kill("worker")
        row.refresh_from_db()
        struck += row.state == DocumentState.MAKING
        if struck == 2:
            break
    print(f"\nstruck {struck} times between a file and its row")
    assert struck, "never struck in that moment; look at the drill"
    minutes_pass()
    practice.start("beat")
    practice.start("worker")
    wait_for(lambda: not open_files().exists(), 120, "the files")
    practice.end()
    check_files()


def test_a_code_overtakes_a_mailing(practice, sink, offer):
    """Someone waits before the screen while a hundred letters and as many files are on their way."""
    sink.delay = 0.05
    ask_for_packages(offer.accessions.all(), by=UserFactory(is_staff=True))
    queue_letters(100, about=offer)
    practice.start("worker")
    wait_for(lambda: len(sink.arrivals) > 5, 60, "the first letters")
    before = len(sink.arrivals)
    (code,) = queue_letters(1, about=offer, priority=Priority.CODE)
    wait_for(lambda: code.message_id in sink.arrivals, 60, "the code")
    place = sink.arrivals.index(code.message_id)
    print(f"\nthe code came {place - before} letters after it was asked for, {100 - place} behind it")
    assert place < 60
