"""``--honest``: a test that says what it is about must fail when that does nothing.

``@breaks("members.models.Accession.send")`` names a function, method, property or task. With ``--honest`` only
such tests run, once for each name, while its code does nothing and returns None. The code itself is exchanged,
so it is broken for everybody who holds it: routes, imports by name, subclasses. Preparing the test still works.
"""

import inspect
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module

import pytest
from django.utils.functional import cached_property


def pytest_addoption(parser):
    """Offer the honest run."""
    parser.addoption(
        "--honest", action="store_true", help="run tests that carry @breaks while that does nothing"
    )


def pytest_configure(config):
    """Make the marker known."""
    config.addinivalue_line("markers", "breaks(*names): the test must fail when one of these does nothing")


def _names(node):
    return [name for marker in node.iter_markers("breaks") for name in marker.args]


def pytest_generate_tests(metafunc):
    """Run a marked test once for each name."""
    if metafunc.config.getoption("honest"):
        names = sorted(set(_names(metafunc.definition)))
        if names:
            metafunc.parametrize("broken_name", names, indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out what says nothing about what it is about."""
    if config.getoption("honest"):
        unmarked = [item for item in items if not _names(item)]
        config.hook.pytest_deselected(items=unmarked)
        items[:] = [item for item in items if _names(item)]


@pytest.fixture(autouse=True)
def broken_name(request):
    """The name that does nothing during this test; an unknown one is an error before the test."""
    name = getattr(request, "param", None)
    if name:
        _function(name)
    return name


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run the test itself while its subject does nothing."""
    name = pyfuncitem.funcargs.get("broken_name") if pyfuncitem.config.getoption("honest") else None
    if not name:
        return (yield)
    with idle(name):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn the outcome round: green without its subject is the failure."""
    report = yield
    name = item.funcargs.get("broken_name") if hasattr(item, "funcargs") else None
    if call.when == "call" and name and not report.skipped:
        if report.passed:
            report.outcome, report.longrepr = "failed", f"still green without {name}"
        else:
            report.outcome, report.longrepr, report.sections = "passed", None, []
    return report


def _nothing(*args, **kwargs):
    return None


@contextmanager
def idle(name):
    """Let the named code do nothing for a while."""
    function, caches = _function(name)
    before = function.__code__
    _clear(caches)
    function.__code__ = _nothing.__code__.replace(co_freevars=before.co_freevars, co_name=before.co_name)
    try:
        yield
    finally:
        function.__code__ = before
        _clear(caches)


def _clear(caches):
    for cache in caches:
        cache.cache_clear()


def _function(name):
    """Return the plain function behind a dotted name, and the caches before it. LookupError or TypeError if none."""
    found, caches = _found(name), []
    while not inspect.isfunction(found):
        if isinstance(found, type(lru_cache(_nothing))):
            caches.append(found)
        inner = next(
            (
                getattr(found, part)
                for part in _KINDS.get(type(found), ("__wrapped__", "__func__", "run", "fn"))
                if hasattr(found, part)
            ),
            None,
        )
        if inner is None:
            raise TypeError(f"{name} is no function, method, property or task")
        found = inner
    return found, caches


_KINDS = {property: ("fget",), cached_property: ("func",), type: ()}


def _found(name):
    """Return what a dotted name means, through modules and then classes, as the class keeps it."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:length])
        try:
            owner = import_module(module)
        except ModuleNotFoundError as error:
            if not f"{module}.".startswith(f"{error.name}."):
                raise
            continue
        for part in parts[length:-1]:
            owner = getattr(owner, part)
        try:
            return inspect.getattr_static(owner, parts[-1])
        except AttributeError:
            raise LookupError(f"There is no {name}") from None
    raise LookupError(f"There is no {name}")
