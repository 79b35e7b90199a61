"""What functions, methods and attributes of the language and of libraries return."""

from __future__ import annotations

from .types import BOOL, BYTES, FLOAT, INT, NONE, STR, Type

OF_CLASS = frozenset(
    {
        *("datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "uuid.UUID"),
        *("decimal.Decimal", "fractions.Fraction", "pathlib.Path", "pathlib.PurePath", "io.StringIO"),
        *("io.BytesIO", "argparse.ArgumentParser", "argparse.Namespace", "logging.Logger"),
        *("types.SimpleNamespace", "threading.Event", "threading.Thread"),
        *("asyncio.Event", "asyncio.Lock", "asyncio.Semaphore", "email.message.EmailMessage"),
        *("concurrent.futures.ThreadPoolExecutor", "rest_framework.response.Response"),
        *("django.http.HttpResponse", "django.http.JsonResponse", "django.http.HttpResponseRedirect"),
        *("django.http.HttpResponseForbidden", "django.http.HttpResponseBadRequest"),
        *(
            "django.http.HttpResponseNotFound",
            "django.http.StreamingHttpResponse",
            "django.http.FileResponse",
        ),
        *("flask.Response", "flask.Flask", "flask.Blueprint", "celery.Celery"),
        *("fastapi.FastAPI", "fastapi.APIRouter", "fastapi.Response"),
        *("fastapi.responses.Response", "fastapi.responses.JSONResponse", "fastapi.responses.HTMLResponse"),
        *("fastapi.responses.RedirectResponse", "fastapi.responses.FileResponse"),
        *("fastapi.responses.StreamingResponse", "fastapi.responses.PlainTextResponse"),
        *("starlette.responses.Response", "starlette.responses.JSONResponse"),
        *("starlette.responses.HTMLResponse", "starlette.responses.RedirectResponse"),
        *("starlette.responses.PlainTextResponse", "starlette.responses.StreamingResponse"),
    }
)
"""Classes whose call gives an instance."""


def _table(*rows: tuple[Type | str, str]) -> dict[str, Type | str]:
    return {name: kind for kind, names in rows for name in names.split()}


FUNCTIONS = _table(
    (STR, "builtins.str builtins.repr builtins.ascii builtins.format builtins.chr builtins.hex builtins.oct"),
    (STR, "builtins.bin builtins.input json.dumps os.getcwd secrets.token_hex secrets.token_urlsafe"),
    (STR, "textwrap.dedent textwrap.indent textwrap.fill html.escape html.unescape socket.gethostname"),
    (STR, "urllib.parse.urlencode urllib.parse.quote urllib.parse.quote_plus urllib.parse.unquote"),
    (STR, "time.strftime time.ctime traceback.format_exc platform.python_version inspect.getsource"),
    (STR, "flask.render_template flask.render_template_string flask.url_for django.urls.reverse"),
    (STR, "django.utils.crypto.get_random_string django.utils.http.urlencode django.utils.text.slugify"),
    (INT, "builtins.int builtins.len builtins.id builtins.hash builtins.ord time.time_ns os.getpid"),
    (INT, "random.randint random.randrange calendar.timegm"),
    (
        FLOAT,
        "builtins.float time.time time.monotonic time.perf_counter random.random random.uniform math.sqrt",
    ),
    (FLOAT, "math.log math.exp math.sin math.cos math.radians math.degrees os.path.getmtime"),
    (BOOL, "builtins.bool builtins.isinstance builtins.issubclass builtins.callable builtins.hasattr"),
    (BOOL, "builtins.all builtins.any os.path.exists os.path.isfile os.path.isdir os.path.islink"),
    (BOOL, "os.path.isabs hmac.compare_digest inspect.isclass inspect.isfunction"),
    (
        BOOL,
        "inspect.iscoroutinefunction asyncio.iscoroutinefunction keyword.iskeyword math.isnan math.isclose",
    ),
    (BOOL, "secrets.compare_digest dataclasses.is_dataclass django.utils.crypto.constant_time_compare"),
    (BOOL, "django.contrib.auth.hashers.check_password"),
    (STR, "django.contrib.auth.hashers.make_password"),
    (BYTES, "builtins.bytes secrets.token_bytes os.urandom base64.b64encode base64.b64decode"),
    (BYTES, "base64.urlsafe_b64encode base64.urlsafe_b64decode zlib.compress zlib.decompress gzip.compress"),
    (BYTES, "gzip.decompress pickle.dumps struct.pack"),
    (NONE, "builtins.print builtins.setattr builtins.delattr"),
    ("datetime.datetime", "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today"),
    ("datetime.datetime", "datetime.datetime.fromtimestamp datetime.datetime.fromisoformat"),
    ("datetime.datetime", "datetime.datetime.strptime datetime.datetime.combine django.utils.timezone.now"),
    ("datetime.date", "datetime.date.today datetime.date.fromisoformat"),
    ("uuid.UUID", "uuid.uuid1 uuid.uuid3 uuid.uuid4 uuid.uuid5"),
    ("pathlib.Path", "pathlib.Path.cwd pathlib.Path.home"),
    ("logging.Logger", "logging.getLogger"),
    ("asyncio.AbstractEventLoop", "asyncio.get_running_loop asyncio.new_event_loop"),
    ("argparse.Namespace", "argparse.ArgumentParser().parse_args"),
    ("django.http.HttpResponse", "django.shortcuts.render"),
    (
        "django.utils.safestring.SafeString",
        "django.utils.html.format_html django.utils.html.format_html_join",
    ),
    ("flask.Response", "flask.jsonify"),
    (STR, "hashlib.sha256().hexdigest hashlib.sha1().hexdigest hashlib.md5().hexdigest"),
    (STR, "hashlib.sha512().hexdigest hashlib.blake2b().hexdigest hmac.new().hexdigest"),
    (BYTES, "hashlib.sha256().digest hashlib.sha1().digest hashlib.md5().digest hmac.new().digest"),
)
"""By path; a path stands for a class of a library."""

SAME = "."
"""The type of the receiver itself."""

METHODS: dict[str, dict[str, Type | str]] = {
    "str": _table(
        (
            STR,
            "capitalize casefold center expandtabs format format_map join ljust lower lstrip replace rjust",
        ),
        (STR, "rstrip strip swapcase title translate upper zfill removeprefix removesuffix"),
        (
            BOOL,
            "endswith startswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric",
        ),
        (BOOL, "isprintable isspace istitle isupper"),
        (INT, "count find index rfind rindex"),
        (BYTES, "encode"),
        (Type("list", (STR,)), "split rsplit splitlines"),
        (Type("tuple", (STR, STR, STR)), "partition rpartition"),
    ),
    "bytes": _table(
        (STR, "decode hex"),
        (BOOL, "startswith endswith isdigit"),
        (BYTES, "strip lstrip rstrip lower upper replace join"),
        (INT, "count find index"),
    ),
    "int": _table((INT, "bit_length bit_count"), (BYTES, "to_bytes")),
    "float": _table((BOOL, "is_integer"), (STR, "hex")),
    "datetime.datetime": _table(
        (STR, "isoformat strftime ctime"),
        (FLOAT, "timestamp"),
        (INT, "weekday isoweekday toordinal"),
        ("datetime.date", "date"),
        (SAME, "replace astimezone"),
    ),
    "datetime.date": _table((STR, "isoformat strftime ctime"), (INT, "weekday toordinal"), (SAME, "replace")),
    "datetime.timedelta": _table((FLOAT, "total_seconds")),
    "pathlib.Path": _table(
        (STR, "read_text as_posix as_uri"),
        (BYTES, "read_bytes"),
        (BOOL, "exists is_file is_dir is_symlink is_absolute is_relative_to"),
        (SAME, "resolve absolute with_suffix with_name with_stem joinpath relative_to expanduser"),
    ),
    "list": _table((INT, "count index"), (SAME, "copy")),
    "dict": _table((SAME, "copy")),
    "set": _table((BOOL, "issubset issuperset isdisjoint"), (SAME, "copy")),
}
"""By the code of a builtin or the path of a class of a library."""

ATTRIBUTES: dict[str, dict[str, Type | str]] = {
    "pathlib.Path": _table((STR, "name stem suffix"), (SAME, "parent")),
    "datetime.datetime": _table((INT, "year month day hour minute second microsecond")),
    "datetime.date": _table((INT, "year month day")),
    "datetime.timedelta": _table((INT, "days seconds microseconds")),
    "uuid.UUID": _table((STR, "hex urn"), (INT, "int")),
}
