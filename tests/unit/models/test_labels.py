"""Label names are matched by meaning, never by position."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import pytest
import yaml

from trust_core.errors import LabelError
from trust_core.models.labels import NamedClasses, canonical_classes, match_gold, match_labels

NLI = ("entailment", "neutral", "contradiction")
PI = ("paraphrase", "not_paraphrase")
NUMBERED = ("LABEL_0", "LABEL_1", "LABEL_2")


def party(
    names: tuple[str, ...], mapping: Mapping[str, str] | None = None, section: str = "candidate"
) -> NamedClasses:
    """A party with these class names."""
    return NamedClasses(f"{section} 'm'", names, mapping or {}, section)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_every_order_is_undone(order: tuple[int, ...]) -> None:
    """Whatever the order of a model's classes, each canonical class gets the position of its own name."""
    names = tuple(NLI[index] for index in order)
    positions = match_labels(party(names), NLI)
    assert tuple(names[position] for position in positions) == NLI


@pytest.mark.parametrize(
    "names,canonical,expected",
    [
        (("ENTAILMENT", "NEUTRAL", "CONTRADICTION"), NLI, (0, 1, 2)),
        (("contradict", "entail", "Neutral"), NLI, (1, 2, 0)),
        (("not_duplicate", "duplicate"), PI, (1, 0)),
        (("Not Equivalent", "equivalent"), PI, (1, 0)),
        (("entailment", "not-entailment"), ("not_entailment", "entailment"), (1, 0)),
        (("POS", "NEG"), ("negative", "positive"), (1, 0)),
        (("sports", "World News"), ("world_news", "sports"), (1, 0)),
        (("0", "1"), ("0", "1"), (0, 1)),
    ],
)
def test_known_synonyms_match(
    names: tuple[str, ...], canonical: tuple[str, ...], expected: tuple[int, ...]
) -> None:
    """Synonyms match whatever their case, spaces and hyphens; other names match themselves."""
    assert match_labels(party(names), canonical) == expected


def test_numbered_names_need_a_mapping() -> None:
    """LABEL_0 and the like are refused, with both sides and a file that would help."""
    with pytest.raises(LabelError) as caught:
        match_labels(party(NUMBERED), NLI)
    message = str(caught.value)
    for part in ("'LABEL_0'", "'contradiction'", "order is not guessed", "--label-map", '"LABEL_1": "???"'):
        assert part in message


def test_a_mapping_settles_numbered_names() -> None:
    """With the user's mapping numbered names match in the order that it says."""
    mapping = {"LABEL_0": "contradiction", "LABEL_1": "entailment", "LABEL_2": "neutral"}
    assert match_labels(party(NUMBERED, mapping), NLI) == (1, 2, 0)


@pytest.mark.parametrize(
    "names,mapping,why",
    [
        (("entailment", "neutral"), {}, "2 classes and the task has 3"),
        (("entailment", "neutral", "other"), {}, "'other' matches no class"),
        (("entailment", "entail", "neutral"), {}, "mean the same class"),
        (NUMBERED, {"LABEL_9": "neutral"}, "not guessed.* speaks of 'LABEL_9', which it has not"),
        (NLI, {"LABEL_9": "neutrl"}, "maps to 'neutrl', which is no class"),
        (NUMBERED, {"LABEL_0": "entailment"}, "order is not guessed"),
    ],
)
def test_mismatches_are_refused(names: tuple[str, ...], mapping: Mapping[str, str], why: str) -> None:
    """Every way of not matching is an error that says why and shows both sides."""
    with pytest.raises(LabelError, match=why) as caught:
        match_labels(party(names, mapping), NLI)
    assert "task: 'entailment', 'neutral', 'contradiction'" in str(caught.value)


def test_one_section_serves_several_candidates() -> None:
    """A mapping made for a numbered candidate leaves one with proper names alone, synonyms included."""
    mapping = {"LABEL_0": "contradict", "LABEL_1": "entailment", "LABEL_2": "neutral"}
    assert match_labels(party(NUMBERED, mapping), NLI) == (1, 2, 0)
    assert match_labels(party(("neutral", "entail", "contradiction"), mapping), NLI) == (1, 0, 2)


def test_mapped_classes_may_be_absent_from_the_data() -> None:
    """A data mapping may speak of a class that the file does not hold, but not of one that does not exist."""
    mapping = {"0": "entailment", "1": "neutral", "2": "contradiction"}
    assert match_gold(party(("2", "0"), mapping, section="data"), NLI) == {"2": 2, "0": 0}
    with pytest.raises(LabelError, match="maps to 'other', which is no class"):
        match_gold(party(("2", "0"), mapping | {"1": "other"}, section="data"), NLI)


def test_canonical_names_come_from_the_data_first() -> None:
    """The data name the classes where they can; else the reference; else a candidate."""
    data, reference = (
        party(NLI, section="data"),
        party(("entail", "contradict", "neutral"), section="reference"),
    )
    assert canonical_classes([data, reference]) == NLI
    assert canonical_classes([party(NUMBERED, section="data"), reference]) == (
        "entail",
        "contradict",
        "neutral",
    )
    assert canonical_classes([party(("neutral",), section="data"), reference]) == reference.names


def test_nameless_everywhere_is_refused() -> None:
    """Where nobody names the classes, the message lists everybody's names."""
    with pytest.raises(LabelError, match=r"(?s)Nobody says.*reference 'm': 'LABEL_0'"):
        canonical_classes([party(("0", "1", "2"), section="data"), party(NUMBERED, section="reference")])


def test_gold_need_not_hold_every_class() -> None:
    """Gold labels match by name too, and a class may be absent from a file."""
    assert match_gold(party(("entail", "CONTRADICTION"), section="data"), NLI) == {
        "entail": 0,
        "CONTRADICTION": 2,
    }
    with pytest.raises(LabelError, match="'maybe' matches no class"):
        match_gold(party(("maybe",), section="data"), NLI)
    with pytest.raises(LabelError, match="not guessed"):
        match_gold(party(("0",), section="data"), NLI)
    assert match_gold(party(("0",), {"0": "neutral"}, section="data"), NLI) == {"0": 1}


def test_canonical_names_may_share_a_concept() -> None:
    """Data that tell `duplicate` from `equivalent` keep both: exact names come before synonyms."""
    classes = ("duplicate", "equivalent", "other")
    assert match_labels(party(("equivalent", "other", "duplicate")), classes) == (2, 0, 1)


def test_a_suggested_label_map_never_guesses() -> None:
    """In the label map to copy, names that match keep their own class and the others are left open."""
    given = party(("contradicts", "maybe"), section="data")
    with pytest.raises(LabelError) as caught:
        match_gold(given, NLI)
    template = str(caught.value).partition("???:\n")[2]
    assert yaml.safe_load(template) == {"data": {"contradicts": "contradiction", "maybe": "???"}}
    with pytest.raises(LabelError, match='"LABEL_0": "\\?\\?\\?"'):
        match_labels(party(NUMBERED), NLI)
    with pytest.raises(LabelError) as caught:
        match_labels(party(("entails", "entail", "neutral")), NLI)
    assert '"entails": "???"\n    "entail": "???"\n    "neutral": "neutral"' in str(caught.value)


@pytest.mark.parametrize(
    "odd", ["1.0", "null", "~", "a: b", 'say "a"', "back\\slash", "new\u2028line\x7f", "😀 #"]
)
def test_a_suggested_label_map_is_read_back_as_texts(odd: str) -> None:
    """Names that bare YAML takes for truth values, numbers or nothing come back as they are."""
    with pytest.raises(LabelError) as caught:
        match_gold(party(("YES", "no", odd), section="data"), ("yes", "no", "on"))
    template = str(caught.value).partition("???:\n")[2]
    assert yaml.safe_load(template) == {"data": {"YES": "yes", "no": "no", odd: "???"}}


def test_an_unfinished_label_map_is_refused() -> None:
    """What was left open in the suggested label map is no class, whoever names the classes."""
    mapping = {"contradicts": "contradiction", "maybe": "???"}
    given = party(("contradicts", "maybe"), mapping, section="data")
    with pytest.raises(LabelError, match=r"section 'data' maps to '\?\?\?', which is no class"):
        match_gold(given, NLI)
    nameless = party(NUMBERED, dict.fromkeys(NUMBERED, "???"), section="reference")
    with pytest.raises(LabelError, match="Nobody says what the classes mean"):
        canonical_classes([nameless])
