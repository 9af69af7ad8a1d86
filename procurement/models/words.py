"""The words of a joint procurement: its states, kinds, stages and answers, as they are stored and said."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement import law, thresholds, timetable


class ProcurementState(models.TextChoices):
    """Where the last human act has left a procurement."""

    PREPARED = "prepared", _("in preparation")
    ROUND = "round", _("commitment round")
    TENDERING = "tendering", _("tendering")
    AWARDED = "awarded", _("awarded")
    CONTRACTED = "contracted", _("contract made")
    ENDED = "ended", _("ended")
    VOID = "void", _("ended without result")


class Kind(models.TextChoices):
    """What is bought, as far as the thresholds of the Act differ."""

    GOODS_SERVICES = thresholds.Kind.GOODS_SERVICES.value, _("goods and services")
    ANNEX_E = thresholds.Kind.ANNEX_E.value, _("special services of annex E")


class Setting(models.TextChoices):
    """What a procurement leads to, or stands inside."""

    CONTRACT = law.Setting.CONTRACT.value, _("a contract")
    FRAMEWORK = law.Setting.FRAMEWORK.value, _("a framework agreement")
    DPS = law.Setting.DPS.value, _("a dynamic purchasing system")
    INSIDE_FRAMEWORK = law.Setting.INSIDE_FRAMEWORK.value, _("inside a framework agreement")
    INSIDE_DPS = law.Setting.INSIDE_DPS.value, _("inside a dynamic purchasing system")


class Procedure(models.TextChoices):
    """How tenders are asked for."""

    OPEN = law.Procedure.OPEN.value, _("open procedure")
    RESTRICTED = law.Procedure.RESTRICTED.value, _("restricted procedure")
    NEGOTIATED = law.Procedure.NEGOTIATED.value, _("negotiated procedure")
    DIRECT = law.Procedure.DIRECT.value, _("direct procurement")


class Readers(models.TextChoices):
    """Who may read something of a procurement, from the fewest to all."""

    STAFF = "staff", _("the service centre")
    PARTICIPANTS = "participants", _("the participating municipalities")
    MEMBERS = "members", _("the members")
    PUBLIC = "public", _("everyone")


class StageKind(models.TextChoices):
    """The stages of a procurement in their usual order: those of the law's timetable among our own."""

    IDEA = "idea", _("idea")
    NEEDS = "needs", _("needs survey ends")
    GROUPS = "groups", _("groups begin")
    ROUND_OPENS = "round_opens", _("commitment round opens")
    ROUND_CLOSES = "round_closes", _("commitment round closes")
    NOTICE = timetable.Stage.NOTICE.value, _("notice sent to Hilma")
    REQUESTS = timetable.Stage.REQUESTS.value, _("last day for requests to participate")
    INVITATION = timetable.Stage.INVITATION.value, _("invitation to tender")
    TENDERS = timetable.Stage.TENDERS.value, _("last day for tenders")
    DECISION = timetable.Stage.DECISION.value, _("award decision")
    SENT = timetable.Stage.SENT.value, _("decision sent to the tenderers")
    KNOWN = timetable.Stage.KNOWN.value, _("tenderers deemed to know it")
    STANDSTILL = timetable.Stage.STANDSTILL.value, _("last day of the standstill")
    RECTIFICATION = timetable.Stage.RECTIFICATION.value, _("last day to ask for rectification")
    MARKET_COURT = timetable.Stage.MARKET_COURT.value, _("last day to appeal to the Market Court")
    OWN_RECTIFICATION = (
        timetable.Stage.OWN_RECTIFICATION.value,
        _("last day for the contracting entity to correct its decision"),
    )
    CONTRACT = timetable.Stage.CONTRACT.value, _("contract")
    AWARD_NOTICE = timetable.Stage.AWARD_NOTICE.value, _("award notice sent to Hilma")
    TAKING_USE = "taking_use", _("taking into use")
    RENEWAL = "renewal", _("decision on renewal")
    EXIT = "exit", _("end of the contract")


class Silence(models.TextChoices):
    """What it means when a municipality does not answer a round; it never makes a new commitment."""

    NOT_IN = "not_in", _("not taking part")
    RUNS_ON = "runs_on", _("the present contract runs on")


class CostRule(models.TextChoices):
    """How a municipality's own yearly cost is estimated before there are tenders."""

    UNKNOWN = "unknown", _("not known yet")
    PER_RESIDENT = "per_resident", _("a sum for each resident")
    FLAT = "flat", _("the same sum for all")


class AnswerKind(models.TextChoices):
    """What a municipality has said in a round."""

    COMMITTED = "committed", _("committed")
    INTERESTED = "interested", _("interested")
    DECLINED = "declined", _("not this time")
    PREPARING = "preparing", _("in our preparation")
    WITHDRAWN = "withdrawn", _("withdrawn")


class RulingKind(models.TextChoices):
    """What the service centre has decided on an answer."""

    LATE_ACCEPTED = "late_accepted", _("late answer accepted")
    LATE_REFUSED = "late_refused", _("late answer not accepted")
    CONDITION_ACCEPTED = "condition_accepted", _("reservation accepted")
    CONDITION_REFUSED = "condition_refused", _("reservation not accepted")
