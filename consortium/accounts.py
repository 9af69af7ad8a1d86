"""Signing in: a six-digit code by mail, typed in the browser that began. Nobody registers alone."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import get_language

from consortium import emails
from consortium.models import AccessLog
from consortium.models.audit import AccessKind
from consortium.models.mail import Priority

LETTERS = {"account/email/login_code": "consortium/emails/login_code"}


class Adapter(DefaultAccountAdapter):
    """allauth's mail goes through the portal's outbox, ahead of mailings, and its text is blanked once sent."""

    def is_open_for_signup(self, request):
        """Refuse: people are invited."""
        return False

    def send_mail(self, template_prefix, email, context):
        """Write the letter as a row. Letters that we do not word ourselves are allauth's own text."""
        template = LETTERS.get(template_prefix)
        if template:
            emails.queue(
                template, email, get_language(), priority=Priority.CODE, once=True, code=context["code"]
            )
            return
        message = self.render_mail(template_prefix, email, context)
        emails.queue(
            "consortium/emails/plain",
            email,
            get_language(),
            priority=Priority.CODE,
            once=True,
            subject=message.subject,
            body=message.body,
        )

    def authentication_failed(self, request, **credentials):
        """Keep the refusal in the access log."""
        AccessLog.objects.create(kind=AccessKind.REFUSED, what="password")
        super().authentication_failed(request, **credentials)
