"""A turn or a session ends: what changed since the last look, perhaps by a program that an earlier call left running."""

from __future__ import annotations

from twelve.interfaces.hooks import explaining, provenance, references, seals, tampers, watching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.interfaces.hooks.entry import Answer, Site
    from twelve.interfaces.hooks.occasion import Occasion
    from twelve.interfaces.hooks.seals import Difference


def answer(seen: Occasion, site: Site) -> tuple[Answer, str, tuple[str, ...], str]:
    """Silence: nobody is left to be told anything; what was found is kept."""
    found = unseen(seen, site)
    return (0, b"", b""), "silent", ("tampered",) if found else (), ""


def unseen(seen: Occasion, site: Site) -> list[Difference]:
    """Differences no call explains, kept for a person. Without seals there is nothing to compare with."""
    if not seals.exist(site.state, seen.root):
        return []
    before = references.known(site, seen.root)
    found = seals.differences(site, seen.root, began=True)
    noted = provenance.explained(site.state, (entry[0] for entry in found))
    strange = [entry for entry in found if entry[0] not in noted and not _committed(entry, seen, site, before)]
    moved = references.moved(site, seen.root)
    if moved:
        strange += references.strange(*moved, site, seen.root)
    for entry in strange:
        tampers.write_down(entry, seen, site.state)
    return strange


def _committed(entry: Difference, seen: Occasion, site: Site, before: references.References) -> bool:
    """Whether a tracked file is what a commit of before says: somebody changed branches meanwhile."""
    roots = watching.roots(site, seen.root)
    return bool(entry[3]) and bool(explaining.from_git([entry], roots, before))
