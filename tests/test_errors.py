"""Bad requests: every one gets a page of ours and a 4xx, and nothing of the server shows."""

import logging
import re
import socket
import uuid
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from config import errors
from config.logs import SparseFormatter
from config.middleware import HealthMiddleware
from tests.factories import PASSWORD, UserFactory
from tests.roles import as_site

FORM = "application/x-www-form-urlencoded"
SIGN_IN = "/accounts/login/"
RESET = "/accounts/password/reset/"


@pytest.fixture
def visitor(db) -> Client:
    """As a browser sees the site: a broken page is an answer of 500 and not an exception in the test."""
    return Client(raise_request_exception=False)


def is_our_page(response) -> bool:
    text = response.content.decode()
    reference = response["X-Request-Id"]
    return uuid.UUID(reference) and f"Reference {reference}" in text and "css/tokens.css" in text


# Pages.


@pytest.mark.parametrize("page", ["400", "403", "404", "405", "413", "429", "500", "csrf"])
def test_an_error_page_needs_no_session_no_user_and_no_query(page, django_assert_num_queries, db):
    request = RequestFactory().get("/")
    request.request_id = "7f3k"
    with django_assert_num_queries(0):
        response = errors._page(request, page, 400)
    text = response.content.decode()
    assert "Reference 7f3k" in text
    assert re.search(r"<title>\w.+ OT Tracker</title>", text)
    assert "<h1>" in text


def test_an_error_page_that_cannot_be_made_is_still_an_answer(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert response.content.startswith(b"500. Reference")


def test_a_page_that_does_not_exist(visitor, sign_in, therapist):
    visitor.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = visitor.get("/no/such/page/")
    assert response.status_code == 404
    assert is_our_page(response)
    assert response["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_form_without_its_token(db):
    response = Client(enforce_csrf_checks=True).post(SIGN_IN, {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert is_our_page(response)
    assert "This form has expired" in response.content.decode()


def test_a_page_that_breaks_says_so_with_a_reference_and_logs_no_value(visitor, therapist, monkeypatch, caplog):
    secret = "".join(["OKON", "KWO"])  # not whole in a source line: the log quotes those

    def broken(*args, **kwargs):
        raise ValueError(f"invalid literal: {secret}")

    visitor.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    monkeypatch.setattr("accounts.services.change_preferences", broken)
    response = visitor.post("/account/", {"theme": "dark"})
    assert response.status_code == 500
    assert is_our_page(response)
    assert secret not in response.content.decode()
    logged = written(of_django(caplog))
    assert "Internal Server Error: …" in logged and '"route": "show_account"' in logged
    assert response["X-Request-Id"] in logged
    assert "builtins.ValueError" in logged and "accounts/views.py" in logged
    assert secret not in logged


def test_what_the_database_refuses_is_logged_by_the_rules_name(visitor, therapist, monkeypatch, caplog):
    def broken(*args, **kwargs):
        UserFactory(username=therapist.username.upper())

    visitor.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    monkeypatch.setattr("accounts.services.change_preferences", broken)
    assert visitor.post("/account/", {"theme": "dark"}).status_code == 500
    logged = written(of_django(caplog))
    assert "UniqueViolation user_username_unique" in logged
    assert "django.db.utils.IntegrityError" in logged
    assert "THERAPIST" not in logged


def test_403_says_nothing_of_the_patient(visitor, viewer, patient):
    visitor.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = visitor.get(f"/patients/{patient.pk}/status/")
    assert response.status_code == 403
    assert is_our_page(response)
    assert "OLUWASEUN" not in response.content.decode().upper()


def of_django(caplog) -> logging.LogRecord:
    """What Django said of the page that broke."""
    return next(record for record in reversed(caplog.records) if record.name == "django.request")


def written(record: logging.LogRecord) -> str:
    """The line as the site's own handler writes it."""
    (console,) = (handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, SparseFormatter))
    record.exc_text = None  # other handlers keep their own wording there
    console.filter(record)
    return console.format(record)


# Bad input.


CHARSETS = ("nonsense", "hex", "rot13", "undefined", "idna", "punycode", "utf-16", "utf-7", "a" * 500, "", "=;")
BOUNDARIES = ("; boundary=b", "", "; boundary=", "; boundary=" + "b" * 5000, "; boundary=\xff")
# fmt: off
MULTIPART = (
    b"", b"--b", b"--b\r\n", b"--b\r\n\r\n", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
    b'--b\r\nContent-Disposition: form-data; name="login"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--',
    b'--b\r\nContent-Disposition: form-data; name="a"; filename="\x00/../x"\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="login"; filename*=x\'\'%00\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\nx\r\n--b--\r\n',
)
ADDRESSES = (
    "/%00", "/?q=%00", "/?%00=1", "/accounts/login/?next=%00", "/%FF%FE/", "/%ED%A0%80/", "/patients/%00/",
    "/accounts/password/reset/key/1-%00/", "/static/%00", "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/x",
    "/" + "x" * 5000, "/accounts/login/?" + "&".join(f"a{n}=1" for n in range(2500)), "/?q=%FF", "/?q=" + "x" * 9000,
    "/patients/not-a-uuid/", "/healthz/x", "//evil.example/", "/accounts//login/", "/\\evil", "/\N{SNOWMAN}/",
)
COOKIES = (
    '"\\000aaaaaaaaaaaa"', "a" * 3000, "a" * 600, "\xff\xfe", "=;=;", "[]", '"', "../../x", "\x00", "x" * 100_000,
)
HEADERS = (
    "HTTP_HOST", "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_HX_REQUEST", "HTTP_HX_CURRENT_URL",
    "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_X_CSRFTOKEN", "HTTP_CONTENT_ENCODING",
)
# fmt: on


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=b", "text/plain", "application/json"])
def test_no_charset_breaks_it(visitor, kind):
    body = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\nx\xff\xfe\r\n--b--\r\n'
    for charset in CHARSETS:
        # As WSGI hands it over: the client would refuse to encode this.
        response = visitor.generic("POST", SIGN_IN, body, CONTENT_TYPE=f"{kind}; charset={charset}")
        assert response.status_code in {400, 422}, charset
        assert response.status_code == 422 or is_our_page(response)
        response = visitor.generic("GET", "/", b"", CONTENT_TYPE=f"{kind}; charset={charset}")
        assert response.status_code in {302, 400}, charset


def test_half_a_character_is_refused(visitor):
    """UTF-7 can say what no text may hold, and no page could show it again."""
    body = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\n+2AA-\r\n--b--\r\n'
    kind = "multipart/form-data; boundary=b; charset=utf-7"
    assert visitor.generic("POST", SIGN_IN, body, CONTENT_TYPE=kind).status_code == 400
    assert visitor.generic("GET", SIGN_IN + "?next=+2AA-", b"", CONTENT_TYPE=kind).status_code == 400


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_no_multipart_body_breaks_it(visitor, boundary):
    for body in MULTIPART:
        response = visitor.generic("POST", SIGN_IN, body, content_type=f"multipart/form-data{boundary}")
        assert response.status_code in {400, 422}, body


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_no_address_breaks_it(visitor, method):
    for path in ADDRESSES:
        assert getattr(visitor, method)(path).status_code < 500, path[:80]
        if "%00" in path:
            assert getattr(visitor, method)(path).status_code == 400, path


@pytest.mark.parametrize("path", [SIGN_IN, "/accounts/signup/", RESET])
def test_no_text_breaks_a_form(visitor, path):
    for value in ("\x00", "a\x00b", "x" * 2_400_000, "\ud800", "\u202e\u0000", "\N{SNOWMAN}" * 100_000):
        fields = ("login", "password", "username", "email", "display_name", "credentials", "password1", "next")
        names = fields if len(value) < 1000 else fields[:1] if path == SIGN_IN else fields[2:4]
        body = urlencode(dict.fromkeys(names, value), errors="surrogatepass")
        response = visitor.generic("POST", path, body, content_type=FORM)
        assert response.status_code in {400, 413, 422}, value[:10]
        assert response.status_code == 422 or is_our_page(response)


def test_a_body_that_is_too_large(visitor):
    response = visitor.generic("POST", SIGN_IN, b"a=" + b"x" * 3_000_000, content_type=FORM)
    assert response.status_code == 413
    assert is_our_page(response)


def test_too_many_fields(visitor):
    response = visitor.generic("POST", SIGN_IN, "&".join(f"a{n}=" for n in range(2001)), content_type=FORM)
    assert response.status_code == 400
    assert is_our_page(response)


def test_too_many_files(visitor):
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n'
    body = part * 200 + b"--b--\r\n"
    assert visitor.generic("POST", SIGN_IN, body, content_type="multipart/form-data; boundary=b").status_code == 400


@pytest.mark.parametrize("path", ["/", SIGN_IN, "/account/", "/awaiting-approval/", "/accounts/logout/"])
def test_a_wrong_method_gets_a_page(visitor, therapist, path):
    visitor.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "NONSENSE"):
        response = visitor.generic(method, path)
        assert response.status_code in {302, 405} if path == SIGN_IN else response.status_code == 405, method
        if response.status_code == 405:
            assert response["Allow"]
            assert is_our_page(response)


def test_no_content_length_breaks_it(visitor):
    for length in ("x", "-1", "99999999999999999999", "1e3", ""):
        response = visitor.generic("POST", SIGN_IN, b"login=x", content_type=FORM, CONTENT_LENGTH=length)
        assert response.status_code in {400, 413, 422}, length


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "django_language", "x"])
def test_no_cookie_breaks_it(visitor, name):
    for value in COOKIES:
        for path in ("/", SIGN_IN, "/account/"):
            response = visitor.get(path, HTTP_COOKIE=f"{name}={value}")
            assert response.status_code in {200, 302, 400}, value[:20]
        response = visitor.post(RESET, {"email": "x"}, HTTP_COOKIE=f"{name}={value}")
        assert response.status_code in {400, 403, 422}, value[:20]


def test_a_broken_cookie_does_not_lock_its_owner_out(visitor, therapist):
    therapist.set_password(PASSWORD)
    therapist.save()
    cookie = 'sessionid="\\000aaaaaaaaaaaa"'
    response = visitor.post(SIGN_IN, {"login": "therapist", "password": PASSWORD}, HTTP_COOKIE=cookie)
    assert response.status_code == 302


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_breaks_it(visitor, header):
    for value in ("\x00", "\xff\xfe", "x" * 7000, "http://[", "de-" * 400, "[::1", "%00", "", "a\tb", "en;q=x"):
        for path in ("/", SIGN_IN):
            assert visitor.get(path, **{header: value}).status_code < 500, (path, value[:20])
        response = visitor.post(RESET, {"email": "x"}, **{header: value})
        assert response.status_code < 500, value[:20]


def test_another_host_is_refused_with_a_page(visitor):
    response = visitor.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert is_our_page(response)


# The same through a socket, where no client tidies anything up.


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (b"GET /%00 HTTP/1.1", b"", {400}),
        (b"GET /\xff\xfe HTTP/1.1", b"", {302, 400, 404}),
        (b"GET /no/such/page HTTP/1.1", b"", {302, 404}),
        (b"GET /healthz HTTP/1.1", b"", {200}),
        (b"GET / HTTP/1.1\r\nCookie: sessionid=\"\\000aaaaaaaaaaa\"; csrftoken=\xff; \x01", b"", {302, 400}),
        (b"GET / HTTP/1.1\r\nAccept-Language: " + b"x" * 2000, b"", {302}),
        (b"NONSENSE /accounts/login/ HTTP/1.1", b"", {403, 405}),
        (b"POST /accounts/login/ HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded; charset=hex", b"a=b", {400}),
        (b"POST /accounts/login/ HTTP/1.1\r\nContent-Type: multipart/form-data", b"a=b", {400}),
        (b"POST /accounts/login/ HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b", b"--b\r\n\r\n", {400, 403}),
        (b"POST /accounts/login/ HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded", b"login=%00", {400}),
        (b"POST /accounts/login/ HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded", b"login=x", {403}),
    ],
)  # fmt: skip
def test_through_a_socket(live_server, head, body, expected):
    status, text = talk(live_server, head + b"\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert status in expected
    assert b"Traceback" not in text and b"DJANGO" not in text


@pytest.mark.django_db(transaction=True)
def test_a_body_that_ends_early(live_server):
    head = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    status, _ = talk(live_server, head + b"Content-Length: 1000\r\n\r\nlogin=x")
    assert status in {400, 403}


def talk(live_server, message: bytes) -> tuple[int, bytes]:
    host, _, port = live_server.thread.host, None, live_server.thread.port
    with socket.create_connection((host, port), timeout=20) as connected:
        connected.sendall(message)
        connected.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connected.recv(65536):
            answer += piece
    return int(answer.split(b" ", 2)[1]), answer


# Health.


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_answered_to_anybody_on_any_host(client, db, path):
    for response in (client.get(path), client.get(path, HTTP_HOST="10.0.0.7"), client.head(path)):
        assert (response.status_code, response.content.strip()) in {(200, b"ok"), (200, b"")}
        assert "sessionid" not in response.cookies
        assert response["X-Request-Id"]


def test_health_asks_the_database_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz")


def ready():
    with as_site():
        return HealthMiddleware(lambda request: None)(RequestFactory().get("/readyz"))


def test_not_ready_while_a_migration_is_missing(db):
    assert ready().status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' AND name = '0005_more_limits'")
    assert (ready().status_code, ready().content) == (503, b"migrations missing")


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_database_but_alive(client):
    connection.close()
    settings = connection.settings_dict
    host, settings["HOST"] = settings["HOST"], "/nonexistent"
    try:
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
    finally:
        settings["HOST"] = host
        connection.close()
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "nonsense"])
def test_an_encoding_that_no_browser_sends_is_refused_at_the_door(db, charset):
    from config.wsgi import application

    answers = []
    environ = RequestFactory().get("/accounts/login/?next=a-%26").environ
    environ["CONTENT_TYPE"] = f"text/plain; charset={charset}"
    application(environ, lambda status, headers: answers.append(status))
    assert answers == ["400 Bad Request"]
