"""The tests' ground: a database worked in as the portal's own role, a broker that waits, files and mail kept apart."""

import gc
import hashlib
import os
import re
from contextlib import suppress
from functools import cache as cache_of_calls
from itertools import count

import psutil
import psycopg
import pytest
from django.conf import settings as portal
from django.core.cache import cache
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import Client, TransactionTestCase, override_settings
from django.urls import resolvers
from django.utils import translation
from psycopg import sql

from consortium import celery
from consortium.management.commands.migrate import grant
from tests.factories import MunicipalityFactory, UserFactory

pytest_plugins = ["tests.at_once", "tests.honest", "tests.browser.schedule"]

OWNER = "owner"
REAL_PROCESSES = {"browser", "drill"}  # folders whose tests run the portal itself, with its own broker
KEPT_TABLES = ["django_migrations", "django_content_type", "auth_permission"]  # written by migrate
FOLDERS = count()
PATTERN_LOCK = 20261123  # any number that nothing else locks


def pytest_collection_finish():
    """Take what is loaded by now for lasting: the collector need not look through it at each turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


# --- The database ---------------------------------------------------------------------------------------------


def _as_owner(database=None):
    """Connect as the role that owns: to the test database, or to another by its name."""
    parameters = connections[OWNER].get_connection_params() | ({"dbname": database} if database else {})
    wanted = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{k: parameters[k] for k in wanted if k in parameters}, autocommit=True)


def _drop(server, name):
    """Drop a database; one that is still held (a thread of a test, say) is left to the next run."""
    with suppress(psycopg.errors.ObjectInUse):  # the server itself waits five seconds for those that leave
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _drop_orphans(server):
    """Drop the databases of test runs that were killed."""
    for (name,) in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall():
        run = re.fullmatch(r"test_\w+_(\d+)", name)
        if run and not psutil.pid_exists(int(run[1])):
            _drop(server, name)


def _named(name):
    """Let both roles work in a database."""
    for alias in (DEFAULT_DB_ALIAS, OWNER):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _pattern(server):
    """Return the name of an empty database with all migrations done; made when the migrations are new."""
    files = sorted(portal.BASE_DIR.glob("*/migrations/*.py"))
    name = "pattern_" + hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    known = "SELECT datname FROM pg_database WHERE datname LIKE 'pattern\\_%'"
    names = [found for (found,) in server.execute(known).fetchall()]
    if name not in names:
        for older in names:
            _drop(server, older)
        unfinished = f"test_pattern_{os.getpid()}"
        _drop(server, unfinished)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        _named(unfinished)
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(renamed.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Make a database from the pattern, work in it as the portal's role, drop it."""
    home = portal.DATABASES[OWNER]["NAME"]
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with django_db_blocker.unblock():
        with _as_owner() as server:
            _drop_orphans(server)
            server.execute(
                "SELECT pg_advisory_lock(%s)", [PATTERN_LOCK]
            )  # one worker makes it, the others wait
            pattern = _pattern(server)
            copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            server.execute(copied.format(sql.Identifier(name), sql.Identifier(pattern)))
        _named(name)
        role = portal.DATABASES[DEFAULT_DB_ALIAS]
        grant(
            connections[OWNER], role["USER"], role["PASSWORD"]
        )  # those on the database itself are not copied
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        with _as_owner(home) as server:
            _drop(server, name)


def _flush_as_owner(self):
    """Empty the tables after a test that commits: the portal's role may not.

    A hundred empty tables take TRUNCATE half a second; deleting what is there takes a hundredth. Foreign keys are
    looked at when the transaction ends; the guards that let nothing be deleted rest meanwhile.
    """
    with _as_owner() as server:
        server.execute("SET lock_timeout = '20s'")  # a thread of the test that has not ended its transaction
        rows = server.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchall()
        names = [name for (name,) in rows if name not in KEPT_TABLES]
        one_row = sql.SQL("(SELECT {} FROM {} LIMIT 1)")
        asked = sql.SQL(" UNION ALL ").join(one_row.format(name, sql.Identifier(name)) for name in names)
        filled = [sql.Identifier(name) for (name,) in server.execute(asked).fetchall()]
        _each(server, "ALTER TABLE {} DISABLE TRIGGER USER", filled)
        with server.transaction():
            _each(server, "DELETE FROM {}", filled)
        _each(server, "ALTER TABLE {} ENABLE TRIGGER USER", filled)


def _each(server, statement, tables):
    for table in tables:
        server.execute(sql.SQL(statement).format(table))


TransactionTestCase._fixture_teardown = _flush_as_owner


@pytest.fixture
def owner():
    """A connection of the role that owns the tables; whatever it does is undone."""
    with _as_owner() as server:
        server.autocommit = False
        yield server
        server.rollback()


# --- The worker ------------------------------------------------------------------------------------------------


def commit():
    """Do what waits for the commit that a test's own transaction never makes."""
    while connection.run_on_commit:
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for _savepoints, act, _robust in waiting:
            act()


class Worker:
    """Stands where broker and worker stand: keeps the tasks that were handed over, carries them out when told."""

    def __init__(self):
        self.tasks = []  # (name, arguments)

    def send_task(self, name, args=(), kwargs=None, **options):
        """Take a task as the broker would."""
        self.tasks.append((name, tuple(args)))

    def run(self):
        """Carry out all that was handed over, and what comes of it. Returns how many tasks."""
        commit()
        done = 0
        while self.tasks:
            name, args = self.tasks.pop(0)
            celery.app.tasks[name](*args)
            commit()
            done += 1
        return done


class Browser(Client):
    """A browser whose every request commits, also in a test that lives in one transaction.

    All speak with one portal, whose layers are built once, as a server does.
    """

    portals = {}  # by whether a form without its token is refused

    def __init__(self, enforce_csrf_checks=False, **options):
        super().__init__(enforce_csrf_checks, **options)
        self.handler = self.portals.setdefault(enforce_csrf_checks, self.handler)

    def request(self, **request):
        """Answer, then do what waited for the commit."""
        try:
            return super().request(**request)
        finally:
            if connection.in_atomic_block:
                commit()


@pytest.fixture(scope="session")
def known_tasks():
    """Let Celery find the tasks; once, since it checks the whole project each time."""
    celery.app.loader.import_default_modules()


@pytest.fixture(autouse=True)
def worker(request, monkeypatch, known_tasks):
    """The tasks handed over so far, and ``run()``; tests of real processes keep the real broker."""
    stand_in = Worker()
    if not REAL_PROCESSES & set(request.node.path.parts):
        monkeypatch.setattr(celery.app, "send_task", stand_in.send_task)
    return stand_in


@pytest.fixture
def run_worker(worker):
    """Carry out the tasks handed over, as the worker would; returns how many."""
    return worker.run


# --- Files, mail, time ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def var(tmp_path_factory):
    """Where this test run keeps what it writes."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def apart(request, var):
    """Give each test its own files, mailbox and cache, the real day and the portal's first language."""
    if REAL_PROCESSES & set(request.node.path.parts):
        yield
        return
    own = var / str(next(FOLDERS))
    memory = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}}
    with override_settings(
        MEDIA_ROOT=own / "files",
        MAILBOX=own / "mailbox",
        EMAIL_BACKEND="consortium.mailbox.EmailBackend",
        CACHES=memory,
        MOVED_TODAY="",
    ):
        cache.clear()
        translation.deactivate()  # what an earlier test's last page spoke
        yield


@pytest.fixture
def today_is(settings):
    """Move the portal's clock: ``today_is("2026-11-24")``."""

    def move(day):
        settings.MOVED_TODAY = str(day)

    return move


@cache_of_calls
def _addresses(urlconf, unprefixed):
    """The addresses as they are while one language goes without a prefix: reckoned once for each."""
    return resolvers.URLResolver(resolvers.RegexPattern(r"^/"), urlconf)


def _addresses_now(urlconf):
    return _addresses(urlconf, portal.LANGUAGE_CODE)


_addresses_now.cache_clear = _addresses.cache_clear
resolvers._get_cached_resolver = _addresses_now


# --- People and places -------------------------------------------------------------------------------------------


@pytest.fixture
def client():
    """A browser in which nobody has signed in."""
    return Browser()


@pytest.fixture
def client_of(db):
    """Return the browser of a person who has signed in: ``client_of(user)``."""

    def sign_in(user):
        browser = Browser()
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def staff(db):
    """A person of the service centre."""
    return UserFactory(email="palvelukeskus@konsortio.example", name="Palvelukeskus", is_staff=True)


@pytest.fixture
def rautalampi(db):
    """A small Finnish-speaking municipality: 2,964 residents."""
    return MunicipalityFactory(code="686", name_fi="Rautalampi", genitive_fi="Rautalammin", population=2964)


@pytest.fixture
def register(db):
    """The whole register: 308 municipalities with their populations."""
    call_command("load_municipalities", verbosity=0)
