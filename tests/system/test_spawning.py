from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from twelve.system import spawning


def _python(code: str, env: dict[str, str] | None = None) -> bytes | None:
    return spawning.output((sys.executable, "-S", "-c", code), dict(os.environ) if env is None else env)


def _open_files() -> int:
    return len(os.listdir("/dev/fd"))


def test_the_answer_is_standard_output_byte_for_byte() -> None:
    assert _python(r"import sys; sys.stdout.buffer.write(b'a\0\xff\n')") == b"a\0\xff\n"


def test_no_output_and_no_answer_are_told_apart() -> None:
    assert _python("") == b""
    assert _python("raise SystemExit(1)") is None


def test_output_of_a_program_that_failed_is_not_an_answer() -> None:
    assert _python("print('half an answer', flush=True); raise SystemExit(3)") is None
    assert _python("import os, signal; print('half', flush=True); os.kill(os.getpid(), signal.SIGKILL)") is None


def test_an_answer_larger_than_a_pipe_arrives_whole() -> None:
    assert _python("print('x' * 3_000_000, end='')") == b"x" * 3_000_000


def test_standard_error_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    assert _python("import sys; print('noise', file=sys.stderr); print('answer', end='')") == b"answer"
    assert capfd.readouterr().err == ""


def test_the_program_reads_nothing_of_ours() -> None:
    program = (
        "from twelve.system import spawning; import os, sys;"
        "print(spawning.output((sys.executable, '-c', 'import sys; print(len(sys.stdin.read()))'), dict(os.environ)))"
    )
    done = subprocess.run([sys.executable, "-c", program], input=b"secret", capture_output=True, check=True, env=_ours())
    assert done.stdout.strip() == b"b'0\\n'"


def test_the_environment_is_exactly_the_given_one() -> None:
    said = _python("import os; print(sorted(name for name in os.environ if name != 'LC_CTYPE'))", {"ONLY": "this"})
    assert said == b"['ONLY']\n"


@pytest.mark.parametrize("program", ["no-such-program-anywhere", "/no/such/folder/git", "/dev/null"])
def test_a_program_that_cannot_start_gives_no_answer(program: str) -> None:
    assert spawning.output((program,), dict(os.environ)) is None


def test_arguments_are_never_read_by_a_shell(tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    words = ("-S", "-c", "import sys; print(sys.argv[1], end='')", f"$(touch {planted}); `touch {planted}` \n'\"")
    assert spawning.output((sys.executable, *words), dict(os.environ)) == os.fsencode(words[3])
    assert not planted.exists()


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="this system does not tell of dead children without reaping them")
def test_no_descriptor_and_no_zombie_is_left_behind() -> None:
    before = (_open_files(), _zombie())
    for code in ("print('a')", "raise SystemExit(1)"):
        _python(code)
    spawning.output(("no-such-program-anywhere",), {})
    assert (_open_files(), _zombie()) == before


def test_the_program_inherits_no_descriptor_of_ours(tmp_path: Path) -> None:
    lists = (
        "import os, sys\nfor number in range(256):\n"
        "  try: seen = os.fstat(number)\n  except OSError: continue\n"
        "  if os.path.samestat(seen, os.stat(sys.argv[1])): print(number)"
    )
    path = str(tmp_path / "open")
    with open(path, "w", encoding="utf-8") as ours:
        assert spawning.output((sys.executable, "-S", "-c", lists, path), dict(os.environ)) == b""
        os.set_inheritable(ours.fileno(), True)
        seen = spawning.output((sys.executable, "-S", "-c", lists, path), dict(os.environ))
        assert seen == b"%d\n" % ours.fileno(), "the check above would see nothing"


def test_nothing_is_imported_for_it() -> None:
    program = "import sys; before = set(sys.modules); import twelve.system.spawning; print(len(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=_ours())
    # twelve, twelve.system, twelve.system.spawning and __future__
    assert int(done.stdout) <= 4


def _zombie() -> bool:
    try:
        return os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return False


def _ours() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
