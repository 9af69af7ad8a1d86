"""The words of an accession: where it stands, on what it is final, why a step must wait."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessionState(models.TextChoices):
    """Where the last human act has left the matter."""

    PREPARED = "prepared", _("package not yet sent")
    SENT = "sent", _("package sent")
    IN_PREPARATION = "in_preparation", _("in the municipality's preparation")
    CONDITIONAL = "conditional", _("approved with a change, waits for Helsinki's view")
    APPROVED = "approved", _("approved by the municipality")
    FINAL = "final", _("legally final")
    CONFIRMED = "confirmed", _("confirmed by Helsinki")
    REJECTED = "rejected", _("not joining")
    STOPPED = "stopped", _("stopped")


class FinalityGround(models.TextChoices):
    """On what a person confirmed that no appeal was made."""

    CERTIFICATE = "certificate", _("certificate of finality")
    MAIL = "mail", _("e-mail")
    PHONE = "phone", _("telephone")


class Hindrance(models.TextChoices):
    """Why the next step must wait although the state allows it."""

    NO_PACKAGE = "no_package", _("The joining package is not ready in every language of the municipality.")
    NO_ADDRESS = "no_address", _("The municipality has no registry address.")
    NO_SWEDISH = "no_swedish", _("The agreement's Swedish text is missing.")
    NOT_SIGNED = "not_signed", _("The municipality has not yet signed.")
    PERIOD_RUNNING = "period_running", _("The appeal period is still running.")
    CLOSED = "closed", _("The deadline of the round has passed.")
    NO_DATE = "no_date", _("The date of publication or of finality is missing.")
