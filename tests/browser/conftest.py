"""Browser tests share their fixtures with the long matrices among the drills."""

from tests.browser.fixtures import *  # noqa: F403
