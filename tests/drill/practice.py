"""A practice copy for drills: real worker, clock and web server as processes, and a mail server that counts."""

import asyncio
import email
import email.policy
import logging
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from consortium import clock, embedded
from consortium.management.commands import serve_demo
from members.models import Clause, Municipality
from members.package import example_clauses
from tests.factories import HELSINKI, AgreementVersionFactory, OfferFactory

logging.getLogger("mail.log").setLevel(logging.ERROR)


def free_port():
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    """A mail server that keeps each arrival's Message-ID, and answers some recipients otherwise.

    ``answers``: address -> "550 …" to its RCPT, "451 …" or "drop" to its DATA. ``on_arrival`` is called between
    taking a letter and saying so.
    """

    def __init__(self, delay=0.0):
        self.arrivals, self.answers, self.delay, self.on_arrival = [], {}, delay, None
        self.port, self.controller = free_port(), None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        """Answer, again at the same port."""
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=lambda *_asked: AuthResult(success=False, handled=False),  # answers 535
            auth_require_tls=False,
        )
        self.controller.start()

    def stop(self):
        """Be away."""
        self.controller.stop()

    @property
    def url(self):
        """Return the address a copy sends to."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self):
        """Return the distinct Message-IDs that came."""
        return set(self.arrivals)

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Take a recipient, or refuse."""
        answer = self.answers.get(address, "")
        if answer.startswith("5"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Take a letter, or refuse it, or drop the line."""
        answer = self.answers.get(envelope.rcpt_tos[0], "")
        if answer == "drop":
            server.transport.abort()
            return "421 gone"
        if answer:
            return answer
        await asyncio.sleep(self.delay)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.arrivals.append(str(message["Message-ID"]))
        if self.on_arrival:
            self.on_arrival()
        return "250 taken"


class Practice:
    """The processes of one copy, over the test's own database. What they say goes to files in the data folder."""

    def __init__(self, mail_url):
        self.port = free_port()
        self.running, self.mail_url = {}, mail_url
        self.logs = settings.VAR / "drill-logs"
        self.logs.mkdir(parents=True, exist_ok=True)

    def start(self, name):
        """Start the worker, the clock ("beat") or the web server."""
        with (self.logs / f"{name}.log").open("a") as log:
            self.running[name] = subprocess.Popen(
                serve_demo.commands(self.port)[name],
                cwd=settings.BASE_DIR,
                env=serve_demo.environment()
                | {
                    "DATABASE_URL": of_test(settings.DATABASE_URL),
                    "DATABASE_OWNER_URL": of_test(settings.DATABASE_OWNER_URL),
                    "EMAIL_URL": self.mail_url,
                    "PORTAL_ADDRESS": f"http://127.0.0.1:{self.port}",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=serve_demo.die_with(os.getpid()),
            )

    def kill(self, name):
        """Kill a process and all it started, at once and without a word."""
        process = self.running.pop(name)
        serve_demo.end_group(process, signal.SIGKILL)
        process.wait()

    def end(self):
        """End everything that runs."""
        for name in list(self.running):
            process = self.running[name]
            serve_demo.end_group(process, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            self.kill(name)

    def exited(self):
        """Return the names of those that ended by themselves: a supervisor would have to start them again."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def log(self, name):
        """Return what a process has said."""
        return (self.logs / f"{name}.log").read_text(errors="replace")


def of_test(url):
    """Return a database's address with the name of the test's own database."""
    name = connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}")) if url else ""


def kill_broker():
    """Kill the copy's own Valkey; what it held is gone."""
    pid = embedded.pids(settings.VAR)["valkey"]
    os.kill(pid, signal.SIGKILL)
    while "valkey" in embedded.pids(settings.VAR):
        time.sleep(0.01)


def wait_for(condition, seconds, what):
    """Return when the condition holds; AssertionError with what was waited for when it does not."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, f"not within {seconds} s: {what}"
        time.sleep(0.2)


def round_of(codes, by):
    """Open a round with the example agreement for municipalities of these codes. Returns the offer."""
    version = AgreementVersionFactory(approved=False)
    version.clauses.all().delete()
    for position, clause in enumerate(example_clauses(), start=1):
        Clause.objects.create(version=version, position=position, **clause)
    version.approve(by=by, decided_on=clock.today(), **HELSINKI)
    offer = OfferFactory(version=version)
    chosen = Municipality.objects.filter(code__in=codes)
    for municipality in chosen.filter(registry_email=""):
        municipality.registry_email = f"kirjaamo{municipality.code}@kunta.example"
        municipality.save()
    offer.invite(chosen, by=by)
    return offer


class Together:
    """Threads that begin at once; the first error of any is raised at the end."""

    def __init__(self, number, act):
        self.errors = []
        barrier = threading.Barrier(number)

        def run(index):
            try:
                barrier.wait()
                act(index)
            except Exception as error:
                self.errors.append(error)

        self.threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]

    def run(self):
        """Run them to their end."""
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
