"""Whatever a destructive command is wrapped in, the deletion is seen, at the right place."""

from __future__ import annotations

import pytest

from kit.actions import paths, surroundings
from twelve.factors.guardrails.actions.action import WRITE

DELETION = "rm -rf /etc/x"

WRAPPED = [
    "rm -rf /etc/x",
    "rm -r -f /etc/x",
    "rm --recursive --force -- /etc/x",
    "rm /etc/x -rf",
    "\\rm -rf /etc/x",
    "'rm' -rf /etc/x",
    "r''m -rf /etc/x",
    "/bin/rm -rf /etc/x",
    "/usr/bin/rm -rf /etc/./y/../x",
    "command rm -rf /etc/x",
    "builtin command rm -rf /etc/x",
    "bash -c 'rm -rf /etc/x'",
    "sh -lc 'rm -rf /etc/x'",
    "bash -xec 'rm -rf /etc/x'",
    "zsh -c 'rm -rf /etc/x'",
    "bash --norc -c 'rm -rf /etc/x'",
    "bash -o errexit -c 'rm -rf /etc/x'",
    "dash <<< 'rm -rf /etc/x'",
    "bash <<EOF\nrm -rf /etc/x\nEOF",
    "bash -s <<'EOF'\nrm -rf /etc/x\nEOF",
    "echo 'rm -rf /etc/x' | sh",
    "printf 'rm -rf %s' /etc/x | bash",
    "echo 'rm -rf /etc/x' | tee log | bash",
    "cat <<< 'rm -rf /etc/x' | sh",
    "eval rm -rf /etc/x",
    "eval 'rm -rf' /etc/x",
    'eval "$(echo rm -rf /etc/x)"',
    "$(echo rm) -rf /etc/x",
    "`echo rm -rf /etc/x`",
    "X=rm; $X -rf /etc/x",
    "X='-rf /etc/x'; rm $X",
    "A=/etc; rm -rf $A/x",
    'A=/etc B=x; rm -rf "${A}/${B}"',
    "env rm -rf /etc/x",
    "env -i A=1 rm -rf /etc/x",
    "env -u PATH -C / rm -rf etc/x",
    "env -S 'rm -rf /etc/x'",
    "env -iS 'A=1 rm -rf /etc/x'",
    "sudo rm -rf /etc/x",
    "sudo -u root -n A=1 rm -rf /etc/x",
    "sudo -- sh -c 'rm -rf /etc/x'",
    "doas rm -rf /etc/x",
    "su root -c 'rm -rf /etc/x'",
    "su -c 'rm -rf /etc/x'",
    "nohup rm -rf /etc/x &",
    "timeout 5 rm -rf /etc/x",
    "timeout -s KILL --kill-after=3 5 rm -rf /etc/x",
    "nice -n 5 rm -rf /etc/x",
    "nice -5 rm -rf /etc/x",
    "ionice -c2 -n7 rm -rf /etc/x",
    "stdbuf -oL rm -rf /etc/x",
    "setsid -w rm -rf /etc/x",
    "time -p rm -rf /etc/x",
    "exec rm -rf /etc/x",
    "exec -a foo rm -rf /etc/x",
    "flock /tmp/l rm -rf /etc/x",
    "flock /tmp/l -c 'rm -rf /etc/x'",
    "watch -n1 rm -rf /etc/x",
    "script -qc 'rm -rf /etc/x' /dev/null",
    "busybox rm -rf /etc/x",
    "busybox sh -c 'rm -rf /etc/x'",
    "(rm -rf /etc/x)",
    "{ rm -rf /etc/x; }",
    "! rm -rf /etc/x",
    "if true; then rm -rf /etc/x; fi",
    "for f in /etc/x; do rm -rf $f; done",
    "while true; do rm -rf /etc/x; break; done",
    "case a in a) rm -rf /etc/x;; esac",
    'f() { rm -rf "$1"; }; f /etc/x',
    'f() { rm "$@"; }; f -rf /etc/x',
    "true && rm -rf /etc/x",
    "false || rm -rf /etc/x",
    "ls | rm -rf /etc/x",
    "echo $(rm -rf /etc/x)",
    "cat <(rm -rf /etc/x)",
    'echo "a `rm -rf /etc/x` b"',
    "cd /etc && rm -rf x",
    "cd /etc; rm -rf ./x",
    "cd / && cd etc && rm -rf x",
    "pushd /etc && rm -rf x",
    "cd /etc/a/.. && rm -rf x",
    "cd /; (cd etc; rm -rf x)",
    "trap 'rm -rf /etc/x' EXIT",
    "bash -c 'bash -c \"rm -rf /etc/x\"'",
    'bash -c "eval \'sh -c \\"rm -rf /etc/x\\"\'"',
    "echo cm0gLXJmIC9ldGMveA== | base64 -d | sh",
    "echo 726d202d7266202f6574632f78 | xxd -r -p | bash",
    "echo 'x/cte/ fr- mr' | rev | sh",
    "bash <(echo rm -rf /etc/x)",
    "source <(echo rm -rf /etc/x)",
    ". /dev/stdin <<< 'rm -rf /etc/x'",
    "bash /dev/stdin <<< 'rm -rf /etc/x'",
    "cat > s.sh <<'EOF'\nrm -rf /etc/x\nEOF\nbash s.sh",
    "echo 'rm -rf /etc/x' > s.sh; chmod +x s.sh; ./s.sh",
    "echo 'rm -rf /etc/x' > s.sh; . ./s.sh",
    "echo 'rm -rf /etc/x' > s; mv s t; sh t",
    "echo 'rm -rf /etc/x' > s; cp s /tmp/t; sh < /tmp/t",
    "printf '#!/bin/sh\\nrm -rf \"$1\"\\n' > s; ./s /etc/x",
    "cp /bin/rm ./ls2 && ./ls2 -rf /etc/x",
    "ln -s /bin/rm del && ./del -rf /etc/x",
    "read x <<< /etc/x; rm -rf $x",
    "printf -v x /etc/%s x; rm -rf $x",
    'set -- /etc/x; rm -rf "$1"',
    "rm -rf /{etc,x}/x",
    "rm -rf ~root/../etc/x /etc/x",
    "rm -rf $'/etc/\\x78'",
    "rm -rf /proc/self/root/etc/x",
    "cd /etc; rm -rf /proc/self/cwd/x",
    "ln -s /etc here; rm -rf here/../etc/x /etc/x",
    'A=(rm -rf /etc/x); "${A[@]}"',
    "alias del='rm -rf'; del /etc/x",
    "IFS=,; rm -rf /etc/x",
    "unset X; rm -rf ${X:-/etc/x}",
    "watch 'rm -rf /etc/x'",
    "coproc rm -rf /etc/x",
    "at now <<< 'rm -rf /etc/x'",
    "strace -f -o /tmp/o rm -rf /etc/x",
    "mise exec -- rm -rf /etc/x",
]


@pytest.mark.parametrize("line", WRAPPED)
def test_the_deletion_is_seen_through(line: str) -> None:
    assert "/etc/x" in paths(line, "delete")


HARMLESS = [
    "echo rm -rf /etc/x",
    "echo 'rm -rf /etc/x' > notes.md",
    "grep -rn 'rm -rf /etc/x' .",
    "git commit -m 'rm -rf /etc/x'",
    "# rm -rf /etc/x",
    "printf '%s' 'rm -rf /etc/x'",
    "cat > doc.md <<'EOF'\nrm -rf /etc/x\nEOF",
    "ls /etc/x",
    "cat /etc/x",
    "f() { rm -rf /etc/x; }",
    "rm --help",
    'echo "$(echo rm -rf /etc/x)"',
    "X='rm -rf /etc/x'",
    "command -v rm",
    "type rm",
    "echo a | grep 'rm -rf /etc/x'",
    "test -e /etc/x && echo rm",
    "find . -name 'rm -rf'",
    "man rm",
    "git log --grep='rm -rf /etc/x'",
    "printf 'rm -rf /etc/x' | cat",
    "true # && rm -rf /etc/x",
]


@pytest.mark.parametrize("line", HARMLESS)
def test_text_that_only_mentions_a_deletion_is_data(line: str) -> None:
    assert paths(line, "delete") == []


def test_a_shell_of_its_own_sees_only_what_was_exported() -> None:
    assert "/etc/x" in paths("export D=/etc; bash -c 'rm -rf $D/x'", "delete")
    assert "/etc/x" in paths("D=/etc bash -c 'rm -rf $D/x'", "delete")
    assert "/etc/x" in paths("D=/etc; (rm -rf $D/x)", "delete")
    assert paths("D=/etc; bash -c 'rm -rf $D/x'", "delete") == [""]


def test_fresh_names_lie_where_the_session_keeps_its_temporary_files() -> None:
    line = 'T=$(mktemp -d) && echo x > "$T/a"'
    assert any(path.startswith("/tmp/") for path in paths(line, WRITE))
    assert any(path.startswith("/run/mine/") for path in paths(line, WRITE, surroundings(TMPDIR="/run/mine")))
