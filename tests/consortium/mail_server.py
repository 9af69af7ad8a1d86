"""Letters for tests, and a mail server on this machine that answers as it is told."""

import logging
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from consortium.models import OutgoingEmail

logging.getLogger("mail.log").setLevel(logging.ERROR)


def letter(to="kirjaamo@rautalampi.example", **fields):
    words = {"subject": "Liittymispaketti", "body": "Hyvä kirjaamo,\n", "language": "fi", "template": "x"}
    return OutgoingEmail.objects.create(to=to, **words | fields)


def again(row):
    row.refresh_from_db()
    return row


class Server:
    """A mail server on this machine that keeps what it takes and answers as it is told."""

    def __init__(self):
        self.taken, self.answers, self.sessions, self.senders = [], {}, set(), []
        self.after_data = []  # answers to whole letters, used up one by one

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.sessions.add(session.peer)
        self.senders.append(envelope.mail_from)
        answer = self.after_data.pop(0) if self.after_data else "250 OK"
        if answer == "drop":
            server.transport.close()
            return "421 gone"
        if answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer

    @property
    def ids(self):
        return [message["Message-ID"] for message in self.taken]


class AnyPort(Controller):
    """Listens where there is room."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
