"""The kit's store, served to a browser by Django's live server in this process."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.test.testcases import LiveServerThread

from powercrud_core.testing.scenes import SETTINGS, fill_store

__all__ = ["POLICY", "Doorkeeper", "live_store"]

POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'"
LIVE: Mapping[str, Any] = {
    "ALLOWED_HOSTS": ["localhost"],
    "DEBUG": False,
    "LANGUAGES": [("en", "English"), ("ar", "العربية")],
    "MIDDLEWARE": [
        f"{__name__}.Doorkeeper",
        "django.middleware.locale.LocaleMiddleware",
        *SETTINGS["MIDDLEWARE"],
    ],
    "STATIC_URL": "/static/",
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    "USE_I18N": True,
}


class Doorkeeper:
    """Sends a strict Content-Security-Policy and lets one request in at a time.

    All threads share one connection, and with it a transaction that is undone at the end.
    """

    lock: ClassVar[threading.Lock] = threading.Lock()
    open: ClassVar[bool] = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with self.lock:
            # A browser that leaves may leave a request behind: it must not see the real tables.
            response = self.get_response(request) if self.open else HttpResponse(status=503)
        response["Content-Security-Policy"] = POLICY
        return response


class SharingServer(ThreadedWSGIServer):
    """A server whose threads use the connection of the thread that started it, and keep it."""

    def _close_connections(self) -> None:
        pass

    def serve_forever(self, poll_interval: float = 0.02) -> None:
        """Serve until the end; a walk need not wait half a second for it."""
        super().serve_forever(poll_interval)


class ServerThread(LiveServerThread):
    """Serves on a port of its own."""

    server_class = SharingServer

    def __init__(self) -> None:
        # The connection is given to the server alone: this thread would close it at its end.
        super().__init__("localhost", StaticFilesHandler)
        self.shared = {DEFAULT_DB_ALIAS: connections[DEFAULT_DB_ALIAS]}

    def _create_server(self, connections_override: Any = None) -> Any:
        return super()._create_server(connections_override=self.shared)  # type: ignore[misc]


@contextmanager
def connections_kept() -> Iterator[None]:
    """Let no request close the connection that all share."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@contextmanager
def live_store() -> Iterator[str]:
    """Serve a filled store and give its address; nothing stays in the database."""
    with override_settings(**{**SETTINGS, **LIVE}), transaction.atomic(), connections_kept():
        fill_store()
        server, connection = ServerThread(), connections[DEFAULT_DB_ALIAS]
        server.daemon = True
        connection.inc_thread_sharing()
        Doorkeeper.open = True
        server.start()
        server.is_ready.wait()
        try:
            if server.error:
                raise server.error
            yield f"http://{server.host}:{server.port}"
        finally:
            with Doorkeeper.lock:
                Doorkeeper.open = False
            server.terminate()
            connection.dec_thread_sharing()
            transaction.set_rollback(True)
