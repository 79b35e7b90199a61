"""`sync_to_async(function)(...)`: what is given to a thread, and what for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...project.django.evaluations import BRIDGE
from ...project.outline import Outline

_WORDS = frozenset(path.rpartition(".")[2] for path in BRIDGE)


class Bridge(NamedTuple):
    """`site` is the call of `sync_to_async`; `outer` the call of its result, None where that is elsewhere."""

    site: CallSite
    given: ex.Expression
    outer: CallSite | None


def bridges(outline: Outline) -> Iterator[Bridge]:
    """All of a unit's that are made with one function and no other options."""
    facts = outline.facts
    is_named = not (_WORDS.isdisjoint(facts.names) and _WORDS.isdisjoint(facts.attributes))
    if not is_named and BRIDGE.isdisjoint(outline.module.imports):
        return
    outers = {site.call.function.range: site for site in facts.calls}
    for site in facts.calls:
        call = site.call
        if len(call.arguments) == 1 and not call.keywords and outline.callee(site) in BRIDGE:
            yield Bridge(site, call.arguments[0], outers.get(call.range))
