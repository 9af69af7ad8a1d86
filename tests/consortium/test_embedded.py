"""The portal's own servers: started together, counted by the kernel, stopped by the last to leave."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from consortium import embedded

ROOT = Path(__file__).resolve().parents[2]
USER = """
import os, sys
from consortium import embedded
found = embedded.start(sys.argv[1])
print(found.database_url, embedded.pids(sys.argv[1]), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def var(tmp_path):
    """A data folder of its own, whose servers end with the test."""
    folder = tmp_path / "var"
    yield folder
    embedded.remove(folder)


@pytest.fixture
def use(var):
    """Start a process that uses the servers until told to go on; all are ended after the test."""
    running = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", USER, str(var)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def leave(process):
    """Let a user of the servers end by itself."""
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def test_processes_starting_together_get_the_same_servers_and_the_last_one_stops_them(var, use):
    processes = [use() for _ in range(3)]
    lines = {process.stdout.readline() for process in processes}
    assert len(lines) == 1, lines
    assert embedded.pids(var).keys() == {"postgres", "valkey"}
    for process in processes[:2]:
        leave(process)
    assert embedded.pids(var).keys() == {"postgres", "valkey"}, "somebody still uses them"
    leave(processes[2])
    assert embedded.pids(var) == {}


@pytest.mark.drill
def test_a_killed_user_is_not_counted_any_more(var, use):
    killed, last = use(), use()
    killed.stdout.readline(), last.stdout.readline()
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    leave(last)
    assert embedded.pids(var) == {}


@pytest.mark.drill
def test_servers_left_by_a_killed_process_are_used_again_and_then_stopped(var, use):
    killed = use()
    before = killed.stdout.readline()
    killed.kill()
    killed.wait(10)
    later = use()
    assert later.stdout.readline() == before
    leave(later)
    assert embedded.pids(var) == {}


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_a_killed_server_comes_back_at_the_same_address(var, use, server):
    first, second = use(), use()
    address = first.stdout.readline().split()[0]
    second.stdout.readline()
    old = embedded.pids(var)
    os.kill(old[server], signal.SIGKILL)
    while embedded.pids(var).get(server) == old[server]:
        time.sleep(0.01)
    third = use()
    assert third.stdout.readline().split()[0] == address
    new = embedded.pids(var)
    assert new[server] != old[server]
    assert new.keys() == old.keys()


def test_the_working_role_owns_nothing_and_the_owner_is_no_superuser(var, use):
    use().stdout.readline()
    with psycopg.connect(embedded.postgres_url(var, embedded.PORTAL)) as connection:
        assert connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine (id int)")
    with psycopg.connect(embedded.postgres_url(var, embedded.OWNER)) as connection:
        assert connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (False,)


def test_letters_beyond_ascii_are_letters_whatever_the_callers_locale(var, monkeypatch, use):
    monkeypatch.setenv("LC_ALL", "C")
    use().stdout.readline()
    with psycopg.connect(embedded.postgres_url(var, embedded.OWNER)) as connection:
        assert connection.execute("SELECT lower('ÄÖÅ'), 'ÄITI' ILIKE 'äiti'").fetchone() == ("äöå", True)
        found = connection.execute("SELECT to_tsvector('finnish', 'ÄITI') @@ to_tsquery('finnish', 'äiti')")
        assert found.fetchone() == (True,)


def test_nobody_else_may_enter_the_folders_of_the_sockets(var, use):
    use().stdout.readline()
    for folder in (embedded._postgres_sockets(var), embedded._valkey_socket(var).parent):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_deep_folder_still_gets_sockets_the_system_accepts(tmp_path):
    var = tmp_path / ("deep" * 20) / "var"
    try:
        own = embedded.start(var, postgres=False)
        path = own.redis_url.removeprefix("unix://").partition("?")[0]
        assert len(path) <= embedded.SOCKET_PATH_LIMIT
        assert "valkey" in embedded.pids(var)
    finally:
        embedded.remove(var)
    assert not Path(path).parent.exists()


@pytest.mark.drill
def test_a_stale_note_of_a_process_number_that_a_stranger_has_now_does_not_stop_the_start(var, use):
    leave(use())
    data = embedded._home(var) / "postgres"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n\n\n1 1\nready\n")
    os.chown(data / "postmaster.pid", data.stat().st_uid, -1)
    again = use()
    again.stdout.readline()
    assert embedded.pids(var)["postgres"] != os.getpid()


def test_a_socket_address_in_both_spellings():
    url = "unix:///srv/portal/var/valkey/valkey.sock?db=3"
    celerys = "redis+socket:///srv/portal/var/valkey/valkey.sock?virtual_host=3"
    assert embedded.broker_url(url) == celerys
    assert embedded.cache_url(celerys) == url
    assert embedded.broker_url("unix:///a/b.sock") == "redis+socket:///a/b.sock?virtual_host=0"
    assert embedded.broker_url("redis://:pw@cache.example:6379/1") == "redis://:pw@cache.example:6379/1"


def test_the_secret_is_made_once_and_is_private(tmp_path):
    first = embedded.secret_key(tmp_path)
    assert embedded.secret_key(tmp_path) == first
    assert len(first) >= 50
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_valkey_listens_on_no_port(var, use):
    use().stdout.readline()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(embedded._valkey_socket(var)))
        connection.sendall(b"CONFIG GET port\r\n")
        assert connection.recv(1000).split() == [b"*2", b"$4", b"port", b"$1", b"0"]
