"""Programs that fetch and send."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code, elsewhere
from twelve.factors.guardrails.actions.action import NETWORK, ORIGIN_NETWORK
from twelve.factors.guardrails.actions.code import load
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.streams import CREDENTIAL, Stream, silence, union

_CURL = (
    "o|output= O|remote-name remote-name-all d|data= data-ascii= data-binary= data-raw= data-urlencode= json= F|form= form-string= "
    "T|upload-file= X|request= "
    "H|header= u|user= A|user-agent= e|referer= b|cookie= c|cookie-jar= K|config= x|proxy= E|cert= key= cacert= capath= m|max-time= "
    "connect-timeout= retry= retry-delay= w|write-out= D|dump-header= C|continue-at= r|range= y= Y= z|time-cond= url= output-dir= "
    "create-dirs "
    "s|silent S|show-error f|fail L|location k|insecure i|include I|head v|verbose g|globoff G|get J|remote-header-name compressed "
    "resolve= interface= limit-rate= max-redirs= oauth2-bearer= netrc-file= n|netrc trace= trace-ascii= stderr= unix-socket= socks5= "
    "proto= "
    "tlsv1.2 aws-sigv4= a|append Q|quote= t|telnet-option= N|no-buffer p|proxytunnel q|disable Z|parallel #|progress-bar etag-save= "
    "etag-compare= hsts= libcurl= P|ftp-port= pubkey= rate= variable="
)
_WGET = (
    "O|output-document= o|output-file= a|append-output= P|directory-prefix= i|input-file= post-data= post-file= body-data= body-file= "
    "method= "
    "header= U|user-agent= user= password= e|execute= t|tries= T|timeout= w|wait= Q|quota= l|level= A|accept= R|reject= D|domains= "
    "X|exclude-directories= I= B|base= load-cookies= save-cookies= ca-certificate= certificate= private-key= use-askpass= bind-address= "
    "limit-rate= q|quiet v|verbose nv c|continue N|timestamping r|recursive p|page-requisites k|convert-links m|mirror x|force-directories "
    "np|no-parent nc|no-clobber nd nH no-check-certificate S|server-response spider b|background restrict-file-names= cut-dirs= "
    "default-page= config="
)
_BODIES = ("--data", "--data-ascii", "--data-binary", "--data-urlencode", "--json", "--form", "--upload-file", "--data-raw",
    "--form-string",
           "--header", "--user", "--cookie", "--url", "--user-agent", "--referer", "--variable", "--oauth2-bearer",
           "--request")  # fmt: skip


def curl(call: Invocation) -> None:
    """One exchange with every URL; data given in options or taken from files is sent."""
    options = call.options(_CURL)
    for word in options.all("--config"):
        _settings(call, call.state.text_of(call.read(word)) or "")
    urls = options.operands + options.all("--url")
    data = _sent(call, options)
    sends = data or options.has(
        "--data", "--data-ascii", "--data-binary", "--data-raw", "--data-urlencode", "--json", "--form", "--form-string", "--upload-file"
    )
    method = options.value("--request")
    sends = bool(sends) or (method is not None and method.text.upper() in ("POST", "PUT", "PATCH"))
    if options.has("--help", "--version") and not urls:
        return
    for word in urls or [Argument("")]:
        call.add(NETWORK, options=options, target=word.text, verb="send" if sends else "fetch", data=union(data, word.data))
    _kept(call, options, urls)


def _settings(call: Invocation, text: str) -> None:
    """A file of options: where the answer is kept."""
    for line in text.split("\n")[:200]:
        name, _, value = line.replace("=", " ", 1).replace(":", " ", 1).strip().lstrip("-").partition(" ")
        if name in ("output", "o", "dump-header", "D", "cookie-jar", "c", "trace", "trace-ascii", "stderr", "output-dir", "hsts"):
            call.write(Argument(value.strip().strip('"')), content=Stream(None, origin=ORIGIN_NETWORK))


def _sent(call: Invocation, options: Options) -> tuple[str, ...]:
    """`@file` and `name=@file` are read; so are files behind `-T`, `-K`, `-b` and keys."""
    data: tuple[str, ...] = ()
    for name, value in options.values:
        if name not in _BODIES:
            continue
        data = union(data, value.data)
        file = _file_of(name, value)
        if file is not None and file.text == "-":
            data = union(data, call.stdin.data)
        elif file is not None:
            data = union(data, call.read(file, verb="send").data)
    return data


def _file_of(name: str, value: Argument) -> Argument | None:
    text = value.text
    if name == "--upload-file":
        return value
    if name in ("--data-raw", "--form-string", "--user", "--user-agent", "--referer", "--url", "--request", "--oauth2-bearer"):
        return None
    if name == "--cookie":
        return value if text and "=" not in text else None
    at = text.find("@") if name in ("--form", "--data-urlencode", "--variable") else 0
    if name == "--form" and text.find("=<") >= 0:
        return Argument(text[text.find("=<") + 2 :].partition(";")[0])
    if at >= 0 and text[at : at + 1] == "@":
        return Argument(text[at + 1 :].partition(";")[0] if name == "--form" else text[at + 1 :], exact=value.exact)
    return None


def _kept(call: Invocation, options: Options, urls: list[Argument]) -> None:
    """Where the answer goes: a file, or standard output."""
    arrived = Stream(None, origin=ORIGIN_NETWORK)
    folder = options.value("--output-dir")
    for word in options.all("--output"):
        target = Argument(folder.text.rstrip("/") + "/" + word.text, exact=word.exact) if folder else word
        if word.text != "-":
            call.write(target, options=options, verb="download", content=arrived)
    if options.has("--remote-name", "--remote-name-all"):
        for word in urls:
            name = _last_name(word.text) or "download"
            call.write(
                Argument((folder.text.rstrip("/") + "/" if folder else "") + name), options=options, verb="download", content=arrived
            )
    for name in ("--cookie-jar", "--dump-header", "--trace", "--trace-ascii", "--stderr", "--etag-save", "--hsts", "--libcurl"):
        for word in options.all(name):
            if word.text != "-":
                call.write(word, options=options)
    quiet = options.has("--output", "--remote-name", "--remote-name-all") and not any(word.text == "-" for word in options.all("--output"))
    call.output = silence() if quiet else Stream(None, origin=ORIGIN_NETWORK)


def _last_name(url: str) -> str:
    return url.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


def wget(call: Invocation) -> None:
    """Writes what it fetches under the last name of the URL, or where `-O` says."""
    options = call.options(_WGET)
    data: tuple[str, ...] = ()
    for name in ("--post-file", "--body-file"):
        for word in options.all(name):
            data = union(data, call.read(word, verb="send").data)
    for word in [*options.all("--post-data", "--body-data", "--header"), *options.operands]:
        data = union(data, word.data)
    for word in options.all("--execute"):
        if word.text.startswith(("use_askpass", "output_document")):
            call.unknown("a setting of wget that may run or write", None)
    sends = data or options.has("--post-data", "--post-file", "--body-data", "--body-file")
    for word in [*options.operands, *options.all("--input-file")]:
        call.add(NETWORK, options=options, target=word.text, verb="send" if sends else "fetch", data=data)
    output = options.value("--output-document")
    arrived = Stream(None, origin=ORIGIN_NETWORK)
    if output is not None and output.text == "-":
        call.output = arrived
        return
    folder = options.value("--directory-prefix")
    prefix = folder.text.rstrip("/") + "/" if folder else ""
    for word in [output] if output is not None else [Argument(prefix + (_last_name(url.text) or "index.html")) for url in options.operands]:
        call.write(word, options=options, verb="download", content=arrived)
    for name in ("--output-file", "--append-output", "--save-cookies"):
        for word in options.all(name):
            call.write(word, options=options)
    call.quiet()


def download(call: Invocation) -> None:
    """`aria2c`, `axel`, `http`, browsers in a terminal: fetch to a file or to the output."""
    options = call.options("o|out|output= d|dir= O= p= c download form json dump source")
    urls = [word for word in options.operands if "://" in word.text or "." in word.text or ":" in word.text]
    posts = call.name in ("http", "https", "xh", "httpie") and (
        call.stdin.piped or any(text in ("POST", "PUT", "PATCH") for text in call.texts)
    )
    data = call.provenance()
    for word in options.operands:
        if "@" in word.text and posts and not word.text.startswith("http"):
            data = union(data, call.read(Argument(word.text.rpartition("@")[2])).data)
    for word in urls[:2] or options.operands[:1]:
        call.add(NETWORK, options=options, target=word.text, verb="send" if posts or data else "fetch", data=data)
    output = options.value("--output")
    if output is not None:
        call.write(output, verb="download", content=Stream(None, origin=ORIGIN_NETWORK))
    call.output = Stream(None, origin=ORIGIN_NETWORK)


def connection(call: Invocation) -> None:
    """`nc`, `telnet`, `websocat`: a line in both directions; `-e` and `-c` give the other side a shell."""
    options = call.options("e|exec= c|sh-exec= l|listen p= s= w= i= q= x= X= o|output= u v n z k 4 6 U d t r N C")
    if call.name in ("nc", "ncat", "netcat"):
        for word in [*options.all("--exec"), *options.all("--sh-exec")]:
            call.execute(options=options, origin=ORIGIN_NETWORK, detail="a program that the other side talks to")
            call.run([Argument("sh"), Argument("-c"), word])
    listens = options.has("--listen")
    target = ":".join(word.text for word in options.operands[:2])
    if not options.has("-z"):
        call.add(NETWORK, options=options, target=target, verb="listen" if listens else "send", data=call.stdin.data)
    call.output = Stream(None, origin=ORIGIN_NETWORK)


def socat(call: Invocation) -> None:
    """Addresses: `EXEC:`, `SYSTEM:` run, `OPEN:`, `CREATE:`, `FILE:` are files, the rest are lines."""
    data = call.stdin.data
    ends = [word for word in call.words if not word.text.startswith("-") or word.text == "-"]
    for word in ends:
        kind, _, rest = word.text.partition(":")
        body = rest.partition(",")[0]
        if kind.upper() in ("OPEN", "FILE", "GOPEN"):
            data = union(data, call.read(Argument(body)).data)
        if kind.upper() in ("CREATE", "OPEN", "GOPEN") and (
            "creat" in rest or "trunc" in rest or "append" in rest or kind.upper() == "CREATE"
        ):
            call.write(Argument(body))
    for word in ends:
        kind, _, rest = word.text.partition(":")
        if kind.upper() in ("EXEC", "SYSTEM", "SHELL"):
            call.execute(origin=ORIGIN_NETWORK, detail="a program that the other side talks to")
            call.run([Argument("sh"), Argument("-c"), Argument(rest.partition(",")[0])])
        elif kind.upper().startswith(("TCP", "UDP", "OPENSSL", "SOCKS", "PROXY", "SSL")):
            call.add(NETWORK, target=rest.partition(",")[0], verb="listen" if "LISTEN" in kind.upper() else "send", data=data, words=())
    call.output = Stream(None, origin=ORIGIN_NETWORK)


def secure_shell(call: Invocation) -> None:
    """`ssh host command`: the command runs elsewhere; what goes in is sent, what comes out arrives."""
    options = call.options(
        "b= c= D= E= e= F= I= i= J= L= l= m= O= o= p= Q= R= S= W= w= B= P= 4 6 A a C f G g K k M N n q s T t V v X x Y y", permute=False
    )
    for word in options.all("-o"):
        name, _, value = word.text.replace("=", " ", 1).partition(" ")
        if name.lower() in ("proxycommand", "localcommand", "knownhostscommand"):
            call.run([Argument("sh"), Argument("-c"), Argument(value)])
            call.output = None
    operands = options.operands
    if not operands:
        return
    data = call.stdin.data
    for word in operands:
        data = union(data, word.data)
    call.add(NETWORK, options=options, target=operands[0].text, verb="send", data=data)
    if len(operands) > 1:
        call.execute(
            options=options, target=operands[0].text, detail="runs on another machine", words=tuple(word.text for word in operands[1:])
        )
        line = " ".join(word.text for word in operands[1:])
        elsewhere.follow(call, [Argument("sh"), Argument("-c"), Argument(line)], {})
    call.output = Stream(None, origin=ORIGIN_NETWORK)


def _remote(text: str) -> bool:
    """`host:path`, `user@host:path`, `rsync://…`."""
    head, colon, _ = text.partition(":")
    return (bool(colon) and "/" not in head and not text.startswith((".", "/"))) or "://" in text


_RSYNC = (
    "e|rsh= rsync-path= f|filter= exclude= include= exclude-from= include-from= files-from= delete delete-before delete-after "
    "delete-during "
    "delete-excluded del n|dry-run a|archive v|verbose z|compress r|recursive u|update b|backup backup-dir= suffix= T|temp-dir= "
    "log-file= chmod= "
    "chown= link-dest= compare-dest= copy-dest= password-file= port= timeout= bwlimit= max-size= min-size= partial-dir= P progress "
    "stats h q "
    "remove-source-files write-batch= read-batch= out-format= info=? usermap= groupmap= M|remote-option= B= s g o t p l L H A X x c i W S D"
)


def remote_copy(call: Invocation) -> None:
    """`scp`, `rsync`: what goes to another host is sent, what stays here is copied."""
    spec = _RSYNC if call.name == "rsync" else "c= F= i= J= l= o= P= S= D= X= r p q B C v 3 4 6 T O R A"
    options = call.options(spec)
    for word in options.all("--rsh", "--rsync-path", "-S"):
        if call.name == "rsync" and word.text.split(" ")[0] not in ("ssh", "rsync", "sudo"):
            call.run([Argument("sh"), Argument("-c"), word])
    if len(options.operands) < 1 or options.has("--dry-run"):
        return
    sources, target = options.operands[:-1] or options.operands, options.operands[-1]
    data: tuple[str, ...] = ()
    arrives = False
    for word in sources:
        if _remote(word.text):
            arrives = True
            call.add(NETWORK, options=options, target=word.text, verb="fetch")
        else:
            data = union(data, call.read(word, options=options, verb="copy", recursive=True).data)
    if _remote(target.text):
        call.add(NETWORK, options=options, target=target.text, verb="send", data=data)
    elif len(options.operands) > 1:
        content = Stream(None, origin=ORIGIN_NETWORK if arrives else "local", data=data)
        call.write(target, options=options, verb="copy", recursive=True, content=content)
        for word in [word for word in sources if word.text.endswith(("/", "/.")) and not _remote(word.text)]:
            load("twelve.factors.guardrails.actions.programs.files", "poured")(call, word, target)
        if options.has("--delete", "--delete-before", "--delete-after", "--delete-during", "--delete-excluded", "--del"):
            call.delete(target, options=options, verb="mirror", recursive=True)
    if options.has("--remove-source-files"):
        for word in sources:
            call.delete(word, options=options, verb="move", recursive=True)
    for word in options.all("--link-dest"):
        call.write(target, options=options, verb="link", recursive=True, target=call.state.places(word.text)[0].path)
    for word in options.all("--backup-dir", "--log-file", "--write-batch"):
        call.write(word, options=options)


def transfer(call: Invocation) -> None:
    """`ftp`, `sftp`, `lftp`, `rclone`, mail, tunnels: something is sent, with whatever was given."""
    data = call.stdin.data
    target = ""
    for word in call.words:
        data = union(data, word.data)
        if word.text.startswith("-"):
            continue
        if _remote(word.text) or "@" in word.text:
            target = target or word.text
        elif code.looks_like_path(word.text):
            data = union(data, call.read(word, verb="send", recursive=True).data)
    if call.name == "rclone" and call.texts[:1] and call.texts[0] in ("delete", "purge", "rmdir", "rmdirs", "deletefile", "cleanup"):
        call.add("infra", verb="rclone " + call.texts[0], target=target)
    call.add(NETWORK, target=target or (call.texts[-1] if call.texts else ""), verb="send", data=data)
    call.output = Stream(None, origin=ORIGIN_NETWORK)


def look_up(call: Invocation) -> None:
    """`dig`, `host`, `ping`: a name is asked for; data in the name is sent."""
    names = [word for word in call.words if not word.text.startswith(("-", "+", "@"))]
    call.add(NETWORK, target=names[-1].text if names else "", verb="send" if call.provenance() else "fetch", data=call.provenance())
    call.output = Stream(None, origin=ORIGIN_NETWORK)


def forge(call: Invocation) -> None:
    """`gh`, `glab`: verbs of the forge are said as they are; uploads send."""
    options = call.options(
        "R|repo= H|hostname= t|title= b|body= F|body-file|field= f|raw-field= m= X|method= input= q|jq= "
        "T|template= H|head= B|base= l|label= a|assignee= r|reviewer= D|dir= O|output= p|pattern="
    )
    words = tuple(word.text for word in options.operands)
    call.execute(options=options)
    data = call.provenance()
    for word in [
        *options.all("--body-file", "--input"),
        *(options.operands[2:] if words[:2] in (("gist", "create"), ("release", "upload"), ("release", "create")) else []),
    ]:
        file = word.cut(word.text.find("@") + 1) if "=@" in word.text else word
        if word.text != "-" and ("=" not in word.text or "=@" in word.text):
            data = union(data, call.read(file, verb="send").data)
    if words[:2] == ("auth", "token") or (words[:2] == ("auth", "status") and options.has("--show-token", "-t")):
        call.output = Stream(None, data=(CREDENTIAL + ("github.com,githubusercontent.com" if call.name == "gh" else "gitlab.com"),))
        return
    looking = words[1:2] and words[1] in ("view", "list", "status", "diff", "checks", "checkout", "clone", "download", "watch")
    call.add(NETWORK, options=options, target="/".join(words[:1]), verb="fetch" if looking and not data else "send", data=data)
    if words[:2] == ("repo", "delete") or words[:2] == ("release", "delete"):
        call.add("infra", options=options, verb=" ".join(words[:2]), target=words[2] if len(words) > 2 else "")
    if words[:1] == ("alias",) and len(words) > 3 and words[3].startswith("!"):
        call.run([Argument("sh"), Argument("-c"), Argument(words[3][1:])])
    call.output = Stream(None, origin=ORIGIN_NETWORK)


PROGRAMS = {
    "curl": curl, "curlie": curl, "wget": wget, "wget2": wget, "nc": connection, "ncat": connection, "netcat": connection,
    "telnet": connection,
    "websocat": connection, "socat": socat, "ssh": secure_shell, "autossh": secure_shell, "mosh": secure_shell, "scp": remote_copy,
    "rsync": remote_copy, "gh": forge, "glab": forge, **dict.fromkeys(("dig", "nslookup", "host", "ping"), look_up),
    **dict.fromkeys(("aria2c", "axel", "http", "https", "xh", "httpie", "lynx", "w3m", "links", "elinks", "fetch"), download),
    "network": transfer,
}  # fmt: skip
