"""Drills kill servers and fill folders: they run in a data folder of their own, by ``make drill``."""

import shutil

import pytest
from django.conf import settings
from redis import Redis

from consortium import embedded
from tests.browser.fixtures import *  # noqa: F403 - one Chromium for all
from tests.drill.practice import Practice, Sink


def pytest_collection_modifyitems(items):
    """Mark everything here as a drill."""
    for item in items:
        if "drill" in item.path.parts:
            item.add_marker(pytest.mark.drill)


@pytest.fixture(scope="session", autouse=True)
def own_folder():
    """Refuse to run over the data of the copy that people use, or against servers that are not the drill's own."""
    if settings.VAR == settings.BASE_DIR / "var":
        pytest.exit("Drills kill their servers. Run them by: make drill", returncode=2)
    if embedded.addresses(settings.VAR).redis_url != settings.REDIS_URL:
        pytest.exit("Drills kill the broker. Unset REDIS_URL, so that they start their own.", returncode=2)
    yield
    embedded.start(settings.VAR)  # the last killed broker; the end of this process stops it


@pytest.fixture
def sink():
    """A mail server that counts."""
    with Sink() as running:
        yield running


@pytest.fixture
def practice(transactional_db, sink):
    """A copy whose processes the test starts and kills, with an empty folder of files and an empty broker."""
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    embedded.start(settings.VAR)
    Redis.from_url(embedded.cache_url(settings.REDIS_URL)).flushall()
    copy = Practice(sink.url)
    yield copy
    copy.end()
