"""Whether there is an installation on this machine, whole and of this version."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.gates import definition
from twelve.model.errors import TwelveError
from twelve.system import config, git
from twelve.version import __version__
from twelve.workflow.install import clients, plan, record
from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight

UNGUARDED = "no agent client is guarded here: nothing asks this before a tool runs\nnext: twelve init --client claude (or codex, gemini)"


def armed(repository: git.Repository) -> tuple[str, ...]:
    """Clients init registered in this work tree; none when that cannot be read."""
    try:
        known = record.load(repository)
    except TwelveError:
        return ()
    parts = {piece.part for piece in known.of_tree(str(repository.root))} if known else set()
    return tuple(name for name in clients.CLIENTS if name in parts)


def installed(look: Look) -> Iterator[Ailment]:
    """This clone has hooks at all: what is tracked arms nobody."""
    if look.record is None:
        yield Ailment(check="installed", weight=Weight.BROKEN, what="no hook is installed on this machine", next="twelve init")


def policy(look: Look) -> Iterator[Ailment]:
    """Every gate of the policy can be made: one that cannot refuses every commit."""
    place = look.repository.root / "twelve.toml"
    loaded = config.load(look.repository.root)
    for gate, settings in loaded.settings.gates.items():
        try:
            definition.resolve(gate, settings)
        except TwelveError as trouble:
            where = loaded.origins.get(f"gates.{gate}.kind") or loaded.origins.get(f"gates.{gate}", place.name)
            what = f"{where}: gate {gate} cannot be made: {trouble.what}"
            yield Ailment(check="policy", weight=Weight.BROKEN, what=what, why=trouble.why, next=trouble.next, path=place.name)


def interrupted(look: Look) -> Iterator[Ailment]:
    """No init, upgrade or uninstall was killed half way."""
    if plan.interrupted(look.repository):
        yield Ailment(
            check="interrupted",
            weight=Weight.BROKEN,
            what="an earlier init, upgrade or uninstall did not finish",
            next="twelve init finishes it, twelve uninstall takes it back",
            repair="resume",
        )


def version(look: Look) -> Iterator[Ailment]:
    """What is installed was written by this version."""
    if look.record is not None and look.record.twelve != __version__:
        yield Ailment(
            check="version",
            weight=Weight.WEAK,
            what=f"the installed hooks are of twelve {look.record.twelve}, this is {__version__}",
            next="twelve upgrade",
            repair="upgrade",
        )


def client_missing(look: Look) -> Iterator[Ailment]:
    """Clients this project is used with are registered, and registered ones are installed."""
    found = clients.present(look.repository.root)
    for name in found if look.record else ():
        if name not in look.armed and not clients.obstacle(look.repository, clients.CLIENTS[name]):
            # A folder in the project says that it is used here; a program on PATH beside a client that was chosen says little.
            chosen = bool(look.armed) and not (look.repository.root / clients.CLIENTS[name].folder).is_dir()
            yield Ailment(
                check="client-missing",
                weight=Weight.NOTE if chosen else Weight.BROKEN,
                what=f"{name} is {'on PATH' if chosen else 'used here'}, but its hooks are not registered",
                next=f"twelve init --client {name}",
                path=clients.CLIENTS[name].path,
            )
    for name in look.armed:
        if not clients.installed(name, look.environ):
            yield Ailment(check="client-missing", weight=Weight.NOTE, what=f"{name} is registered, but not found on PATH")
