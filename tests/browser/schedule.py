"""Plugin: with pytest-xdist all browser tests go to one worker, so that one demo and one Chromium serve them.

Tells by the path: the groups of ``--dist loadgroup`` do not reach xdist 3.8 under pytest 9.2.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

FOLDER = "tests/browser/"


class Together(LoadScopeScheduling):
    """Spreads single tests, but keeps the browser's together; the largest group is handed out first."""

    def _split_scope(self, nodeid):
        return FOLDER if nodeid.startswith(FOLDER) else nodeid


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Choose the scheduler of a run that is spread over workers."""
    return Together(config, log)
