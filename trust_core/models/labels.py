"""Class names of models and data, matched by name; never by position.

Known synonyms are matched whatever their case. Names that say nothing (LABEL_0, 0, 1) need a mapping
from the user, since a guessed order turns every figure of a report into nonsense without a trace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trust_core.errors import LabelError

SYNONYMS: Mapping[str, frozenset[str]] = {
    "entailment": frozenset({"entailment", "entail", "entails", "entailed"}),
    "neutral": frozenset({"neutral", "neutrality"}),
    "contradiction": frozenset({"contradiction", "contradict", "contradicts", "contradictory"}),
    "not_entailment": frozenset({"not_entailment", "non_entailment", "no_entailment", "not_entailed"}),
    "paraphrase": frozenset(
        {"paraphrase", "paraphrases", "duplicate", "is_duplicate", "equivalent", "semantically_equivalent"}
    ),
    "not_paraphrase": frozenset(
        {
            "not_paraphrase",
            "non_paraphrase",
            "no_paraphrase",
            "not_duplicate",
            "non_duplicate",
            "not_equivalent",
            "non_equivalent",
            "not_semantically_equivalent",
        }
    ),
    "positive": frozenset({"positive", "pos"}),
    "negative": frozenset({"negative", "neg"}),
}
"""Concept -> the names that people give it, in the plain form of `plain_name`."""

_CONCEPT_OF = {name: concept for concept, names in SYNONYMS.items() for name in names}
_MEANINGLESS = re.compile(r"(label|class)?_?\d+", re.IGNORECASE)

TO_FILL_IN = "???"
"""What stands in a suggested label map for a class that only the user can name; no class itself."""


@dataclass(frozen=True, slots=True)
class NamedClasses:
    """The class names of one party.

    Attributes:
        party: who names them, as a message should call it: `data 'x.csv'`, `reference 'nli-reference'`.
        names: the names, in the party's own order.
        mapping: the user's mapping for it: given name -> canonical name; names that it has not are passed
            over, since one section serves all candidates and a file need not hold every class.
        section: its section of a label-map file: data, reference or candidate.
    """

    party: str
    names: tuple[str, ...]
    mapping: Mapping[str, str]
    section: str


def plain_name(name: str) -> str:
    """A label name with case, spaces and hyphens evened out: `Not Entailment` -> `not_entailment`."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def concept(name: str) -> str:
    """What a label name means, as far as the known synonyms go; else its plain form."""
    plain = plain_name(name)
    return _CONCEPT_OF.get(plain, plain)


def says_nothing(name: str) -> bool:
    """Whether a name is only a number, as in `LABEL_0`, `class 1` or `2`, or not filled in."""
    return name == TO_FILL_IN or bool(_MEANINGLESS.fullmatch(plain_name(name)))


def canonical_classes(parties: Sequence[NamedClasses]) -> tuple[str, ...]:
    """The canonical class names and their order: those of the first party whose names all say something.

    Put the data first, then the reference, then the candidates. With a mapping the party's names are those
    that it maps to. A party with fewer names than the model with the fewest classes (a file in which one
    class happens to be absent) is passed over.

    Raises:
        LabelError: all parties have names that say nothing.
    """
    models = [party for party in parties if party.section != "data"]
    least = min((len(party.names) for party in models), default=0)
    for party in parties:
        if len(party.names) < least:
            continue
        named = tuple(party.mapping.get(name, name) for name in party.names)
        if not any(says_nothing(name) for name in named):
            return named
    raise LabelError(
        "Nobody says what the classes mean:\n"
        + "\n".join(f"  {party.party}: {_listed(party.names)}" for party in parties),
        allowed="At least one of data and models must have names such as entailment, not LABEL_0.",
        remedy=_template(parties[0], ()),
    )


def match_labels(given: NamedClasses, canonical: tuple[str, ...]) -> tuple[int, ...]:
    """For each canonical class, the position of that class among the party's own names.

    Args:
        given: the party with its names and the user's mapping for it.
        canonical: the canonical class names, k of them.

    Raises:
        LabelError: a name that matches no class or two classes, a class without a name, another number of
            classes, or a mapping to something that is no class. The message shows both sides, and which
            names of the mapping this party does not have.
    """
    _check_targets(given, canonical)
    named = [given.mapping.get(name, name) for name in given.names]
    if any(says_nothing(name) and name not in canonical for name in named):
        raise _mismatch(
            given, canonical, "Its names do not say which class is which, and their order is not guessed."
        )
    if len(named) != len(canonical):
        why = f"It has {len(named)} classes and the task has {len(canonical)}: they cannot be compared."
        raise _mismatch(given, canonical, why, mendable=False)
    meanings = [_meaning(name, canonical) for name in named]
    wanted = [_meaning(name, canonical) for name in canonical]
    unknown = [name for name, meaning in zip(given.names, meanings, strict=True) if meaning not in wanted]
    if unknown:
        raise _mismatch(given, canonical, f"{_listed(unknown)} matches no class.")
    if len(set(meanings)) < len(meanings):
        raise _mismatch(given, canonical, "Two of its names mean the same class.")
    return tuple(meanings.index(meaning) for meaning in wanted)


def match_gold(given: NamedClasses, canonical: tuple[str, ...]) -> Mapping[str, int]:
    """Gold label name -> index of its canonical class; unlike a model, data need not have every class.

    Raises:
        LabelError: a name that matches no class, or says nothing, or a mapping to something that is no class.
    """
    _check_targets(given, canonical)
    wanted = [_meaning(name, canonical) for name in canonical]
    found: dict[str, int] = {}
    for name in given.names:
        mapped = given.mapping.get(name, name)
        if says_nothing(mapped) and mapped not in canonical:
            raise _mismatch(
                given, canonical, "Its names do not say which class is which, and their order is not guessed."
            )
        meaning = _meaning(mapped, canonical)
        if meaning not in wanted:
            raise _mismatch(given, canonical, f"{name!r} matches no class.")
        found[name] = wanted.index(meaning)
    return found


def _meaning(name: str, canonical: tuple[str, ...]) -> str:
    """The class's own name where it is one exactly, so that two canonical names may share a concept."""
    return (
        name if name in canonical and len({concept(c) for c in canonical}) < len(canonical) else concept(name)
    )


def _check_targets(given: NamedClasses, canonical: tuple[str, ...]) -> None:
    """Refuse a mapping to a name that is no class, whether or not this party has the name it maps.

    One section serves several parties: a key that this one does not have may be another's.
    """
    wanted = {_meaning(name, canonical) for name in canonical}
    strange = sorted(
        {target for target in given.mapping.values() if _meaning(target, canonical) not in wanted}
    )
    if strange:
        raise _mismatch(
            given,
            canonical,
            f"The label map's section {given.section!r} maps to {_listed(strange)}, which is no class.",
        )


def _mismatch(
    given: NamedClasses, canonical: tuple[str, ...], why: str, *, mendable: bool = True
) -> LabelError:
    unused = sorted(set(given.mapping) - set(given.names))
    if unused:
        why += f" The label map's section {given.section!r} speaks of {_listed(unused)}, which it has not."
    return LabelError(
        f"The class names of the {given.party} cannot be matched with those of the task. {why}\n"
        f"  {given.party}: {_listed(given.names)}\n"
        f"  task: {_listed(canonical)}",
        remedy=_template(given, canonical) if mendable else "",
    )


def _template(given: NamedClasses, canonical: tuple[str, ...]) -> str:
    """A label-map file to be finished: names that match stand with their class, the others are the user's."""
    class_of = {_meaning(name, canonical): name for name in canonical}
    meanings = [_meaning(given.mapping.get(name, name), canonical) for name in given.names]
    # Gold labels may share a class; of two names of a model, nobody knows which one is wrong.
    sure = [given.section == "data" or meanings.count(one) == 1 for one in meanings]
    lines = [
        f"    {_quoted(name)}: {_quoted(class_of.get(meaning, TO_FILL_IN) if alone else TO_FILL_IN)}"
        for name, meaning, alone in zip(given.names, meanings, sure, strict=True)
    ]
    head = f"Say which is which in a label-map file (--label-map FILE), with a class for each {TO_FILL_IN}:"
    return "\n".join([head, f"  {given.section}:", *lines])


def _quoted(name: str) -> str:
    """A name as YAML reads it back: bare, `yes` would be a truth value and `1.0` a number."""
    return "".join(
        # Line separators and their like are allowed in JSON's texts and not in YAML's.
        sign if sign.isprintable() else f"\\U{ord(sign):08x}"
        for sign in json.dumps(name, ensure_ascii=False)
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
