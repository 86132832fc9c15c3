"""Databases: statements given to clients, and commands that create, empty or remove whole databases."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DATABASE, EXECUTE
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.languages import sql
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.streams import Stream

_CLIENTS = {
    "psql": "c|command= f|file= d|dbname= h|host= U|username= p|port= v|set|variable= o|output= L|log-file= P|pset= "
    "F|field-separator= R|record-separator= T|table-attr= "
    "A t q X l w W 1 a b e E n s S x z 0",
    "mysql": "e|execute= D|database= h|host= u|user= p|password=? P|port= S|socket= N B s f|force init-command= defaults-file= "
    "defaults-extra-file= ssl-ca= tee= A r t v w",
    "sqlcmd": "Q|query= q= i|input-file= o|output-file= d= S= U= P= b C N E",
    "clickhouse-client": "q|query= h|host= d|database= u|user= password= port= queries-file= n|multiquery",
    "sqlplus": "S L s l", "cqlsh": "e|execute= f|file= u= p= k=", "cockroach": "e|execute= d|database= url= host= f|file= certs-dir= "
    "insecure",
    "duckdb": "c= s= init= readonly json csv", "sqlite3": "cmd= init= separator= readonly header csv json line list column batch bail",
    "hdbsql": "n= u= p= d= I= o=", "usql": "c|command= f|file=", "influx": "execute= database= host= port=", "bq": "",
}  # fmt: skip
_CODE = ("--command", "--execute", "--query", "-q", "-c", "-s", "--cmd", "--init-command")
_FILES = ("--file", "--input-file", "--queries-file", "--init", "-I")
_OUTPUTS = ("--output", "--log-file", "--output-file", "--tee", "-o")
_AIMS = (
    "--host",
    "--dbname",
    "--database",
    "-h",
    "-d",
    "-S",
    "--url",
    "--uri",
    "--port",
    "-n",
    "--config",
    "--env",
    "-e",
    "--db",
    "--service",
)


def _spec(name: str) -> str:
    known = {"mariadb": "mysql", "pgcli": "psql", "clickhouse": "clickhouse-client", "osql": "sqlcmd", "sqlite": "sqlite3"}.get(name, name)
    return _CLIENTS.get(known, _CLIENTS["psql"])


def _target(call: Invocation, options: Options, operands: int = 1) -> str:
    found = [f"{name.lstrip('-')}={value.text}" for name, value in options.values if name in _AIMS]
    found += [word.text for word in options.operands[:operands]]
    for name in ("PGHOST", "PGDATABASE", "PGSERVICE", "MYSQL_HOST", "DATABASE_URL"):
        known = call.state.scope.variables.get(name)
        if known:
            found.append(f"{name.lower()}={known}")
    return ",".join(found)


def client(call: Invocation) -> None:
    """Statements from options, files and standard input."""
    options = call.options(_spec(call.name))
    target = _target(call, options, 2 if call.name != "psql" else 1)
    texts = [word.text for word in options.all(*_CODE)]
    if call.name in ("sqlite3", "sqlite", "duckdb"):
        texts += [word.text for word in options.operands[1:]]
        _file_database(call, options)
    for word in options.all(*_FILES):
        texts.append(_seen(call, call.stdin if word.text == "-" else call.read(word), target))
    if call.stdin.piped and not options.all(*_CODE):
        texts.append(_seen(call, call.stdin, target))
    for word in options.all(*_OUTPUTS):
        call.write(word)
    for text in texts:
        _script(call, text, target)
    if not texts:
        call.add(EXECUTE, options=options, target=target)


def _seen(call: Invocation, stream: Stream, target: str) -> str:
    """Statements from a file or a pipe; some that cannot be seen are said to be so."""
    text = call.state.text_of(stream)
    if text is None:
        call.add(DATABASE, verb="unseen", target=target, certain=False, words=())
    return text or ""


def _script(call: Invocation, text: str, target: str) -> None:
    """Lines that begin with a backslash or a dot are commands of the client itself."""
    kept: list[str] = []
    for line in text.split("\n"):
        stripped = line.strip()
        word, _, rest = stripped.partition(" ")
        if word in ("\\!", ".shell", ".system", "system", "!!") or (word.startswith("\\!") and len(word) > 2):
            code = rest if word in ("\\!", ".shell", ".system", "system", "!!") else (word[2:] + " " + rest)
            call.run([Argument("sh"), Argument("-c"), Argument(code)])
        elif word in ("\\i", "\\ir", ".read", "source", "\\.") and rest:
            stream = call.read(Argument(rest.strip("'\"")))
            kept.append(call.state.text_of(stream) or "")
        elif word in ("\\o", "\\g", ".output", ".once", ".backup", ".save", ".dump", ".excel") and rest:
            if rest.startswith("|"):
                call.run([Argument("sh"), Argument("-c"), Argument(rest[1:])])
            else:
                call.write(Argument(rest.strip("'\"").split(" ")[-1]))
        elif not (word.startswith(".") and call.name in ("sqlite3", "sqlite", "duckdb")):
            kept.append(line)
    joined = "\n".join(kept)
    sql.follow(joined, call.state, call.stdin, [], call.name, target)
    _programs(call, joined)


def _programs(call: Invocation, text: str) -> None:
    """`COPY … TO PROGRAM 'cmd'`, `INTO OUTFILE 'file'`, `VACUUM INTO 'file'`, `ATTACH 'file'`."""
    lowered = text.lower()
    for marker, runs in (
        ("program '", True),
        ("outfile '", False),
        ("writefile('", False),
        ("dumpfile '", False),
        ("into '", False),
        ("attach database '", False),
        ("attach '", False),
    ):
        at = lowered.find(marker)
        if at >= 0:
            content = text[at + len(marker) :].partition("'")[0]
            if runs:
                call.run([Argument("sh"), Argument("-c"), Argument(content)])
            else:
                call.write(Argument(content))


def _file_database(call: Invocation, options: Options) -> None:
    for word in options.operands[:1]:
        if word.text != ":memory:":
            call.write(word, verb="database", content=Stream(None))


_DOCUMENT_LOSSES = (
    ("dropDatabase", "drop database"), (".drop()", "drop collection"), (".drop({", "drop collection"), ("deleteMany({})", "delete all"),
    ("remove({})", "delete all"), ("dropAllUsers", "drop users"),
)  # fmt: skip


def document_client(call: Invocation) -> None:
    """`mongosh --eval`: a database, a collection or all documents may go away."""
    options = call.options("eval= host= port= u|username= p|password= authenticationDatabase= f|file= db= quiet norc tls nodb")
    texts = [word.text for word in options.all("--eval")]
    for word in [*options.all("--file"), *(word for word in options.operands if word.text.endswith((".js", ".mongodb")))]:
        texts.append(call.state.text_of(call.read(word)) or "")
    if call.stdin.piped:
        texts.append(call.state.text_of(call.stdin) or "")
    target = _target(call, options)
    for text in texts:
        compact = "".join(text.split())
        for sign, verb in _DOCUMENT_LOSSES:
            if sign in compact:
                call.add(DATABASE, options=options, verb=verb, target=target)
        call.add(DATABASE, options=options, verb="script", target=target, words=())


def key_value(call: Invocation) -> None:
    """`redis-cli`: the operands are one command; lines of standard input are more."""
    options = call.options(
        "h= p= a= n= u= s= i= r= x c|cluster raw no-auth-warning user= pass= tls cacert= cert= key= eval= pipe latency bigkeys",
        permute=False,
    )
    target = _target(call, options, 0)
    lines = [" ".join(word.text for word in options.operands)] if options.operands else []
    if call.stdin.piped and not options.has("-x"):
        lines += (call.state.text_of(call.stdin) or "").split("\n")
    for line in lines:
        if line.strip():
            call.add(DATABASE, options=options, verb=line.strip().lower()[:80], target=target)
    for word in options.all("--eval"):
        text = call.state.text_of(call.read(word)) or ""
        if "flush" in text.lower():
            call.add(DATABASE, options=options, verb="flushall", target=target)


_DUMPING = (
    "h|host= U|username= p|port= d|dbname= force f|file= O|owner= E= T= l= F|format= j|jobs= c|clean C|create t|table= n|schema= u|user= "
    "r|result-file= e i if-exists w W Z= a s v x drop db= collection= o|out= uri= archive=? gzip nsInclude= maintenance-db="
)


_ADMIN = (
    "f|force h|host= u|user= p|password=? P|port= S|socket= i|sleep= c|count= w|wait=? defaults-file= defaults-extra-file= "
    "default-auth= protocol= ssl-ca= ssl-mode= connect-timeout= shutdown-timeout= s|silent v|verbose r|relative E|vertical C|compress b"
)


def whole(call: Invocation) -> None:
    """`dropdb`, `createdb`, `dropuser`, `mysqladmin drop`, dumps and restores."""
    options = call.options(_ADMIN if call.name in ("mysqladmin", "mariadb-admin") else _DUMPING)
    target = _target(call, options)
    verb = {
        "dropdb": "drop database",
        "createdb": "create database",
        "dropuser": "drop user",
        "initdb": "create cluster",
        "vacuumdb": "vacuum",
    }.get(call.name, "")
    texts = [word.text.lower() for word in options.operands]
    if call.name in ("mysqladmin", "mariadb-admin") and texts[:1]:
        verb = "drop database" if texts[0] == "drop" else texts[0]
    if call.name in ("pg_restore", "mongorestore") and options.has("--clean", "--drop"):
        verb = "restore over existing data"
    if verb and not options.has("--help", "--version"):
        call.add(DATABASE, options=options, verb=verb, target=target)
        return
    for word in options.all("--file", "--result-file", "--out"):
        call.write(word)
    for word in options.operands if call.name in ("pg_restore", "mongorestore", "mongoimport") else []:
        call.read(word, recursive=True)
    call.add(DATABASE, options=options, verb=call.name.replace("_", " "), target=target)


_LOSSES = (
    ("prisma", ("migrate", "reset"), "reset database"), ("alembic", ("downgrade", "base"), "drop all tables"), ("flyway", ("clean",),
    "drop schema"), ("liquibase", ("drop-all",), "drop all tables"),
    ("liquibase", ("dropall",), "drop all tables"), ("dbmate", ("drop",), "drop database"), ("goose", ("reset",), "reset database"),
    ("goose", ("down-to",), "drop tables"),
    ("migrate", ("drop",), "drop all tables"), ("atlas", ("schema", "clean"), "drop schema"), ("diesel", ("database", "reset"),
    "reset database"), ("sqlx", ("database", "drop"), "drop database"),
    ("sqlx", ("database", "reset"), "reset database"), ("django-admin", ("flush",), "flush database"), ("django-admin", ("reset_db",),
    "reset database"), ("django-admin", ("sqlflush",), ""),
    ("turso", ("db", "destroy"), "drop database"), ("pscale", ("database", "delete"), "drop database"), ("planetscale", ("database",
    "delete"), "drop database"), ("neonctl", ("projects", "delete"), "drop database"),
    ("neonctl", ("databases", "delete"), "drop database"), ("drizzle-kit", ("drop",), ""), ("ecto", ("drop",), "drop database"),
    ("edgedb", ("database", "drop"), "drop database"), ("mikro-orm", ("schema:drop",), "drop schema"),
    ("mikro-orm", ("schema:fresh",), "drop schema"), ("mikro-orm", ("migration:fresh",), "drop schema"), ("typeorm", ("schema:drop",),
    "drop schema"), ("knex", ("migrate:rollback", "--all"), "drop all tables"),
)  # fmt: skip
_TASKS = {
    "db:drop": "drop database", "db:drop:all": "drop database", "db:reset": "reset database", "db:migrate:reset": "reset "
    "database", "db:schema:load": "reset database", "db:purge": "purge database",
    "db:truncate_all": "truncate all tables", "db:setup": "reset database", "db:migrate:undo:all": "drop all "
    "tables", "migrate:fresh": "drop all tables", "migrate:reset": "drop all tables",
    "migrate:refresh": "drop all tables", "db:wipe": "drop all tables", "db:seed:undo:all": "delete all",
}  # fmt: skip


def migrations(call: Invocation) -> None:
    """Tools that change schemas: those verbs that lose data in normal form, the others as written."""
    options = call.options("e|env= config= c= schema= url= d|database= path= n|name= f|force accept-data-loss force-reset skip-seed all "
                           "connection= database-url= to= dialect= p= m= knexfile= dataSource= a= noinput no-input "
                           "settings=".replace("c= ", ""))  # fmt: skip
    words = [word.text for word in options.operands]
    target = _target(call, options, 0)
    for variable in ("RAILS_ENV", "NODE_ENV", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "APP_ENV"):
        known = call.state.scope.variables.get(variable)
        if known and variable.lower() not in target:
            target = f"{target},{variable.lower()}={known}".strip(",")
    verb = next((_TASKS[word] for word in words if word in _TASKS), "")
    for program, needed, loss in _LOSSES:
        if call.name == program and all(word in words or word in options.flags for word in needed):
            verb = loss
    if options.has("--accept-data-loss"):
        verb = "accept-data-loss"
    elif options.has("--force-reset"):
        verb = "reset database"
    elif call.name == "django-admin" and words[:1] == ["migrate"] and words[-1] == "zero":
        verb = "drop tables"
    relevant = bool(verb) or any(word.startswith(("db", "migrat", "schema", "upgrade", "downgrade", "flush")) for word in words)
    if relevant:
        call.add(DATABASE, options=options, verb=verb or " ".join(words[:2]).replace(":", " "), target=target)
    else:
        call.execute(options=options)


def runner(call: Invocation) -> None:
    """`rails`, `rake`, `artisan`: tasks, and `runner` code."""
    words = list(call.words)
    if call.texts[:1] in (("runner",), ("r",), ("tinker",)) and len(words) > 1:
        given = next((word for word in words[1:] if not word.text.startswith("-")), None)
        if given is not None:
            call.run([Argument("ruby"), Argument("-e"), given])
            if any(sign in given.text for sign in ("drop", "delete_all", "destroy_all", "truncate")):
                call.add(DATABASE, verb="delete all" if "_all" in given.text else "drop table", target=given.text[:80])
        return
    migrations(call)


def store(call: Invocation) -> None:
    """`etcdctl del --prefix ''`."""
    options = call.options("endpoints= user= cacert= cert= key= prefix from-key")
    words = [word.text for word in options.operands]
    if words[:1] == ["del"]:
        everything = options.has("--prefix", "--from-key") and words[1:2] in ([], [""], ["/"])
        call.add(DATABASE, options=options, verb="delete all" if everything else "delete", target=_target(call, options, 0))
    else:
        call.execute(options=options)


_MIGRATING = (
    "prisma drizzle-kit knex sequelize sequelize-cli typeorm alembic flyway liquibase dbmate goose migrate atlas "
    "django-admin diesel sqlx mikro-orm ecto edgedb turso pscale planetscale neonctl"
)
_WHOLE = (
    "dropdb createdb dropuser pg_restore pg_dump pg_dumpall mysqldump mongodump mongorestore mongoimport mongoexport mysqladmin "
    "mariadb-admin mariadb-dump "
    "initdb vacuumdb pg_ctl"
)

PROGRAMS = {
    "databases": client, "mongosh": document_client, "mongo": document_client, "redis-cli": key_value, "valkey-cli": key_value,
    **dict.fromkeys(_WHOLE.split(), whole), **dict.fromkeys(_MIGRATING.split(), migrations), "rails": runner, "rake": runner,
    "artisan": runner, "etcdctl": store,
}  # fmt: skip
