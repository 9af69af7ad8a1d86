"""What several tests of the kernel use: a mail server on this machine."""

import pytest

from tests.consortium.mail_server import AnyPort, Server


@pytest.fixture
def server(settings):
    """Mail goes over SMTP to a server on this machine."""
    sink = Server()
    controller = AnyPort(sink, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield sink
    controller.stop()
