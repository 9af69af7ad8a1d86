"""The Celery app and the whole schedule. The clock only sends mail and sweeps: no rule of the field depends on it."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")

app = Celery("consortium")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Letters and documents that a dead worker or broker left behind.
    "sweep": {"task": "consortium.tasks.sweep", "schedule": 30.0, "options": {"expires": 25}},
    # Sign-in log, form keys, sessions and read mail past their time.
    "forget": {"task": "consortium.tasks.forget", "schedule": crontab(hour=3, minute=20)},
}
