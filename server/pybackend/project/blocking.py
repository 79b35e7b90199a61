"""What blocks, by path. `LOOKUP` holds exact paths, `DEEP` a client and the name of a method below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Blocking(NamedTuple):
    """Why a call blocks. `replacement` is what the message offers, `{name}` in it the method's own name.

    `is_threadable` says whether the call as it stands can move to a thread: not if what it returns is lazy or
    bound to its thread."""

    case: str
    replacement: str
    is_threadable: bool = False


class Group(NamedTuple):
    """Names called on roots; a root that ends in `()` is an instance, `.*` any depth of attributes below."""

    blocking: Blocking
    roots: str
    names: str


LATER = "later"
"""The case of what usually follows a call that is reported already, and is then left out."""
THREAD = "asyncio.to_thread"
_HTTP = Blocking("http", "httpx.AsyncClient", True)
_PROCESS = Blocking("process", "asyncio.create_subprocess_exec", True)
_FILE = Blocking("file", THREAD)
_FILE_CALL = Blocking("file", THREAD, True)
_ENTRY = Blocking("entry", THREAD, True)
_SOCKET = Blocking("socket", THREAD)
_STORE = Blocking("store", THREAD, True)
_HASH = Blocking("cpu", THREAD, True)
_CPU = Blocking("cpu", THREAD)
_WAIT = Blocking("wait", THREAD)
_SESSION = Blocking("database", "sqlalchemy.ext.asyncio.AsyncSession")
_ENGINE = Blocking("database", "sqlalchemy.ext.asyncio.create_async_engine")

_VERBS = "get post put patch delete head options request"
_MODEL_METHODS = "create parse generate retrieve list delete edit update cancel content stream"
_STRIPE_METHODS = "create retrieve modify update delete list search cancel capture confirm pay"
_SEARCH_METHODS = (
    "search index get delete update bulk count msearch exists ping info create mget scroll "
    "delete_by_query update_by_query reindex"
)
_MONGO_METHODS = (
    "find_one insert_one insert_many update_one update_many replace_one delete_one delete_many aggregate "
    "count_documents estimated_document_count distinct find_one_and_update find_one_and_replace "
    "find_one_and_delete create_index create_indexes drop bulk_write command list_collection_names "
    "list_database_names server_info drop_database"
)
_REDIS_METHODS = (
    "get set setex setnx getset getdel getex mget mset incr incrby incrbyfloat decr decrby append delete "
    "unlink exists expire expireat pexpire ttl pttl persist keys scan type rename flushdb flushall ping info "
    "publish hget hset hmget hmset hgetall hdel hexists hincrby hkeys hvals hlen hscan lpush rpush lpop rpop "
    "blpop brpop llen lrange lindex lrem ltrim sadd srem smembers sismember scard spop sunion sinter zadd "
    "zrem zrange zrangebyscore zrevrange zscore zcard zcount zincrby zrank xadd xread xreadgroup xack xlen "
    "eval evalsha script_load execute_command dbsize"
)
_TERMINALS = "all first one one_or_none scalar scalars count get update delete"

GROUPS = (
    Group(Blocking("sleep", "asyncio.sleep", True), "time", "sleep"),
    Group(_HTTP, "requests", _VERBS),
    Group(_HTTP, "requests.Session()", f"{_VERBS} send"),
    Group(_HTTP, "httpx httpx2", _VERBS),
    Group(_HTTP, "httpx.Client() httpx2.Client()", f"{_VERBS} send"),
    Group(_HTTP._replace(is_threadable=False), "httpx httpx2 httpx.Client() httpx2.Client()", "stream"),
    Group(_HTTP, "urllib.request", "urlretrieve"),
    Group(_HTTP._replace(is_threadable=False), "urllib.request", "urlopen"),
    Group(_HTTP._replace(is_threadable=False), "urllib.request.build_opener()", "open"),
    Group(_HTTP, "urllib3 urllib3.PoolManager() urllib3.HTTPConnectionPool()", "request urlopen"),
    Group(_HTTP._replace(is_threadable=False), "http.client.HTTPConnection()", "request getresponse connect"),
    Group(_PROCESS, "subprocess", "run call check_call check_output getoutput getstatusoutput"),
    Group(_PROCESS, "subprocess.Popen()", "wait communicate"),
    Group(Blocking("spawn", "asyncio.create_subprocess_exec"), "subprocess", "Popen"),
    Group(Blocking("process", "asyncio.create_subprocess_shell", True), "os", "system"),
    Group(Blocking("process", "asyncio.create_subprocess_shell"), "os", "popen"),
    Group(_PROCESS, "os", "waitpid wait wait3 wait4 spawnl spawnle spawnlp spawnv spawnve spawnvp spawnvpe"),
    Group(_FILE, "builtins io codecs gzip bz2 lzma tarfile pathlib.Path()", "open"),
    Group(_FILE, "zipfile", "ZipFile"),
    Group(_FILE, "tarfile.TarFile", "open"),
    Group(_FILE_CALL, "pathlib.Path()", "read_text read_bytes write_text write_bytes"),
    Group(_FILE_CALL, "shutil", "copy copy2 copyfile copytree copymode copystat move rmtree make_archive"),
    Group(_FILE_CALL, "shutil", "unpack_archive"),
    Group(_FILE, "os", "walk"),
    Group(_FILE, "pathlib.Path()", "rglob walk"),
    Group(_ENTRY, "os", "listdir remove unlink rename replace makedirs mkdir rmdir removedirs stat lstat"),
    Group(_ENTRY, "os.path", "exists isfile isdir getsize getmtime"),
    Group(_ENTRY, "pathlib.Path()", "exists stat is_file is_dir mkdir unlink rename replace rmdir touch"),
    Group(_ENTRY._replace(is_threadable=False), "os", "scandir"),
    Group(_ENTRY._replace(is_threadable=False), "pathlib.Path()", "iterdir glob"),
    Group(
        _ENTRY._replace(is_threadable=False),
        "tempfile",
        "NamedTemporaryFile TemporaryDirectory TemporaryFile",
    ),
    Group(_ENTRY, "tempfile", "mkdtemp mkstemp"),
    Group(Blocking("socket", "asyncio.open_connection"), "socket", "create_connection"),
    Group(
        Blocking("socket", "loop.getaddrinfo", True), "socket", "getaddrinfo gethostbyname gethostbyname_ex"
    ),
    Group(Blocking("socket", "loop.getnameinfo", True), "socket", "gethostbyaddr getnameinfo getfqdn"),
    Group(Blocking("socket", "loop.sock_recv"), "socket.socket()", "recv recvfrom recv_into"),
    Group(Blocking("socket", "loop.sock_connect"), "socket.socket()", "connect"),
    Group(Blocking("socket", "loop.sock_sendall"), "socket.socket()", "sendall"),
    Group(Blocking("socket", "loop.sock_accept"), "socket.socket()", "accept"),
    Group(_SOCKET, "smtplib", "SMTP SMTP_SSL"),
    Group(_SOCKET, "smtplib.SMTP() smtplib.SMTP_SSL()", "connect sendmail send_message"),
    Group(_SOCKET, "ftplib", "FTP FTP_TLS"),
    Group(_SOCKET, "ftplib.FTP()", "connect login retrbinary retrlines storbinary storlines nlst"),
    Group(_SOCKET, "imaplib", "IMAP4 IMAP4_SSL"),
    Group(_SOCKET, "imaplib.IMAP4() imaplib.IMAP4_SSL()", "login select search fetch"),
    Group(_SOCKET, "poplib", "POP3 POP3_SSL"),
    Group(_SOCKET, "paramiko.SSHClient()", "connect exec_command open_sftp"),
    Group(_SOCKET, "paramiko.SSHClient().open_sftp()", "get put listdir open remove stat"),
    Group(Blocking("database", "psycopg.AsyncConnection"), "psycopg psycopg2", "connect"),
    Group(Blocking("database", "aiosqlite"), "sqlite3", "connect"),
    Group(Blocking("database", "aiomysql"), "pymysql MySQLdb mysql.connector", "connect"),
    Group(Blocking("database", "oracledb.connect_async"), "oracledb cx_Oracle", "connect"),
    Group(Blocking("database", "aioodbc"), "pyodbc", "connect"),
    Group(_ENGINE, "sqlalchemy.create_engine()", "connect begin raw_connection"),
    Group(_ENGINE, "sqlalchemy.Connection()", "execute scalar scalars exec_driver_sql commit rollback"),
    Group(
        _SESSION, "sqlalchemy.orm.Session()", "execute scalar scalars exec get get_one commit flush refresh"
    ),
    Group(_SESSION, "sqlalchemy.orm.Session()", "rollback merge bulk_save_objects bulk_insert_mappings"),
    Group(_SESSION, "sqlalchemy.orm.Session().query().*", _TERMINALS),
    Group(Blocking("store", "redis.asyncio.Redis", True), "redis.Redis()", _REDIS_METHODS),
    Group(Blocking("store", "redis.asyncio.Redis"), "redis.Redis().pipeline()", "execute"),
    Group(Blocking("store", "redis.asyncio.Redis"), "redis.Redis().lock()", "acquire release"),
    Group(Blocking("store", "redis.asyncio.Redis"), "redis.Redis().pubsub()", "get_message subscribe"),
    Group(Blocking("store", "pymongo.AsyncMongoClient", True), "pymongo.MongoClient().*", _MONGO_METHODS),
    Group(
        Blocking("store", "elasticsearch.AsyncElasticsearch", True),
        "elasticsearch.Elasticsearch()",
        _SEARCH_METHODS,
    ),
    Group(Blocking("store", "elasticsearch.helpers.async_bulk"), "elasticsearch.helpers", "bulk"),
    Group(
        Blocking("store", "opensearchpy.AsyncOpenSearch", True), "opensearchpy.OpenSearch()", _SEARCH_METHODS
    ),
    Group(Blocking("store", "aiokafka.AIOKafkaProducer"), "kafka", "KafkaProducer KafkaConsumer"),
    Group(Blocking("store", "aiokafka.AIOKafkaProducer"), "kafka.KafkaProducer()", "send flush"),
    Group(Blocking("store", "aiokafka.AIOKafkaConsumer"), "kafka.KafkaConsumer()", "poll"),
    Group(_STORE, "confluent_kafka.Producer()", "flush"),
    Group(_STORE, "confluent_kafka.Consumer()", "poll consume"),
    Group(Blocking("store", "aio_pika.connect"), "pika", "BlockingConnection"),
    Group(Blocking("store", "aio_pika.connect"), "pika.BlockingConnection().channel()", "basic_publish"),
    Group(_STORE, "google.cloud.storage.Client()", "get_bucket list_buckets list_blobs create_bucket"),
    Group(
        _STORE,
        "google.cloud.storage.Client().*",
        "upload_from_string upload_from_filename upload_from_file download_as_bytes download_as_text "
        "download_as_string download_to_filename download_to_file get_blob",
    ),
    Group(
        _STORE,
        "google.cloud.bigquery.Client()",
        "query_and_wait insert_rows_json get_table load_table_from_uri",
    ),
    Group(
        _STORE, "google.cloud.secretmanager.SecretManagerServiceClient()", "access_secret_version get_secret"
    ),
    Group(Blocking("http", "{name}_async", True), "stripe.*", _STRIPE_METHODS),
    Group(Blocking("http", "openai.AsyncOpenAI", True), "openai.OpenAI().*", _MODEL_METHODS),
    Group(
        Blocking("http", "openai.AsyncOpenAI", True),
        "openai.chat.completions openai.completions openai.embeddings openai.responses openai.images",
        "create generate",
    ),
    Group(Blocking("http", "openai.AsyncAzureOpenAI", True), "openai.AzureOpenAI().*", _MODEL_METHODS),
    Group(Blocking("http", "anthropic.AsyncAnthropic", True), "anthropic.Anthropic().*", _MODEL_METHODS),
    Group(_HASH, "bcrypt", "hashpw checkpw kdf"),
    Group(_HASH, "hashlib", "pbkdf2_hmac scrypt"),
    Group(_HASH, "passlib.context.CryptContext()", "hash verify verify_and_update encrypt"),
    Group(
        _HASH,
        "passlib.hash.bcrypt passlib.hash.argon2 passlib.hash.pbkdf2_sha256 passlib.hash.sha512_crypt "
        "passlib.hash.bcrypt_sha256 passlib.hash.scrypt",
        "hash verify encrypt",
    ),
    Group(_HASH, "argon2.PasswordHasher() pwdlib.PasswordHash()", "hash verify verify_and_update"),
    Group(_HASH, "werkzeug.security", "generate_password_hash check_password_hash"),
    Group(_HASH, "django.contrib.auth.hashers", "make_password check_password"),
    Group(_CPU, "PIL.Image.open()", "resize thumbnail convert rotate filter transpose save crop"),
    Group(
        _HASH,
        "pandas",
        "read_csv read_excel read_json read_parquet read_sql read_sql_query read_sql_table read_html",
    ),
    Group(Blocking("wait", THREAD, True), "builtins", "input"),
    Group(Blocking("wait", "asyncio.Queue"), "queue.Queue() queue.SimpleQueue()", "get join"),
    Group(Blocking("wait", "asyncio.Event"), "threading.Event()", "wait"),
    Group(Blocking("wait", "asyncio.Condition"), "threading.Condition()", "wait wait_for"),
    Group(Blocking("wait", "asyncio.Lock"), "threading.Lock() threading.RLock()", "acquire"),
    Group(Blocking("wait", "asyncio.Semaphore"), "threading.Semaphore()", "acquire"),
    Group(_WAIT, "threading.Thread() multiprocessing.Process()", "join"),
    Group(Blocking("wait", "asyncio.wrap_future"), "concurrent.futures.Executor().submit()", "result"),
    Group(Blocking("wait", "asyncio.wrap_future"), "asyncio.run_coroutine_threadsafe()", "result"),
    Group(Blocking("wait", "asyncio.wait"), "concurrent.futures", "wait"),
    Group(_WAIT, "multiprocessing.Pool()", "map starmap apply join"),
)

_DATABASES = {
    "sqlite3": "aiosqlite",
    "psycopg": "psycopg.AsyncConnection",
    "psycopg2": "psycopg.AsyncConnection",
    "pymysql": "aiomysql",
    "MySQLdb": "aiomysql",
    "mysql.connector": "aiomysql",
    "oracledb": "oracledb.connect_async",
    "cx_Oracle": "oracledb.connect_async",
    "pyodbc": "aioodbc",
}
_EXECUTE = "execute executemany executescript callproc copy_expert"
_FOLLOWING = "fetchone fetchall fetchmany commit rollback"

_SAME = {
    "requests.session()": "requests.Session()",
    "requests.sessions.": "requests.",
    "requests.api.": "requests.",
    "redis.client.": "redis.",
    "redis.StrictRedis": "redis.Redis",
    "redis.RedisCluster": "redis.Redis",
    "redis.cluster.RedisCluster": "redis.Redis",
    "redis.from_url()": "redis.Redis()",
    "redis.Redis.from_url()": "redis.Redis()",
    "pathlib.PosixPath()": "pathlib.Path()",
    "pathlib.Path.cwd()": "pathlib.Path()",
    "pathlib.Path.home()": "pathlib.Path()",
    "http.client.HTTPSConnection()": "http.client.HTTPConnection()",
    "urllib3.HTTPSConnectionPool()": "urllib3.HTTPConnectionPool()",
    "ftplib.FTP_TLS()": "ftplib.FTP()",
    "sqlmodel.Session()": "sqlalchemy.orm.Session()",
    "sqlmodel.create_engine()": "sqlalchemy.create_engine()",
    "sqlalchemy.orm.session.": "sqlalchemy.orm.",
    "sqlalchemy.orm.scoped_session()()": "sqlalchemy.orm.Session()",
    "sqlalchemy.orm.scoped_session()": "sqlalchemy.orm.Session()",
    "sqlalchemy.orm.sessionmaker().begin()": "sqlalchemy.orm.Session()",
    "sqlalchemy.orm.sessionmaker()()": "sqlalchemy.orm.Session()",
    "sqlalchemy.engine.": "sqlalchemy.",
    "sqlalchemy.Engine()": "sqlalchemy.create_engine()",
    "sqlalchemy.create_engine().connect()": "sqlalchemy.Connection()",
    "sqlalchemy.create_engine().begin()": "sqlalchemy.Connection()",
    "pymongo.mongo_client.": "pymongo.",
    "pwdlib.PasswordHash.recommended()": "pwdlib.PasswordHash()",
    "boto3.session.Session()": "boto3.Session()",
    "boto3.Session().client()": "boto3.client()",
    "boto3.Session().resource()": "boto3.resource()",
    "psycopg.Connection.connect": "psycopg.connect",
    "psycopg.Connection()": "psycopg.connect()",
    "psycopg2.extensions.connection()": "psycopg2.connect()",
    "sqlite3.Connection()": "sqlite3.connect()",
    "sqlite3.Cursor()": "sqlite3.connect()",
    "concurrent.futures.ThreadPoolExecutor()": "concurrent.futures.Executor()",
    "concurrent.futures.ProcessPoolExecutor()": "concurrent.futures.Executor()",
    "concurrent.futures.thread.ThreadPoolExecutor()": "concurrent.futures.Executor()",
    "concurrent.futures.Future()": "concurrent.futures.Executor().submit()",
}
_PATH = re.compile(
    r"pathlib\.Path\(\)\.(?:parent|parents\[\]|(?:joinpath|with_\w+|absolute|resolve|expanduser|relative_to|"
    r"rename|replace)\(\)|(?:iterdir|glob|rglob)\(\)\[\*\])"
)
_BOTO = re.compile(r"boto3\.(?:client\(\)|resource\(\)\.[A-Z]\w*\(\))\.(?P<name>[a-z]\w*)")
_BOTO_LOCAL = frozenset(
    {
        "get_paginator",
        "generate_presigned_url",
        "generate_presigned_post",
        "can_paginate",
        "get_waiter",
        "close",
    }
)
_CONNECT = re.compile(rf"({'|'.join(map(re.escape, _DATABASES))})\.connect\(\)\.cursor\(\)")


def canonical(path: str) -> str:
    """The path by which the tables know it: one name per type, whatever it was made by."""
    before = ""
    while path != before:
        before = path
        for written, known in _SAME.items():
            if path.startswith(written):
                path = known + path[len(written) :]
        path = _PATH.sub("pathlib.Path()", path)
        path = _CONNECT.sub(r"\1.connect()", path)
    return path


def blocking(path: str) -> Blocking | None:
    """Why a call of a canonical path blocks; None where it is not known to."""
    found = LOOKUP.get(path)
    if found is not None:
        return found
    boto = _BOTO.fullmatch(path)
    if boto is not None and boto["name"] not in _BOTO_LOCAL:
        return Blocking("store", "aioboto3", True)
    leaf = path.rpartition(".")[2]
    for root, found in DEEP.get(leaf, ()):
        if path.startswith(root):
            return found
    return None


def _databases() -> Iterator[Group]:
    for driver, replacement in _DATABASES.items():
        reason = Blocking("database", replacement)
        yield Group(reason, f"{driver}.connect()", _EXECUTE)
        yield Group(reason._replace(case=LATER), f"{driver}.connect()", _FOLLOWING)


CONSTRUCTORS = frozenset(
    {"smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP", "ftplib.FTP_TLS", "imaplib.IMAP4", "imaplib.IMAP4_SSL"}
)
"""Classes that connect when they are made, if they are told where to."""
LOOKUP: dict[str, Blocking] = {}
DEEP: dict[str, list[tuple[str, Blocking]]] = {}
for group in (*GROUPS, *_databases()):
    for root in group.roots.split():
        for name in group.names.split():
            if root.endswith(".*"):
                prefix = root[:-2] if root.endswith("().*") else root[:-1]
                DEEP.setdefault(name, []).append((prefix, group.blocking))
            else:
                LOOKUP[f"{root}.{name}"] = group.blocking
LEAVES = frozenset([*(path.rpartition(".")[2] for path in LOOKUP), *DEEP])
"""The last names of everything in the tables."""
