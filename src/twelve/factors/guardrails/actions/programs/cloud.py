"""Infrastructure as code and cloud accounts: the verb and what it is aimed at."""

from __future__ import annotations

from twelve.factors.guardrails.actions import elsewhere
from twelve.factors.guardrails.actions.action import DATABASE, INFRA, NETWORK
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.paths import Place
from twelve.factors.guardrails.actions.streams import CREDENTIAL, Stream, union

_TERRAFORM = (
    "auto-approve destroy var= var-file= target= out= state= state-out= backend-config= chdir= lock-timeout= parallelism= replace= "
    "refresh-only "
    "input=? lock=? json no-color compact-warnings detailed-exitcode refresh=? upgrade reconfigure migrate-state force-copy backup= "
    "plugin-dir= "
    "generate-config-out= recursive check diff write=? raw non-interactive working-dir= terragrunt-working-dir= "
    "terragrunt-non-interactive force help"
)
_CLOUD = (
    "profile= region= project= account= subscription= g|resource-group= n|name= zone= o|output= query= format= filter= s|stack= "
    "e|env= environment= "
    "stage= a|app= t|token= c|config= configuration= cluster= location= endpoint-url= impersonate-service-account= cwd= y|yes f|force "
    "q|quiet dryrun dry-run=? "
    "no-dry-run delete recursive exclude= include= acl= verbosity= confirm= org= scope= team= message= cli-input-json= expect-nop "
    "remote= "
    "i|inventory= l|limit= u|user= M= K b|become C|check D|diff tags= skip-tags= extra-vars= vault-password-file= ask-become-pass "
    "private-key= require-approval= "
    "context= toolkit-stack-name= template-file= template= parameter-overrides= stack-name= bucket= key= instance-ids= "
    "db-instance-identifier="
)
_AIMS = ("--profile", "--region", "--project", "--account", "--subscription", "--resource-group", "--stack", "--env", "--environment",
    "--stage",
         "--app", "--cluster", "--inventory", "--limit", "--configuration", "--var-file", "--endpoint-url", "--org", "--context",
         "--stack-name", "--chdir")  # fmt: skip
_ENVIRONMENT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "TF_WORKSPACE", "CLOUDSDK_CORE_PROJECT", "GOOGLE_CLOUD_PROJECT", "PULUMI_STACK",
    "AWS_REGION",
                "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID", "ANSIBLE_INVENTORY")  # fmt: skip
_LAST = frozenset(
    ("list", "describe", "show", "get", "create", "delete", "update", "add", "remove", "set", "unset", "deploy", "start", "stop",
    "restart", "reset",
     "destroy", "apply", "scale", "ssh", "cp", "rm", "mv", "ls", "sync", "mb", "rb", "import", "export", "run", "exec", "up", "down",
     "rollback",
     "login", "logs", "info", "rsync", "cat", "submit", "purge", "push", "pull", "deallocate", "revoke", "enable", "disable", "put",
     "invoke")
)  # fmt: skip
"""Words that end the verb of a nested command; what follows names things."""


_FOLDERS = ("pulumi", "cdk", "cdktf", "sls", "serverless", "sam", "packer", "terraformer")


def target(call: Invocation, options: Options) -> str:
    """Profiles, projects, workspaces and stages as `name=value`."""
    found = [f"{name[2:]}={value.text}" for name, value in options.values if name in _AIMS]
    for name in _ENVIRONMENT:
        known = call.state.scope.variables.get(name)
        if known:
            found.append(f"{name.lower()}={known}")
    return ",".join(found)


def _folder(call: Invocation, options: Options) -> Place | None:
    """Where a program that works on the folder it stands in works; None when that cannot be known."""
    given = options.value("--chdir", "--cwd", "--working-dir", "--terragrunt-working-dir")
    place = call.places(given)[0] if given else call.state.cwd
    return None if place.partial else place


def terraform(call: Invocation) -> None:
    """`terraform -chdir=x apply -auto-approve`: long options after one dash; `run-all` comes before the verb."""
    options = call.options(_TERRAFORM, single=True)
    words = [word.text for word in options.operands]
    groups = ("state", "workspace", "providers", "run-all", "stack", "hclfmt", "run", "metadata")
    count = 2 if words[:1] and words[0] in groups else 1
    if not words:
        return
    aim = target(call, options)
    if words[:2] in (["workspace", "select"], ["workspace", "new"], ["workspace", "delete"]) and len(words) > 2:
        aim = ",".join(piece for piece in (aim, "workspace=" + words[2]) if piece)
    call.add(INFRA, options=options, place=_folder(call, options), verb=" ".join(words[:count]), target=aim, words=tuple(words[count:]))
    for word in options.all("--out", "--state-out", "--generate-config-out", "--backup"):
        call.write(word)
    for word in options.all("--var-file", "--backend-config"):
        if "=" not in word.text:
            call.read(word)


_PRINTING = {
    "gcloud": (("auth", "print-access-token"), ("auth", "print-identity-token"), ("auth", "application-default", "print-access-token"),
               ("secrets", "versions", "access")),
    "az": (("account", "get-access-token"), ("keyvault", "secret", "show")), "heroku": (("auth:token",),),
    "aws": (("configure", "get"), ("configure", "export-credentials"), ("sts", "get-session-token"), ("sts", "assume-role"),
            ("secretsmanager", "get-secret-value"), ("ecr", "get-login-password")),
}  # fmt: skip
"""Commands whose output is a credential."""
_ISSUERS = {
    "gcloud": "googleapis.com,gcr.io,pkg.dev,run.app,cloudfunctions.net", "az": "azure.com,azure.net,windows.net,microsoft.com,azurecr.io",
    "heroku": "heroku.com", "aws": "amazonaws.com",
}  # fmt: skip


def account(call: Invocation) -> None:
    """`aws s3 rm …`, `gcloud compute instances delete …`, `az group delete`: the leading words are the verb."""
    options = call.options(_CLOUD)
    words = [word.text for word in options.operands]
    count = 2 if call.name in ("aws", "heroku") else _verb_length(words)
    if call.name in (
        "gsutil",
        "s3cmd",
        "s5cmd",
        "heroku",
        "vercel",
        "netlify",
        "wrangler",
        "cdk",
        "cdktf",
        "fly",
        "flyctl",
        "sls",
        "serverless",
        "packer",
        "bq",
        "mc",
    ):
        count = (
            1
            if not (words[:1] and words[0] in ("secrets", "kv", "d1", "volumes", "apps", "machine", "env", "domains", "bucket", "stack"))
            else 2
        )
    if not words:
        return
    place = _folder(call, options) if call.name in _FOLDERS else None
    aim = target(call, options)
    call.add(INFRA, options=options, place=place, verb=" ".join(words[:count]), target=aim, words=tuple(words[count:]))
    _objects(call, options, words)
    _database(call, options, words)
    if any(words[: len(shape)] == list(shape) for shape in _PRINTING.get(call.name, ())):
        call.output = Stream(None, data=(CREDENTIAL + _ISSUERS[call.name],))


def _verb_length(words: list[str]) -> int:
    for at, word in enumerate(words[:5]):
        if word in _LAST or word.partition("-")[0] in _LAST:
            return at + 1
    return min(len(words), 2)


def _objects(call: Invocation, options: Options, words: list[str]) -> None:
    """Copies between here and a bucket."""
    verbs = (
        words[1:2] if call.name == "aws" and words[:1] == ["s3"] else words[:1] if call.name in ("gsutil", "s3cmd", "s5cmd", "mc") else []
    )
    if words[:2] == ["storage", "cp"] or words[:2] == ["storage", "rsync"]:
        verbs = words[1:2]
    if not verbs or verbs[0] not in ("cp", "mv", "sync", "rsync", "put", "get"):
        return
    ends = [word for word in options.operands if word.text not in words[:2]]
    if len(ends) < 2:
        return
    data: tuple[str, ...] = ()
    for word in ends[:-1]:
        if "://" not in word.text:
            data = union(data, call.read(word, verb="copy", recursive=True).data if word.text != "-" else call.stdin.data)
    if "://" in ends[-1].text:
        call.add(NETWORK, options=options, target=ends[-1].text, verb="send", data=data)
    else:
        call.add(NETWORK, options=options, target=ends[0].text, verb="fetch")
        if ends[-1].text != "-":
            call.write(ends[-1], verb="download", recursive=True, content=Stream(None, origin="network"))
        else:
            call.output = Stream(None, origin="network")


def _database(call: Invocation, options: Options, words: list[str]) -> None:
    """`heroku pg:reset`, `supabase db reset`, `wrangler d1 execute --command`."""
    text = " ".join(words[:3])
    if text.startswith(("pg:reset", "db reset", "pg:pull")):
        call.add(DATABASE, options=options, verb="reset database", target=target(call, options))
    if (
        words[:2] == ["rds", "delete-db-instance"]
        or words[:2] == ["rds", "delete-db-cluster"]
        or words[:3] == ["sql", "instances", "delete"]
    ):
        call.add(DATABASE, options=options, verb="drop database", target=target(call, options))
    if (words[:2] == ["sql", "databases"] and "delete" in words) or words[:2] == ["dynamodb", "delete-table"]:
        call.add(DATABASE, options=options, verb="drop table" if "dynamodb" in words else "drop database", target=target(call, options))


_ANSIBLE = (
    "i|inventory= l|limit= u|user= m|module-name= a|args= e|extra-vars= t|tags|tree= f|forks= C|check D|diff b|become "
    "K|ask-become-pass k|ask-pass "
    "private-key= vault-password-file= vault-id= skip-tags= start-at-task= connection= c= syntax-check list-hosts list-tasks "
    "become-user= M|module-path= v T="
)


def ansible(call: Invocation) -> None:
    """Playbooks and ad-hoc modules, aimed at an inventory."""
    options = call.options(_ANSIBLE)
    words = [word.text for word in options.operands]
    if options.has("--syntax-check", "--list-hosts", "--list-tasks"):
        return
    module = options.value("--module-name")
    verb = "playbook" if call.name == "ansible-playbook" else "run " + (module.text if module else "command")
    if module is not None and module.text in ("ping", "setup", "debug", "ansible.builtin.ping", "ansible.builtin.setup"):
        verb = "get facts"
    aim = ",".join([target(call, options), *(words[:1] if call.name == "ansible" else [])]).strip(",")
    call.add(INFRA, options=options, place=_folder(call, options), verb=verb, target=aim)
    for word in options.operands if call.name == "ansible-playbook" else []:
        call.read(word)
    given = options.value("--args")
    local = words[:1] in (["localhost"], ["127.0.0.1"])
    if given is not None and verb in ("run shell", "run command", "run raw", "run ansible.builtin.shell", "run ansible.builtin.command"):
        command = [Argument("sh"), Argument("-c"), given]
        if local:
            call.run(command)
        else:
            elsewhere.follow(call, command, {})


PROGRAMS = {
    "terraform": terraform, "tofu": terraform, "terragrunt": terraform, "ansible": ansible, "ansible-playbook": ansible, "cloud": account,
}  # fmt: skip
