"""Whether git runs our hooks, and whether they are what we wrote."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.system import files
from twelve.workflow.install import carrying, githooks, scripts, upgrading
from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight
from twelve.workflow.install.record import Piece
from twelve.workflow.install.values import Place

_MOVED = (".legacy", ".old")


def missing(look: Look) -> Iterator[Ailment]:
    """Every hook file of ours is there, or where its hook manager runs it from."""
    for piece in _pieces(look):
        if carrying.content(look.repository, piece.place, piece.path) is None and not _legacy(look, piece):
            yield _broken("git-hook-missing", piece, f"the git hook {_name(piece)} is gone")


def edited(look: Look) -> Iterator[Ailment]:
    """Every hook file of ours is as we wrote it."""
    for piece in _pieces(look):
        current = carrying.content(look.repository, piece.place, piece.path)
        if current is None or _legacy(look, piece):
            continue
        if files.digest_bytes(current) == piece.after:
            if current != upgrading.text_of(look.repository, look.arming, piece):
                yield _broken("git-hook-edited", piece, f"the git hook {_name(piece)} names another place or is of another version")
            continue
        displaced = scripts.MARK.encode() not in current and piece.path.startswith("hooks/")
        if displaced:
            yield _broken(
                "git-hook-edited",
                piece,
                f"another hook stands where ours was: {_name(piece)}",
                "a hook manager replaced it",
                repair="rejoin",
            )
            continue
        yield _broken("git-hook-edited", piece, f"the git hook {_name(piece)} was edited")


def mode(look: Look) -> Iterator[Ailment]:
    """Git runs only hooks it may execute, and nobody else may write them."""
    for piece in _pieces(look):
        bits = carrying.mode(look.repository, piece.place, piece.path)
        if bits is None or piece.place is not Place.GIT or piece.path == githooks.INCLUDED:
            continue
        if not bits & 0o100:
            yield _broken("git-hook-mode", piece, f"the git hook {_name(piece)} is not executable", "git leaves it out without a word")
        elif bits & 0o002:
            yield _broken("git-hook-mode", piece, f"anybody on this machine may write the git hook {_name(piece)}")


def bypassed(look: Look) -> Iterator[Ailment]:
    """Git looks for hooks where ours are."""
    how = look.record.hooks if look.record else ""
    if not how:
        return
    wanted = look.repository.common_dir / (githooks.OURS if how == githooks.FOLDER else "hooks")
    found = githooks.effective(look.repository)
    if found.resolve() != wanted.resolve():
        yield Ailment(
            check="hooks-bypassed",
            weight=Weight.BROKEN,
            what=f"git takes hooks from {found}, not from {wanted}",
            why="core.hooksPath was changed after twelve init, as a hook manager does when it is installed",
            next="twelve doctor --fix joins it",
            path=str(found),
            repair="rejoin",
        )


def _pieces(look: Look) -> tuple[Piece, ...]:
    """Hook files of ours: in the shared folder, or what calls them in this work tree."""
    pieces = look.record.pieces if look.record else ()
    mine = (piece for piece in pieces if piece.part == "git" and piece.tree in ("", str(look.repository.root)))
    return tuple(
        piece for piece in mine if piece.path != carrying.GIT_CONFIG and upgrading.text_of(look.repository, look.arming, piece) is not None
    )


def _legacy(look: Look, piece: Piece) -> bool:
    """Whether a hook manager moved ours aside and runs it from there: pre-commit does, with this ending."""
    moved = carrying.content(look.repository, Place.GIT, f"{piece.path}{_MOVED[0]}") if piece.place is Place.GIT else None
    return moved is not None and files.digest_bytes(moved) == piece.after


def _name(piece: Piece) -> str:
    return piece.path.rpartition("/")[2]


def _broken(check: str, piece: Piece, what: str, why: str = "", *, repair: str = "file") -> Ailment:
    advice = "twelve doctor --fix joins it" if repair == "rejoin" else "twelve doctor --fix writes it again, after showing the difference"
    return Ailment(check=check, weight=Weight.BROKEN, what=what, why=why, next=advice, path=piece.path, repair=repair)
