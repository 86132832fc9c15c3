"""Both parts of an installation together: what is tracked, and what belongs to this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twelve.model.errors import TwelveError
from twelve.model.settings import Settings
from twelve.system import config, git
from twelve.workflow.install import carrying, machine, record, takeback, tracked
from twelve.workflow.install.arming import Arming
from twelve.workflow.install.machine import Wish
from twelve.workflow.install.values import MANIFEST, Change, Plan
from twelve.workflow.install.values import load as load_manifest

Armed = Callable[[git.Repository, Settings], Arming]


def plan_install(repository: git.Repository, *, with_make: bool = True, wish: Wish | None = None, arm: Armed | None = None) -> Plan:
    """What `twelve init` would write here. Nothing when it is installed as wished.

    Without a wish only the tracked part. Raises TwelveError on a name clash, an odd tree or an interrupted init.
    """
    carrying.work_tree(repository)
    shared = tracked.plan_install(repository, with_make=with_make)
    if wish is None or arm is None:
        return shared
    texts = {change.path: (change.after or b"").decode() for change in shared.changes if change.before is None and change.path != MANIFEST}
    own = machine.plan_install(repository, arm(repository, _settings(repository, shared.changes)), wish, texts=texts)
    return Plan(
        changes=(*shared.changes, *own.changes),
        notes=(*(note for note in shared.notes if not (own.changes and note == tracked.HERE)), *own.notes),
        generated=own.generated,
        generate=own.generate,
        generate_before=tuple(len(shared.changes) + position for position in own.generate_before),
    )


def plan_uninstall(repository: git.Repository, *, policy: bool = True) -> Plan:
    """What `twelve uninstall` would take back; files edited since are kept and named. Raises TwelveError when nothing is installed.

    Without `policy` what is tracked stays, because it is everybody's.
    """
    carrying.work_tree(repository)
    own, shared = takeback.plan_uninstall(repository), tracked.plan_uninstall(repository) if policy else None
    if own is None and not policy:
        raise TwelveError("no hook is installed on this machine", next="nothing of this machine needs to be removed")
    if own is None and shared is None:
        raise TwelveError("twelve is not installed here", why=f"there is no {MANIFEST}", next="nothing needs to be removed")
    parts = [part for part in (own, shared) if part is not None]
    return Plan(
        changes=tuple(change for part in parts for change in part.changes),
        notes=tuple(note for part in parts for note in part.notes),
        leftovers=tuple(item for part in parts for item in part.leftovers),
        folders=tuple(folder for part in parts for folder in part.folders),
        final=tuple(change for part in parts for change in part.final),
    )


def received(repository: git.Repository) -> bool:
    """Whether the tracked part came with the clone: init wrote hooks here and found the policy committed."""
    known, manifest = record.load(repository), load_manifest(repository.root)
    return known is not None and known.finished and not known.texts and manifest is not None and not tracked.uncommitted(repository)


def _settings(repository: git.Repository, changes: tuple[Change, ...]) -> Settings:
    """The policy that will be in force once the plan is carried out."""
    written = next((change.after for change in changes if change.path == tracked.POLICY and change.after is not None), None)
    return config.load(repository.root).settings if written is None else config.load_text(written.decode()).settings


def resume(repository: git.Repository, *, with_make: bool = True, wish: Wish | None = None, arm: Armed | None = None) -> Iterator[Plan]:
    """The plans of an init; what an interrupted one left is taken back first. Apply each before asking for the next."""
    if interrupted(repository):
        yield plan_uninstall(repository)
    yield plan_install(repository, with_make=with_make, wish=wish, arm=arm)


def interrupted(repository: git.Repository) -> bool:
    """Whether an init or uninstall was killed here."""
    carrying.work_tree(repository)
    shared, own = load_manifest(repository.root), record.load(repository)
    if (shared is not None and not shared.finished) or (own is not None and not own.finished):
        return True
    # Killed before the first file was whole: an empty folder or a temporary file is all there is.
    return (shared is None and tracked.plan_uninstall(repository) is not None) or (
        own is None and takeback.plan_uninstall(repository) is not None
    )
