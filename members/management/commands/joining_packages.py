"""``joining_packages``: the packages as files, made in this command's own processes: no broker, no worker."""

import hashlib
import json
import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from io import BytesIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from pikepdf import Pdf

from consortium import clock
from consortium.management.commands.serve_demo import die_with
from members import example, package
from members.management import WRONG_STATE, register_expected, tables_expected
from members.models import Municipality, Offer, figures_of

PROCESSES = 2
BAR = 30  # signs
EXAMPLE = "No offer is open: example text and demo tariff are used."

_clauses = []  # of this process; the same for every file


def begin(clauses, parent):
    """Prepare one process: it ends with its parent and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if ask := die_with(parent):
        ask()
    django.setup()
    _clauses[:] = clauses


def make(figures, language, path):
    """Make one file, whole or not at all. Returns what is said about it."""
    content = package.make_pdf(figures, _clauses, language)
    with Pdf.open(BytesIO(content)) as pdf:
        pages = len(pdf.pages)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return {"pages": pages, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


class Command(BaseCommand):
    """Choose, freeze the figures, make, sum up."""

    help = "Make joining packages as PDF files named <code>-<language>.pdf, without broker and worker."

    def add_arguments(self, parser):
        """Take which municipalities, which language, and where to."""
        parser.add_argument("codes", nargs="*", metavar="CODE", help="a municipality's number: three digits")
        parser.add_argument("--all", action="store_true", help="every municipality, member or not")
        parser.add_argument(
            "--language", choices=["fi", "sv"], help="only this one; else each municipality's own"
        )
        parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the files")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *, codes, all, language, output, **options):
        """Make the files. Raises CommandError: exit code 2 for what was typed wrongly, 1 when a file failed."""
        if bool(codes) == all:
            self.refuse("Give municipalities' codes, or --all for every municipality.")
        with tables_expected():
            chosen = self.chosen(list(dict.fromkeys(codes)), language)
            offer = self.offer()
            codes_of = dict(offer.accessions.values_list("municipality", "code")) if offer.pk else {}
            clauses = offer.version.clause_texts() if offer.pk else package.example_clauses()
            jobs, failed = self.jobs(chosen, language, offer, codes_of, output)
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.refuse(f"{output} cannot be made: {error.strerror}.")
        began = time.monotonic()
        files, broken = self.make_all(jobs, clauses)
        self.sum_up(
            files, failed + broken, round(time.monotonic() - began, 2), output, as_json=options["json"]
        )

    def refuse(self, sentence):
        """End with exit code 2."""
        raise CommandError(sentence, returncode=WRONG_STATE)

    def chosen(self, codes, language):
        """Return the municipalities asked for, in the order of their codes."""
        register_expected(Municipality.objects)
        if not codes:
            return list(Municipality.objects.current().order_by("code"))
        found = Municipality.objects.select_related("successor").in_bulk(codes, field_name="code")
        for code in codes:
            if code not in found:
                self.refuse(f"There is no municipality {code}. A code has three digits, for example 009.")
            municipality = found[code]
            if municipality.ended_on and municipality.ended_on <= clock.today():
                self.refuse(
                    f"{code} {municipality.name_fi} was merged into {municipality.successor.code} "
                    f"{municipality.successor.name_fi} on {municipality.ended_on:%-d.%-m.%Y}."
                )
            if language and language not in municipality.languages:
                self.refuse(
                    f"{code} {municipality.name_fi} gets its package in {' and '.join(municipality.languages)} only."
                )
        return [found[code] for code in sorted(codes)]

    def offer(self):
        """Return the newest open offer; in a practice copy, while there is none, the unsaved example."""
        offer = Offer.objects.select_related("version", "tariff").latest_open()
        if offer is None:
            if settings.PRODUCTION:
                self.refuse("No offer is open. Open one in the portal: Offers, Open a round.")
            self.stderr.write(EXAMPLE)
            offer = example.example_offer(clock.today())
        return offer

    def jobs(self, municipalities, language, offer, codes_of, output):
        """Return what each file is made from, and the municipalities for which that is not known."""
        jobs, failed = [], []
        for municipality in municipalities:
            wanted = [one for one in municipality.languages if language in (None, one)]
            try:
                figures = figures_of(municipality, offer, code=codes_of.get(municipality.pk, ""))
            except LookupError as error:
                failed += [
                    {"code": municipality.code, "language": one, "reason": str(error)} for one in wanted
                ]
                continue
            jobs += [(figures, one, output / f"{municipality.code}-{one}.pdf") for one in wanted]
        return jobs, failed

    def make_all(self, jobs, clauses):
        """Make every file in the processes and show how far it is. Returns (files, failures)."""
        files, failed = [], []
        connections.close_all()  # a child must not inherit an open one
        how = "fork" if sys.platform.startswith("linux") else "spawn"
        pool = ProcessPoolExecutor(
            max(1, min(PROCESSES, len(jobs))),
            mp_context=multiprocessing.get_context(how),
            initializer=begin,
            initargs=(clauses, os.getpid()),
        )
        progress = Progress(self.stderr, len(jobs))
        try:
            asked = {pool.submit(make, *job): job for job in jobs}
            for future in as_completed(asked):
                figures, language, path = asked[future]
                what = {"code": figures["municipality"]["code"], "language": language}
                try:
                    files.append(what | {"path": str(path)} | future.result())
                except BrokenProcessPool:
                    failed.append(what | {"reason": "the process that made it was ended"})
                except Exception as error:  # one failing file must not stop the rest
                    failed.append(what | {"reason": f"{type(error).__name__}: {error}"})
                progress.step()
        except KeyboardInterrupt:
            self.stderr.write(f"\nEnded: {len(files)} of {len(jobs)} files made.")
            raise CommandError("Interrupted.", returncode=130) from None
        finally:
            pool.shutdown(cancel_futures=True)
        return files, failed

    def sum_up(self, files, failed, seconds, output, *, as_json):
        """Say what was made and what was not. Raises CommandError when anything failed."""
        files.sort(key=lambda file: (file["code"], file["language"]))
        failed.sort(key=lambda file: (file["code"], file["language"]))
        if as_json:
            result = {"made": len(files), "failed": failed, "files": files, "seconds": seconds}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            size = sum(file["bytes"] for file in files) / 1e6
            pages = sum(file["pages"] for file in files)
            self.stdout.write(
                f"{len(files)} files, {pages} pages, {size:.1f} MB in {seconds:.1f} s: {output}"
            )
        for file in failed:
            self.stderr.write(f"{file['code']}-{file['language']}: {file['reason']}")
        if failed:
            raise CommandError(f"{len(failed)} of {len(failed) + len(files)} files failed.")


class Progress:
    """A bar redrawn on a terminal; elsewhere a line for each tenth."""

    def __init__(self, stream, total):
        self.stream, self.total, self.done = stream, total, 0
        self.began, self.shown = time.monotonic(), 0

    def step(self):
        """One more is done."""
        self.done += 1
        passed = time.monotonic() - self.began
        left = passed / self.done * (self.total - self.done)
        if self.stream.isatty():
            full = BAR * self.done // self.total
            bar = f"[{'#' * full}{'.' * (BAR - full)}]"
            end = "\n" if self.done == self.total else ""
            self.stream.write(f"\r{bar} {self.done}/{self.total} files, {left:3.0f} s left", ending=end)
            self.stream.flush()
        elif 10 * self.done // self.total > self.shown:
            self.shown = 10 * self.done // self.total
            self.stream.write(f"{self.done}/{self.total} files, {100 * self.done // self.total} %")
