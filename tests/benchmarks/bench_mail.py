"""308 letters through a real worker and a mail server on this machine, beside Django's own sending in a loop.

The plain loop is ``EmailMessage.send()`` for each letter, a connection each, as Django does it: the same recipients,
subjects, texts and headers. Ours are 308 rows of one act, each about another municipality, which the worker's processes
take up, find still true, send, and note as sent one by one. Worker and mail server are processes of their own, warmed
up by letters that are not counted; no pace is set.

Time is from the commit (the first ``send``) until the mail server has the last letter. Processor time is that of the
process that runs the loop, and of all processes of the worker until the last row is noted; PostgreSQL, Valkey and the
mail server are not counted, nor is the writing of the rows, which belongs to the act. Medians of several rounds,
the ratio within each. Single letters, which wait for the disk at each note, are measured beside, without a limit.
"""

import json
import multiprocessing
import os
import statistics
import time

import django
import psutil
from aiosmtpd.controller import Controller

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

from django.core.mail import EmailMessage  # noqa: E402  what follows needs the apps
from django.db import transaction  # noqa: E402
from django.test import override_settings  # noqa: E402

from consortium import emails  # noqa: E402
from consortium.models import OutgoingEmail  # noqa: E402
from consortium.models.mail import MailState, Priority  # noqa: E402
from members.models import Municipality  # noqa: E402
from tests.benchmarks.bench_pages import scratch_database  # noqa: E402
from tests.drill.practice import Practice, free_port, wait_for  # noqa: E402

RUNS, WARM = 9, 60
LIMITS = {"time": 1.0, "CPU": 2.0}
KINDS = {"mailing": Priority.MAILING, "letters": Priority.LETTER}
TEXT = "Liittymispaketti on valmis. Sen voi avata ja lukea alla olevasta osoitteesta.\n\n" * 8


class Counter:
    """Takes every letter and counts it."""

    def __init__(self, count):
        self.count = count

    async def handle_DATA(self, server, session, envelope):
        """Take a letter."""
        self.count.value += 1
        return "250 taken"


def serve(port, count, ended):
    """Run the mail server until told to end."""
    controller = Controller(Counter(count), hostname="127.0.0.1", port=port)
    controller.start()
    ended.wait()
    controller.stop()


def rows(number, priority):
    """Write the rows of one act, and return (rows, the moment just before the commit)."""
    with transaction.atomic():
        written = [
            emails.queue(
                "consortium/emails/plain",
                f"kirjaamo@{place.code}.example",
                "fi",
                about=place,
                priority=priority,
                subject=f"{place.name_fi}: liittymispaketti",
                body=TEXT,
            )
            for place in Municipality.objects.order_by("pk")[:number]
        ]
        return written, time.perf_counter()


def plain(letters, count):
    """Send the same letters by Django alone. Returns (seconds, processor seconds)."""
    before, began, cpu = count.value, time.perf_counter(), time.process_time()
    for letter in letters:
        headers = {
            "Message-ID": letter.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
        }
        EmailMessage(letter.subject, letter.body, to=[letter.to], headers=headers).send()
    took = time.perf_counter() - began, time.process_time() - cpu
    assert count.value == before + len(letters)
    return took


def used(process):
    """Return the processor seconds of a process and all it started."""
    every = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in every)


def ours(number, priority, count, worker):
    """Send so many letters by the worker. Returns (seconds, processor seconds, the letters)."""
    before, cpu = count.value, used(worker)
    letters, began = rows(number, priority)
    while count.value < before + number:
        time.sleep(0.005)
        assert time.perf_counter() - began < 60, "the worker does not send"
    took = time.perf_counter() - began
    open_rows = OutgoingEmail.objects.exclude(state=MailState.SENT)
    wait_for(lambda: not open_rows.exists(), 10, "the notes on the rows")
    time.sleep(0.3)  # what the worker does after its last letter counts as well
    assert count.value == before + number, "a letter came twice"
    return took, used(worker) - cpu, letters


def run():
    """Yield the figures: time and processor time of a mailing and of single letters ÷ those of the plain loop."""
    port, count = free_port(), multiprocessing.Value("i", 0)
    ended = multiprocessing.Event()
    server = multiprocessing.Process(target=serve, args=(port, count, ended), daemon=True)
    server.start()
    relay = override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
    )
    with scratch_database(), relay:
        copy = Practice(f"smtp://127.0.0.1:{port}")
        copy.start("worker")
        try:
            worker = psutil.Process(copy.running["worker"].pid)
            for priority in KINDS.values():
                plain(ours(WARM, priority, count, worker)[2], count)
            number = Municipality.objects.count()
            loops, found = [], {kind: [] for kind in KINDS}
            for _run in range(RUNS):
                for kind, priority in KINDS.items():
                    *took, letters = ours(number, priority, count, worker)
                    found[kind].append(took)
                loops.append(plain(letters, count))
        finally:
            copy.end()
            ended.set()
    for at, what in enumerate(LIMITS):
        for kind, runs in found.items():
            pairs = [(one[at], loop[at]) for one, loop in zip(runs, loops, strict=True)]
            yield {
                "name": f"{number} letters, {kind}: {what} ÷ plain loop",
                "value": round(statistics.median(one for one, _loop in pairs), 3),
                "unit": "s",
                "reference": round(statistics.median(loop for _one, loop in pairs), 3),
                "ratio": round(statistics.median(one / loop for one, loop in pairs), 2),
                "limit": LIMITS[what] if kind == "mailing" else None,
            }


if __name__ == "__main__":
    for figure in run():
        print(json.dumps(figure, ensure_ascii=False), flush=True)
