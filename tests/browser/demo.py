"""The real demo under test: one ``serve_demo`` with its own folder, begun again when the day has to change."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWERS_WITHIN = 480  # seconds; the first start makes the database and lives the practice story
ENDS_WITHIN = 30  # seconds
OF_THE_PORTAL = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")


class Demo:
    """A running portal: web, worker and beat as people get them, on a day of our choosing."""

    def __init__(self, var):
        self.var, self.port = Path(var), free_port()
        self.address = f"http://localhost:{self.port}"
        self.log = self.var.with_name("demo.log")
        self.day = self.process = None
        self.starts = []  # seconds from the command to the first answer

    def on(self, day):
        """Let the portal believe that it is the day; nothing happens where it already does. Returns the demo."""
        if day != self.day or self.process is None or self.process.poll() is not None:
            self.stop()
            self.day = day
            self.start()
        return self

    def environment(self):
        """Return the environment of the demo and of commands beside it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        for name in OF_THE_PORTAL:
            kept.pop(name, None)
        return kept | {
            "PORTAL_VAR": str(self.var),
            "PORTAL_TODAY": self.day,
            "PORTAL_ADDRESS": self.address,
            "PYTHONUNBUFFERED": "1",
        }

    def start(self):
        """Start the demo and wait until it answers."""
        began = time.monotonic()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve_demo", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() - began > ANSWERS_WITHIN:
                self.stop()
                raise RuntimeError(f"The demo does not answer. It said:\n{self.said()}")
            time.sleep(0.1)
        self.starts.append(time.monotonic() - began)

    def answers(self):
        """Tell whether web and database answer."""
        try:
            with urllib.request.urlopen(f"{self.address}/health/", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def said(self):
        """Return the last lines of the demo's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    def stop(self):
        """Ask the demo to end, by its process id, and wait until it has."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None

    def ask(self, expression):
        """Return what a function of ``tests.browser.scene`` returns when it runs on the demo's own data."""
        code = f"import json; from tests.browser import scene; print('=' + json.dumps(scene.{expression}, default=str))"
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=ANSWERS_WITHIN,
            check=False,
        )
        answer = [line[1:] for line in done.stdout.splitlines() if line.startswith("=")]
        if done.returncode or not answer:
            raise RuntimeError(f"scene.{expression} failed:\n{done.stderr[-3000:]}")
        return json.loads(answer[-1])


def free_port():
    """Return a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
