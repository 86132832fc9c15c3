"""Containers of this machine: the verb, the mounts, and what runs inside them on files of ours."""

from __future__ import annotations

from twelve.factors.guardrails.actions import elsewhere
from twelve.factors.guardrails.actions.action import INFRA, PRIVILEGE
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options, read

_GLOBAL = (
    "H|host= c|context= config= D|debug l|log-level= tls tlscacert= tlscert= tlskey= tlsverify n|namespace= r|remote "
    "connection= root= url= identity= a|address= v|version"
)
_COMPOSE = (
    "f|file= p|project-name= profile= env-file= project-directory= ansi= parallel= progress= verbose compatibility dry-run "
    "H|host= c|context="
)
_RUN = (
    "v|volume= mount= w|workdir= e|env= env-file= p|publish= name= network= net= u|user= entrypoint= pid= ipc= uts= userns= cap-add= "
    "cap-drop= "
    "security-opt= device= l|label= m|memory= cpus= c|cpu-shares= restart= h|hostname= add-host= tmpfs= gpus= platform= pull= "
    "log-driver= log-opt= shm-size= "
    "ulimit= volumes-from= dns= cidfile= sysctl= stop-signal= stop-timeout= health-cmd= privileged d|detach i|interactive t|tty rm "
    "init read-only "
    "P|publish-all no-deps T|no-TTY index= a|attach= detach-keys= service-ports q|quiet-pull build link= ip= mac-address= cgroupns= "
    "cgroup-parent= expose="
)
_PLAIN = (
    "f|force|file= v|volumes a|all t|timeout|time= s|stop filter= format= rmi= remove-orphans q|quiet no-trunc o|output= i|input= "
    "n|last= since= until= "
    "tail= details scale= d|detach build-arg= target= tag= platform= cache-from= progress= secret= ssh= no-cache pull network= push "
    "load link l"
)
_GROUPS = ("container", "image", "volume", "network", "system", "compose", "stack", "service", "swarm", "node", "config", "secret",
    "context",
           "builder", "buildx", "manifest", "plugin", "trust", "machine", "pod", "play", "generate", "kube", "cluster")  # fmt: skip
_RUNNING = ("run", "create", "exec")


def container(call: Invocation) -> None:
    """`docker [options] verb …`, `docker compose …`, `docker-compose …`."""
    outer = call.options(_COMPOSE if call.name.endswith("-compose") else _GLOBAL, permute=False)
    words = list(outer.operands)
    verbs = ["compose"] if call.name.endswith("-compose") else []
    target = [f"{name[2:]}={value.text}" for name, value in outer.values if name in ("--host", "--context", "--connection", "--url")]
    while words and not verbs and words[0].text in _GROUPS:
        verbs.append(words.pop(0).text)
    if verbs == ["compose"]:
        inner = read(words, _COMPOSE, permute=False)
        target += [f"{name[2:]}={value.text}" for name, value in inner.values if name in ("--project-name", "--file", "--profile")]
        words = list(inner.operands)
    if not words:
        return
    verbs.append(words.pop(0).text)
    last = verbs[-1]
    runs = last in _RUNNING and "network" not in verbs and "volume" not in verbs
    spec = _RUN if runs else _PLAIN.replace("f|force|file=", "f|file=" if last == "build" else "f|force")
    options = read(words, spec, permute=not runs)
    call.add(INFRA, options=options, verb=" ".join(verbs), target=",".join(target))
    if runs:
        _inside(call, options, exec_=last == "exec")
    else:
        _files(call, last, options)


def _files(call: Invocation, verb: str, options: Options) -> None:
    """`cp` out of a container, `save -o`, `export -o` write here; `-f -` and `load` read."""
    operands = options.operands
    if verb == "cp" and len(operands) == 2:
        if ":" in operands[0].text and ":" not in operands[1].text:
            call.write(operands[1], verb="copy", recursive=True)
        elif ":" in operands[1].text:
            call.read(operands[0], verb="copy", recursive=True)
    for word in options.all("--output"):
        if verb in ("save", "export", "sbom"):
            call.write(word)
        elif verb in ("build", "bake"):
            pairs = dict(piece.partition("=")[::2] for piece in word.text.split(","))
            folder = pairs.get("dest", word.text if "=" not in word.text else "")
            if folder and folder != "-":
                call.write(Argument(folder, exact=word.exact), verb="write", recursive=True)


def _inside(call: Invocation, options: Options, *, exec_: bool) -> None:
    mounts = {} if exec_ else _mounts(call, options)
    rights = [name for name in ("--privileged", "--cap-add", "--device", "--security-opt") if options.has(name)]
    hosts = [
        name for name, value in options.values if name in ("--pid", "--ipc", "--userns", "--uts", "--cgroupns") and value.text == "host"
    ]
    sensitive = [
        here
        for here in mounts.values()
        if here in ("/", "/etc", "/root", "/var", "/usr", "/proc", "/sys", "/dev", "/var/run/docker.sock", "/run/docker.sock", "/home")
    ]
    if rights or hosts or sensitive:
        call.add(PRIVILEGE, options=options, verb="container", detail=" ".join(rights + hosts + sensitive))
    words = list(options.operands[1:])
    entry = options.value("--entrypoint")
    if entry is not None and entry.text:
        words = [entry, *words]
    elsewhere.follow(call, words, mounts, _folder(options))


def _folder(options: Options) -> str:
    value = options.value("--workdir")
    return value.text if value is not None and value.text.startswith("/") else "/"


def _mounts(call: Invocation, options: Options) -> dict[str, str]:
    """Folder inside -> folder here."""
    found: dict[str, str] = {}
    for value in options.all("--volume"):
        here, colon, rest = value.text.partition(":")
        if colon and here[:1] in ("/", ".", "~", "\0"):
            found[rest.partition(":")[0]] = call.state.places(here)[0].path
    for value in options.all("--mount"):
        parts = dict(piece.partition("=")[::2] for piece in value.text.split(","))
        here = parts.get("source") or parts.get("src") or ""
        inside = parts.get("target") or parts.get("destination") or parts.get("dst") or ""
        if parts.get("type") == "bind" and here and inside:
            found[inside] = call.state.places(here)[0].path
    return {inside: here for inside, here in found.items() if here}


def machine(call: Invocation) -> None:
    """`kind`, `minikube`, `k3d`, `vagrant`, `skopeo`: verbs of local clusters and image tools."""
    options = call.options("n|name= p|profile= config= f|force image= o|output= a|all")
    words = [word.text for word in options.operands]
    call.add(
        INFRA,
        options=options,
        verb=" ".join(words[:2] if words[1:] and words[0] in (*_GROUPS, "delete", "create", "get", "load") else words[:1]),
    )
    if call.name == "vagrant" and words[:1] == ["ssh"]:
        given = call.options("c|command=").value("--command")
        if given is not None:
            elsewhere.follow(call, [Argument("sh"), Argument("-c"), given], {})


PROGRAMS = {
    **dict.fromkeys(("docker", "podman", "nerdctl", "docker-compose", "podman-compose"), container), "containers": machine,
}  # fmt: skip
