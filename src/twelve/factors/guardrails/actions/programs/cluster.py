"""Clusters: kubectl, helm and their relatives. The verb, what it is aimed at, and files of ours it uses."""

from __future__ import annotations

from twelve.factors.guardrails.actions import elsewhere
from twelve.factors.guardrails.actions.action import INFRA
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options, read
from twelve.factors.guardrails.actions.streams import Stream

_KUBECTL = (
    "context= n|namespace= cluster= user= kubeconfig= s|server= token= as= as-group= as-uid= f|filename= k|kustomize= l|selector= "
    "field-selector= "
    "o|output= c|container= R|recursive dry-run=? all force A|all-namespaces grace-period= timeout= cascade=? replicas= p|patch= type= "
    "image= port= from-literal= from-file= from-env-file= record overwrite prune wait=? now i|stdin t|tty v=? template= since= tail= "
    "certificate-authority= client-certificate= client-key= to-revision= revision= for= sort-by= L= request-timeout= cache-dir= env= "
    "overrides= "
    "restart= rm subresource= field-manager= server-side address= limits= requests= serviceaccount= clusterrole= role= group= verb= "
    "resource= "
    "resource-name= tls-server-name= username= password= min= max= cpu-percent= target-port= name= e= output-version= prefix= retries= "
    "ignore-daemonsets delete-emptydir-data pod-selector= disable-eviction current"
)
_HELM = (
    "kube-context= n|namespace= kubeconfig= kube-apiserver= kube-token= f|values= set= set-string= set-file= set-json= version= "
    "i|install dry-run=? atomic "
    "wait timeout= o|output= repo= create-namespace devel force reset-values reuse-values history-max= d|destination= post-renderer= "
    "username= password= ca-file= cert-file= key-file= keyring= description= keep-history no-hooks a|api-versions= debug max= "
    "l|selector= e|environment= "
    "output-dir= include-crds s|show-only= g|generate-name skip-crds burst-limit= registry-config= repository-cache= "
    "repository-config= cascade="
)
_TWO = (
    "rollout", "config", "auth", "certificate", "set", "repo", "dependency", "plugin", "registry", "search", "app", "appset", "proj",
    "cluster", "account",
    "reconcile", "get", "create", "delete", "suspend", "resume", "export", "adm", "policy", "bootstrap", "build", "job", "node", "alloc",
    "kv", "operator",
    "namespace", "deployment", "secrets", "token", "schedule", "backup", "restore", "upgrade", "top", "show",
)  # fmt: skip
_ONLY_GROUPS = ("rollout", "config", "auth", "certificate", "set", "plugin", "adm")


def kubectl(call: Invocation) -> None:
    """`kubectl`, `oc`: words behind `--` run in a pod."""
    options = call.options(_KUBECTL)
    operands = options.operands[: len(options.operands) - len(options.rest)] if options.rest else options.operands
    words = [word.text for word in operands]
    count = 2 if (words[:1] and words[0] in _ONLY_GROUPS) or words[:2] == ["apply", "view-last-applied"] else 1
    _said(call, options, words, count)
    _files(call, options)
    if words[:1] in (["exec"], ["run"], ["debug"]):
        inner = options.rest or options.operands[2:]
        elsewhere.follow(call, inner, {})
    elif words[:1] == ["cp"] and len(words) > 2:
        _copied(call, operands)
    call.output = Stream(None, origin=call.stdin.origin, data=_data(call, words))


def _data(call: Invocation, words: list[str]) -> tuple[str, ...]:
    """`kubectl get secret` shows a credential."""
    named = any(word.split("/")[0] in ("secret", "secrets") for word in words[1:3])
    return (*call.provenance(), call.state.scope.home + "/.kube/config") if words[:1] == ["get"] and named else call.provenance()


def _said(call: Invocation, options: Options, words: list[str], count: int) -> None:
    verb = " ".join(words[:count])
    if verb:
        call.add(INFRA, options=options, verb=verb, target=target(call, options), words=tuple(words[count:]))


_AIMS = (
    "--context",
    "--namespace",
    "--cluster",
    "--kube-context",
    "--kubeconfig",
    "--server",
    "--kube-apiserver",
    "--environment",
    "--user",
    "--as",
    "--host",
)


def target(call: Invocation, options: Options) -> str:
    """Context, namespace and the like, as `name=value`; from the environment when the call sets it there."""
    found = [f"{name[2:]}={value.text}" for name, value in options.values if name in _AIMS]
    for name in ("KUBECONFIG", "HELM_KUBECONTEXT", "HELM_NAMESPACE", "ARGOCD_SERVER", "VAULT_ADDR", "NOMAD_ADDR"):
        known = call.state.scope.variables.get(name)
        if known:
            found.append(f"{name.lower()}={known}")
    return ",".join(found)


def _files(call: Invocation, options: Options) -> None:
    for word in options.all("--filename", "--kustomize", "--values", "--from-file", "--from-env-file", "--set-file", "--kubeconfig"):
        text = word.text.partition("=")[2] or word.text
        if "://" not in text and text != "-":
            call.read(Argument(text, exact=word.exact), options=None, recursive=True)
    for word in options.all("--post-renderer"):
        call.run([word])
    for word in options.all("--output-dir", "--destination"):
        call.write(word, recursive=True)


def _copied(call: Invocation, operands: list[Argument]) -> None:
    source, destination = operands[1], operands[2]
    if ":" in source.text:
        call.write(destination, verb="copy", recursive=True)
    else:
        call.read(source, verb="copy", recursive=True)


def helm(call: Invocation) -> None:
    """`helm`, `helmfile`: a few verbs come in two words."""
    options = call.options(_HELM)
    words = [word.text for word in options.operands]
    groups = ("repo", "dependency", "plugin", "registry", "search", "get", "show")
    _said(call, options, words, 2 if words[:1] and words[0] in groups else 1)
    _files(call, options)


def other(call: Invocation) -> None:
    """Everything else with nouns and verbs: `argocd app sync x`, `flux reconcile …`, `vault kv put`."""
    options = call.options(_KUBECTL + " server= grpc-web auth-token= address=")
    words = [word.text for word in options.operands]
    _said(call, options, words, 2 if len(words) > 1 and words[0] in _TWO else 1)
    if call.name in ("kubectx", "kubens") and words:
        call.add(INFRA, options=options, verb="config use-context", target="context=" + words[0])
    if call.name == "kustomize":
        for word in read(call.words, "o|output=").all("--output"):
            call.write(word)


PROGRAMS = {"kubectl": kubectl, "oc": kubectl, "k": kubectl, "helm": helm, "helmfile": helm, "cluster": other}
