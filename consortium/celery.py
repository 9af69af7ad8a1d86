"""The Celery app and the whole schedule. The clock only sends mail and sweeps: no rule of the field depends on it."""

import os

from celery import Celery
from celery.schedules import crontab
from kombu.transport.redis import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")

app = Celery("consortium")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A row stands behind every task, and the sweeper comes round: tasks are acknowledged when they begin, and nothing is
# given back to a broker that has gone; kombu 5.7 ends the worker when it tries.
app.conf.task_acks_late = False
Channel.do_restore = False
app.conf.beat_schedule = {
    # Letters and documents that a dead worker or broker left behind.
    "sweep": {"task": "consortium.tasks.sweep", "schedule": 30.0, "options": {"expires": 25}},
    # Sign-in log, form keys, sessions and read mail past their time.
    "forget": {"task": "consortium.tasks.forget", "schedule": crontab(hour=3, minute=20)},
}
