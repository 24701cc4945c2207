"""A person at a browser, as far as the server can tell: one connection that stays open, cookies, forms."""

import http.client
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT = 30
IDLE = 3.0  # seconds; the server closes idle connections after five


class ActionFailed(RuntimeError):
    """The site did not answer as it should: what was measured would be something else."""


@dataclass(frozen=True)
class Request:
    """What a person asks for. A form answers with a redirect, a page with itself."""

    path: str
    form: dict[str, str] | None = None

    @property
    def expected(self) -> int:
        return http.HTTPStatus.OK if self.form is None else http.HTTPStatus.FOUND


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    used_at: float = 0
    bytes_read: int = 0

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)

    def send(self, request: Request) -> float:
        """Seconds from the request to the last byte of the answer. Raises ActionFailed for any other answer."""
        body, headers = self._encode(request)
        if time.monotonic() - self.used_at > IDLE:
            self.connection.close()
            self.connection.connect()
        started = time.perf_counter()
        self.connection.request("GET" if request.form is None else "POST", request.path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started
        self.used_at = time.monotonic()
        self.bytes_read = len(content)
        self._keep_cookies(response)
        place = response.headers.get("Location", "")
        if response.status != request.expected or "/accounts/login" in place:
            raise ActionFailed(f"{request.path}: {response.status} {place} instead of {request.expected}")
        return seconds

    def sign_in_form(self, username: str, password: str) -> Request:
        """Open the page for signing in; returns the filled-in form."""
        self.cookies.clear()
        self.send(Request("/accounts/login/"))
        return Request("/accounts/login/", {"login": username, "password": password})

    def _encode(self, request: Request) -> tuple[bytes | None, dict[str, str]]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if request.form is None:
            return None, headers
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return urlencode(request.form | {"csrfmiddlewaretoken": self.cookies["csrftoken"]}).encode(), headers

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
