from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twelve.model.errors import TwelveError
from twelve.system import files

SRC = str(Path(files.__file__).parents[2])


def child(code: str, *args: object) -> subprocess.Popen[bytes]:
    """Another Python with this source on its path."""
    return subprocess.Popen([sys.executable, "-c", code, *map(str, args)], env={**os.environ, "PYTHONPATH": SRC}, stdout=subprocess.PIPE)


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".tmp")]


# --- write_atomic ---------------------------------------------------------------------------------------------------


@given(st.binary(max_size=2000), st.binary(max_size=2000))
def test_a_written_file_holds_exactly_the_last_bytes(tmp_path_factory: pytest.TempPathFactory, first: bytes, second: bytes) -> None:
    path = tmp_path_factory.mktemp("w") / "deep" / "er" / "file"
    files.write_atomic(path, first)
    files.write_atomic(path, second)
    assert path.read_bytes() == second
    assert not left_over(path.parent)


def test_text_with_undecodable_bytes_is_written_back_as_the_same_bytes(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / "f", b"caf\xe9".decode("utf-8", "surrogateescape"))
    assert (tmp_path / "f").read_bytes() == b"caf\xe9"


def test_the_mode_of_an_existing_file_is_kept_and_a_given_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text("old")
    path.chmod(0o750)
    files.write_atomic(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    files.write_atomic(path, "secret", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        files.write_atomic(tmp_path / "f", "x")
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o640


def test_a_planted_link_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "link").symlink_to(victim)
    files.write_atomic(tmp_path / "link", "new")
    assert victim.read_text() == "precious"
    assert (tmp_path / "link").read_text() == "new"


def test_a_name_as_long_as_the_file_system_allows_can_be_written(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / ("n" * 255), "x")
    assert (tmp_path / ("n" * 255)).read_text() == "x"


WRITER = """
import sys
from pathlib import Path
from twelve.system import files
path, number = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    number += 1
    files.write_atomic(path, bytes([65 + number % 26]) * 50_000)
"""


def test_kill_9_at_any_moment_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "state"
    files.write_atomic(path, b"A" * 50_000)
    for number in range(15):
        process = child(WRITER, path)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.001 * (number + 1))
        process.kill()
        process.wait()
        process.stdout.close()
        content = path.read_bytes()
        assert len(content) == 50_000
        assert len(set(content)) == 1, "a mixture of two versions"


def test_readers_never_see_half_a_file_while_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "state"
    files.write_atomic(path, b"A" * 50_000)
    process = child(WRITER, path)
    try:
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            content = files.read_bounded(path)
            assert len(content) == 50_000
            assert len(set(content)) == 1
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond 4 kB: what a full disk looks like to a writer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, previous)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_keeps_the_old_content_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "state"
    files.write_atomic(path, "old")
    with pytest.raises(TwelveError) as caught:
        files.write_atomic(path, b"x" * 100_000)
    assert caught.value.why
    assert caught.value.next
    assert path.read_text() == "old"
    assert not left_over(tmp_path)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_creates_nothing_rather_than_half_a_file(tmp_path: Path) -> None:
    with pytest.raises(TwelveError):
        files.create_exclusive(tmp_path / "record", b"x" * 100_000)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small_disk")
def test_a_line_that_did_not_fit_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TwelveError, match="append"):
        files.append_line(tmp_path / "journal", b"x" * 100_000)


READ_ONLY = """
import os, sys
from pathlib import Path
from twelve.model.errors import TwelveError
from twelve.system import files
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
for call in (files.write_atomic, files.create_exclusive):
    try:
        call(Path(sys.argv[1]), "x")
    except TwelveError as error:
        print(error.why)
"""


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that another user can reach, which those of pytest are not: permissions do not bind root."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_of_somebody_else_is_a_clear_error(reachable: Path) -> None:
    reachable.chmod(0o555)
    out, _ = child(READ_ONLY, reachable / "f").communicate()
    assert out.decode().split("\n")[:2] == ["permission denied", "permission denied"]


def test_a_file_where_a_folder_should_be_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(TwelveError, match="cannot write"):
        files.write_atomic(tmp_path / "f" / "g", "x")


# --- create_exclusive, append_line ----------------------------------------------------------------------------------


def test_creating_a_taken_name_changes_nothing(tmp_path: Path) -> None:
    assert files.create_exclusive(tmp_path / "r", "first")
    assert not files.create_exclusive(tmp_path / "r", "second")
    assert (tmp_path / "r").read_text() == "first"
    assert not left_over(tmp_path)


def test_a_dangling_link_counts_as_taken(tmp_path: Path) -> None:
    (tmp_path / "r").symlink_to(tmp_path / "elsewhere")
    assert not files.create_exclusive(tmp_path / "r", "x")
    assert not (tmp_path / "elsewhere").exists()


def test_of_many_creators_exactly_one_wins_with_whole_content(tmp_path: Path) -> None:
    wins: list[int] = []

    def create(number: int) -> None:
        if files.create_exclusive(tmp_path / "r", f"{number}" * 1000):
            wins.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert (tmp_path / "r").read_text() == f"{wins[0]}" * 1000


APPENDER = """
import sys
from pathlib import Path
from twelve.system import files
for number in range(200):
    files.append_line(Path(sys.argv[1]), f"{sys.argv[2]}-{number}-".encode() + b"x" * 500)
"""


def test_lines_of_concurrent_writers_never_mix(tmp_path: Path) -> None:
    writers = [child(APPENDER, tmp_path / "log", name) for name in "abcd"]
    for writer in writers:
        writer.communicate()
    lines = (tmp_path / "log").read_bytes().splitlines()
    expected = {f"{name}-{number}-".encode() + b"x" * 500 for name in "abcd" for number in range(200)}
    assert len(lines) == 800
    assert set(lines) == expected


def test_a_line_with_a_line_break_inside_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line break"):
        files.append_line(tmp_path / "log", b"one\ntwo")
    files.append_line(tmp_path / "log", b"one\n")
    files.append_line(tmp_path / "log", b"two")
    assert (tmp_path / "log").read_bytes() == b"one\ntwo\n"


# --- reading --------------------------------------------------------------------------------------------------------


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 10)
    assert files.read_bounded(tmp_path / "f", 10) == b"x" * 10
    with pytest.raises(TwelveError, match="cannot read") as caught:
        files.read_bounded(tmp_path / "f", 9)
    assert "larger than 9 bytes" in caught.value.why


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TwelveError, match="cannot read"):
        files.read_bounded(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["absent", ".", "circle"])
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str) -> None:
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(TwelveError) as caught:
        files.read_bounded(tmp_path / name)
    assert caught.value.why
    assert caught.value.next


def test_an_endless_device_is_refused() -> None:
    with pytest.raises(TwelveError, match="cannot read"):
        files.read_bounded(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfhello", "hello"),
        (b"a\r\nb\n", "a\r\nb\n"),
        (b"caf\xe9", "caf�"),
        ("naïve ✓".encode(), "naïve ✓"),
        (b"", ""),
    ],
)
def test_text_loses_its_byte_order_mark_and_nothing_else(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "f").write_bytes(data)
    assert files.read_text(tmp_path / "f") == text


@given(st.binary(max_size=3000))
def test_a_file_and_its_bytes_have_the_same_digest(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("d") / "f"
    path.write_bytes(data)
    assert files.digest(path) == files.digest_bytes(data)


# --- confined -------------------------------------------------------------------------------------------------------

PARTS = st.sampled_from(["a", "b", "..", ".", "", "out", "in", "up", "loop", "x\ny", "ü", "\udcff", "c d", "..x", "...", "C:", "~"])


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with honest folders, links inside, links out of it, links in circles; and a secret beside it."""
    base = tmp_path_factory.mktemp("confined")
    root = base / "root"
    for folder in (root, root / "a", root / "a" / "b", base / "root-secret"):
        folder.mkdir()
        (folder / "out").symlink_to(base / "root-secret")
        (folder / "in").symlink_to(root / "a")
        (folder / "up").symlink_to("..")
        (folder / "loop").symlink_to("loop")
    return root


@given(st.lists(PARTS, max_size=6), st.sampled_from(["/", "//", "\\"]), st.sampled_from(["", "/", "./", "\\", "C:\\", "C:/"]))
def test_an_allowed_path_never_lies_outside_its_root(playground: Path, parts: list[str], separator: str, prefix: str) -> None:
    relative = prefix + separator.join(parts)
    try:
        path = files.confined(playground, relative)
    except TwelveError:
        return
    real, root = os.path.realpath(path), os.path.realpath(playground)
    assert real == root or real.startswith(root + "/")
    assert os.path.normpath(path) == os.path.normpath(playground / relative)


@given(st.text(st.characters(blacklist_characters="/\\\0", blacklist_categories=["Cs"]), min_size=1, max_size=30))
def test_any_plain_name_is_allowed(playground: Path, name: str) -> None:
    assume(name not in ("..", ".", "out", "up") and len(name.encode()) < 200)
    assert files.confined(playground, name) == playground / name


LEAVING = ["", "/etc/passwd", "..", "a/../../x", "a/..", "out", "out/x", "a/out/x", "up", "in/../..", "a\0b", "C:\\x", "\\\\h\\s", "..\\x"]


@pytest.mark.parametrize("relative", LEAVING)
def test_paths_that_leave_are_refused(playground: Path, relative: str) -> None:
    with pytest.raises(TwelveError, match="leaves its folder"):
        files.confined(playground, relative)


def test_a_sibling_with_the_same_beginning_is_outside(playground: Path) -> None:
    (playground / "a" / "sneaky").symlink_to(f"../../{playground.name}-secret")
    with pytest.raises(TwelveError):
        files.confined(playground, "a/sneaky")


def test_links_that_stay_inside_are_allowed(playground: Path) -> None:
    assert files.confined(playground, "in/b") == playground / "in" / "b"
    assert files.confined(playground, "a/up/a") == playground / "a" / "up" / "a"


# --- trees and scratch ----------------------------------------------------------------------------------------------


def test_a_scratch_directory_is_gone_afterwards_also_after_an_error() -> None:
    kept: list[Path] = []

    def work() -> None:
        with files.scratch_directory() as folder:
            kept.append(folder)
            (folder / "sealed").mkdir()
            (folder / "sealed" / "g").write_text("x")
            (folder / "sealed").chmod(0o500)
            raise LookupError

    with pytest.raises(LookupError):
        work()
    assert not kept[0].exists()


def test_removing_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "f").write_text("x")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.remove_tree(tmp_path / "link")
    files.remove_tree(tmp_path / "tree")
    files.remove_tree(tmp_path / "never was")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["real"]
    assert (tmp_path / "real" / "f").exists()


SEALED = """
import os, sys
from pathlib import Path
from twelve.system import files
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
root = Path(sys.argv[1]) / "mine"
(root / "a" / "b").mkdir(parents=True)
(root / "a" / "b" / "f").write_text("x")
(root / "a" / "g").write_text("x")
for folder in (root / "a" / "b", root / "a"):
    folder.chmod(0o500)
(root / "a" / "b").parent.chmod(0)
files.remove_tree(root)
print(root.exists())
"""


def test_folders_made_unwritable_or_unreadable_are_removed_too(reachable: Path) -> None:
    out, _ = child(SEALED, reachable).communicate()
    assert out.strip() == b"False"


def test_a_copied_tree_has_the_same_content_modes_and_links(tmp_path: Path) -> None:
    source = tmp_path / "src"
    (source / "sub").mkdir(parents=True)
    (source / "sub" / "run").write_text("#!/bin/sh\n")
    (source / "sub" / "run").chmod(0o755)
    (source / "dangling").symlink_to("nowhere")
    files.copy_tree(source, tmp_path / "dst")
    assert (tmp_path / "dst" / "sub" / "run").stat().st_mode == (source / "sub" / "run").stat().st_mode
    assert os.readlink(tmp_path / "dst" / "dangling") == "nowhere"


def test_copying_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    os.mkfifo(tmp_path / "src" / "pipe")
    with pytest.raises(TwelveError, match="cannot copy"):
        files.copy_tree(tmp_path / "src", tmp_path / "dst")


# --- locks ----------------------------------------------------------------------------------------------------------

HOLDER = """
import sys, time
from pathlib import Path
from twelve.system import files
lock = files.FileLock(Path(sys.argv[1]))
assert lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_excludes_another_process_until_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "lock"
    holder = child(HOLDER, path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert not files.FileLock(path, blocking=False).acquire()
    assert not files.FileLock(path, timeout_s=0.1).acquire()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    lock = files.FileLock(path, timeout_s=5)
    assert lock.acquire()
    lock.release()


def test_a_lock_excludes_another_thread_and_comes_free(tmp_path: Path) -> None:
    first, second = files.FileLock(tmp_path / "l"), files.FileLock(tmp_path / "l", blocking=False)
    with first:
        assert not second.acquire()
    assert second.acquire()
    second.release()
    second.release()


def test_a_lock_that_stays_taken_is_a_clear_error(tmp_path: Path) -> None:
    second = files.FileLock(tmp_path / "l", timeout_s=0.05)
    with files.FileLock(tmp_path / "l"), pytest.raises(TwelveError, match="locked") as caught, second:
        pass
    assert "another process" in caught.value.why


def test_a_waiting_lock_gets_its_turn(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")

    def count() -> None:
        for _ in range(20):
            with files.FileLock(tmp_path / "l"):
                counter.write_text(str(int(counter.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "80"
