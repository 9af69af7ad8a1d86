"""The Celery app and the whole schedule. The clock only sends mail and sweeps: no rule of the field depends on it."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings
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
    # Reminders to the municipalities: what is due and has not gone. None on closed days or in July.
    "remind": {"task": "members.tasks.remind", "schedule": crontab(hour=7, minute=0)},
    # Reminders of commitment rounds: to the silent alone, once an occasion. None on closed days or in July.
    "remind_rounds": {"task": "procurement.tasks.remind_rounds", "schedule": crontab(hour=7, minute=10)},
    # Participants are told of contracts' ends before we decide on them. None on closed days or in July.
    "remind_exits": {"task": "procurement.tasks.remind_exits", "schedule": crontab(hour=7, minute=10)},
    # The service centre's letter of the day: what waits. None on closed days or in July.
    "digest": {"task": "consortium.tasks.send_digests", "schedule": crontab(hour=7, minute=30)},
    # Files of use that a dead broker or worker left unread.
    "read_left_behind": {
        "task": "procurement.tasks.read_left_behind",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    # Written procedures of the steering group whose time is over: pages tell it at once, the letters leave from here.
    "close_written": {"task": "steering.tasks.close_written", "schedule": crontab(minute="*/10")},
    # Sign-in log, form keys and sessions past their time.
    "forget": {"task": "consortium.tasks.forget", "schedule": crontab(hour=3, minute=20)},
}
if settings.BOUNCES:
    # Reports of letters that came back.
    app.conf.beat_schedule["bounces"] = {
        "task": "consortium.tasks.read_bounces",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 500},
    }
