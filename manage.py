#!/usr/bin/env python
"""Commands of the portal: ``python manage.py help``."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line


def find_unpacked_libraries():
    """Begin again with the system libraries that ``make setup`` unpacked for a user without root, if it did.

    The loader reads LD_LIBRARY_PATH only when a process begins.
    """
    found = os.environ.get("LD_LIBRARY_PATH", "")
    folders = [str(path) for path in Path(__file__).resolve().parent.glob("var/sys/usr/lib/*-linux-*")]
    if folders and folders[0] not in found.split(":"):
        os.environ["LD_LIBRARY_PATH"] = ":".join([*folders, *filter(None, [found])])
        os.execv(sys.executable, [sys.executable, *sys.argv])


if __name__ == "__main__":
    find_unpacked_libraries()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
    execute_from_command_line(sys.argv)
