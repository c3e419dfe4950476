"""Students of a stored reference: fewer layers or narrower ones, trained on its probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import log_softmax, mse_loss
from transformers import BertConfig, BertForSequenceClassification, PreTrainedModel

from tools.training import Encoded, Loss, collate

POOLED_WEIGHT = 2.0


def teacher_of(folder: Path) -> BertForSequenceClassification:
    """The stored reference as fp32, with plain attention and no dropout."""
    return BertForSequenceClassification.from_pretrained(
        folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager"
    )


def targets(teacher: PreTrainedModel, encoded: Sequence[Encoded], batch: int = 64) -> tuple[Tensor, Tensor]:
    """The teacher's logits, shape (n, k), and its pooled outputs, shape (n, width) in fp16."""
    teacher.eval()
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row].ids))
    scores = torch.zeros((len(encoded), teacher.config.num_labels))
    pooled = torch.zeros((len(encoded), teacher.config.hidden_size), dtype=torch.float16)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            out = teacher.bert(**collate([encoded[row] for row in rows])).pooler_output
            pooled[rows] = out.half()
            scores[rows] = teacher.classifier(out).float()
    return scores.clone(), pooled.clone()


def shallow_student(
    teacher: BertForSequenceClassification, layers: Sequence[int], seed: int
) -> PreTrainedModel:
    """A student with the teacher's embeddings, pooler and head and only the given layers of its encoder."""
    torch.manual_seed(seed)
    config = BertConfig.from_dict(
        teacher.config.to_dict() | {"num_hidden_layers": len(layers)}, attn_implementation="eager"
    )
    student = BertForSequenceClassification(config)
    student.bert.embeddings.load_state_dict(teacher.bert.embeddings.state_dict())
    for own, kept in enumerate(layers):
        student.bert.encoder.layer[own].load_state_dict(teacher.bert.encoder.layer[kept].state_dict())
    student.bert.pooler.load_state_dict(teacher.bert.pooler.state_dict())
    student.classifier.load_state_dict(teacher.classifier.state_dict())
    return student


def narrow_student(
    teacher: BertForSequenceClassification, layers: int, width: int, heads: int, seed: int
) -> PreTrainedModel:
    """A student with new narrow layers whose embeddings are the teacher's on their principal axes."""
    torch.manual_seed(seed)
    shape = {
        "num_hidden_layers": layers,
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_attention_heads": heads,
    }
    config = BertConfig.from_dict(teacher.config.to_dict() | shape, attn_implementation="eager")
    student = BertForSequenceClassification(config)
    own, wide = student.bert.embeddings, teacher.bert.embeddings
    words = wide.word_embeddings.weight.detach()
    _, _, axes = torch.linalg.svd(words - words.mean(0), full_matrices=False)
    axes = axes[:width].T
    scale = 0.05 / (words @ axes).std()
    for name in ("word_embeddings", "position_embeddings", "token_type_embeddings"):
        getattr(own, name).weight.data.copy_(getattr(wide, name).weight.detach() @ axes * scale)
    return student


def distillation_loss(scores: Tensor, pooled: Tensor | None) -> Loss:
    """Kullback-Leibler divergence to the teacher, plus the squared distance of the pooled outputs.

    Args:
        scores: the teacher's logits, shape (n, k).
        pooled: its pooled outputs, shape (n, width), where the student is as wide as the teacher.
    """
    wanted = scores.log_softmax(-1)

    def loss_of(
        model: PreTrainedModel, inputs: dict[str, Tensor], _epoch: int, rows: Sequence[int]
    ) -> Tensor:
        chosen = list(rows)
        out = model.bert(**inputs).pooler_output
        given = log_softmax(model.classifier(out).float(), -1)
        loss = (wanted[chosen].exp() * (wanted[chosen] - given)).sum(-1).mean()
        if pooled is not None:
            loss = loss + POOLED_WEIGHT * mse_loss(out.float(), pooled[chosen].float())
        return loss

    return loss_of
