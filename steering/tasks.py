"""What the clock starts in the steering group's work. Every task may run twice, late or never."""

import logging

from celery import shared_task
from django.core.exceptions import ValidationError

from steering.models import WrittenMatter

log = logging.getLogger(__name__)


@shared_task
def close_written():
    """Write down how the written procedures ended whose time is over, and tell the members; pages knew it before.

    One that somebody closes meanwhile is left alone, and one that cannot be closed does not keep the others waiting.
    """
    for matter in WrittenMatter.objects.due():
        try:
            matter.settle()
        except ValidationError:
            log.info("written procedure %s: closed by another", matter.pk)
        except Exception:
            log.exception("written procedure %s could not be closed", matter.pk)
