"""``serve_demo``: the whole portal on this machine with a practice story, under one parent that ends everything."""

import ctypes
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from consortium import embedded
from consortium.management.commands import translations

ANSWERS_WITHIN = 60  # seconds until the web server must answer
ENDS_WITHIN = 5  # seconds between asking a child to end and killing it
STARTS_AT_MOST = 5  # times a child is started again before the demo gives up
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux
COLOURS = {"web": 36, "worker": 35, "beat": 33, "demo": 32}


class Stopped(Exception):
    """Somebody asked the demo to end."""


@dataclass
class Child:
    """One process of the demo: its name before each of its lines, its command, and how often it was started."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    starts: int = field(default=0)


class Command(BaseCommand):
    """Start servers, web, worker and beat; show what they say; end them all."""

    help = "Run the portal with a practice story on this machine until Ctrl-C. Needs nothing set up."
    requires_system_checks = []

    def add_arguments(self, parser):
        """Take the port of the web server."""
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (8000)")

    def handle(self, *, port, **options):
        """Prepare, start, watch, end."""
        if settings.PRODUCTION:
            raise CommandError("PORTAL_PRODUCTION is on: the demo never runs in a real copy.")
        self.say_lock = threading.Lock()
        self.began = time.monotonic()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, self.ask_to_end)
        children = []
        try:
            refuse_taken(port)
            if "PORTAL_ADDRESS" not in os.environ:
                # by name: browsers keep no passkeys for a bare number
                settings.ADDRESS = os.environ["PORTAL_ADDRESS"] = f"http://localhost:{port}"
            accounts = self.prepare()
            for name, command in commands(port).items():
                children.append(Child(name, command))
                self.start(children[-1])
                if name == "web":  # alone until it answers, so that it does so soon
                    self.wait_until_it_answers(children, port)
            self.greet(accounts)
            while True:
                time.sleep(0.5)
                self.look_after(children)
        except Stopped:
            self.say("demo", "Ending …")
        finally:
            self.end(children)

    def ask_to_end(self, *_):
        """Turn a signal into an end; further ones do not disturb it."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    def prepare(self):
        """Bring tables, texts, register and story up to date; return what load_demo says about accounts."""
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        if translations.compile_all(only_older=True):
            self.say("demo", "Translations compiled.")
        self.say("demo", "Preparing tables, register and story …")
        call_command("migrate", verbosity=0, interactive=False, stdout=io.StringIO())
        call_command("load_municipalities", stdout=io.StringIO())
        accounts = io.StringIO()
        call_command("load_demo", stdout=accounts)
        connections.close_all()
        return accounts.getvalue().strip()

    def start(self, child):
        """Start one child in a group of its own, and pass on what it says line by line."""
        child.starts += 1
        child.process = subprocess.Popen(
            child.command,
            cwd=settings.BASE_DIR,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
        )
        threading.Thread(target=self.pass_on, args=(child.name, child.process.stdout), daemon=True).start()

    def pass_on(self, name, lines):
        """Repeat a child's lines with its name in front."""
        for line in lines:
            self.say(name, line.rstrip())

    def say(self, name, line):
        """Write one line, whole even when several threads write."""
        label = f"{name:<6} |"
        if self.stdout.isatty():
            label = f"\033[{COLOURS[name]}m{label}\033[0m"
        with self.say_lock:
            self.stdout.write(f"{label} {line}")
            self.stdout.flush()

    def wait_until_it_answers(self, children, port):
        """Return when the web server accepts connections; raise CommandError when it does not."""
        give_up_at = time.monotonic() + ANSWERS_WITHIN
        while not answers(port):
            self.look_after(children)
            if time.monotonic() > give_up_at:
                raise CommandError(
                    f"The web server did not answer within {ANSWERS_WITHIN} seconds; its lines say why."
                )
            time.sleep(0.05)

    def greet(self, accounts):
        """Say where the portal is and who may enter."""
        took = time.monotonic() - self.began
        lines = [
            "",
            f"The portal answers at {settings.ADDRESS}/ (after {took:.1f} s).",
            *accounts.splitlines(),
        ]
        lines.append(
            f"The code for signing in is read on the page Mailbox (demo): {settings.ADDRESS}/mailbox/"
        )
        if settings.MOVED_TODAY:
            lines.append(f"The portal believes that today is {settings.MOVED_TODAY}.")
        for line in [*lines, "Ctrl-C ends everything.", ""]:
            self.say("demo", line)

    def look_after(self, children):
        """Say which child or server died, and start it again; give up on one that dies over and over."""
        for child in children:
            code = child.process.poll()
            if code is None:
                continue
            reason = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
            if child.starts > STARTS_AT_MOST:
                raise CommandError(
                    f"{child.name} {reason}, for the {child.starts}th time. Its lines above say why."
                )
            self.say("demo", f"{child.name} {reason}; starting it again.")
            end_group(child.process, signal.SIGKILL)  # what it may have left running
            self.start(child)
        if time.monotonic() - getattr(self, "servers_seen", 0) > 3:
            self.servers_seen = time.monotonic()
            for server in sorted(self.own_servers() - embedded.pids(settings.VAR).keys()):
                self.say("demo", f"{server} does not answer; starting it again.")
                embedded.start(settings.VAR, postgres=server == "postgres", valkey=server == "valkey")

    def own_servers(self):
        """Return the servers that are the portal's own, not given by an address."""
        own = embedded.addresses(settings.VAR)
        return {
            name
            for name, given, url in (
                ("postgres", settings.DATABASE_URL, own.database_url),
                ("valkey", settings.REDIS_URL, own.redis_url),
            )
            if given == url
        }

    def end(self, children):
        """Ask all children to end, kill after five seconds what did not; the servers stop when this process ends."""
        running = [child.process for child in children if child.process]
        for process in running:
            end_group(process, signal.SIGTERM)
        give_up_at = time.monotonic() + ENDS_WITHIN
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, give_up_at - time.monotonic()))
            end_group(process, signal.SIGKILL)
            process.wait()


def commands(port):
    """Return the command of each child."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "consortium"]
    schedule = settings.VAR / "beat"
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "consortium.wsgi", "--bind", f"127.0.0.1:{port}"),
            *(
                "--workers",
                "2",
                "--preload",
                "--access-logfile",
                "-",
                "--access-logformat",
                "%(m)s %(U)s %(s)s %(M)s ms",
            ),
            "--no-control-socket",
        ],
        "worker": [
            *celery,
            "worker",
            "--concurrency",
            "2",
            "--loglevel",
            "INFO",
            "--without-mingle",
            "--without-gossip",
        ],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", "", "--schedule", str(schedule)],
    }


def environment():
    """Return the children's environment: they are told where the servers are, so that they start none."""
    return os.environ | {
        "DATABASE_URL": settings.DATABASE_URL,
        "DATABASE_OWNER_URL": settings.DATABASE_OWNER_URL,
        "REDIS_URL": settings.REDIS_URL,
        "PORTAL_VAR": str(settings.VAR),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


def die_with(parent):
    """Return what a child does first: on Linux, ask to be ended when the parent is killed outright."""
    if not sys.platform.startswith("linux"):
        return None
    system = ctypes.CDLL(None)

    def ask():
        system.prctl(DIE_WITH_PARENT, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def end_group(process, number):
    """Send a signal to a child and everything it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def answers(port):
    """Say whether something accepts connections on the port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def refuse_taken(port):
    """Raise CommandError when another program has the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used ({getattr(error, 'strerror', None) or error}). "
                f"Choose another: make demo PORT={min(port + 1, 65535)}"
            ) from error
