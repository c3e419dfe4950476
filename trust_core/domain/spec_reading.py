"""From plain mappings (a file, a command line, a form) to a spec, with errors that a user can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from trust_core.errors import SpecError, nearest

Part = TypeVar("Part", bound=BaseModel)


def read_part(kind: type[Part], content: Mapping[str, Any], *, source: str) -> Part:
    """The spec, or the part of one, that `content` describes.

    Args:
        kind: `Spec`, `Margins`, `LabelMap`, ...
        content: its fields by name.
        source: what the user calls the content ("spec.yaml").

    Raises:
        SpecError: unknown names (with the nearest known), values outside their range, or
            combinations that make no sense; all of them are listed.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        lines = [f"  - {_sentence(kind, detail)}" for detail in error.errors(include_url=False)]
        raise SpecError(
            "\n".join([f"{source} cannot be used:", *lines]), remedy="Mend these and run the command again."
        ) from error


def _sentence(kind: type[BaseModel], detail: ErrorDetails) -> str:
    where = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        fields = _fields(kind, detail["loc"][:-1])
        return f"{where}: there is no such field. {nearest(str(detail['loc'][-1]), fields)}"
    problem = detail["msg"].removeprefix("Value error, ")
    if not where:
        return problem
    given = detail["input"]
    if detail["type"] == "tuple_type" and isinstance(given, str):
        problem = f"A list is needed: [{given}]"
    elif detail["type"] in ("model_type", "model_attributes_type"):
        problem = f"fields are needed: {', '.join(_fields(kind, detail['loc']))}"
    elif detail["type"] == "multiple_of":
        problem += _limits(kind, detail["loc"])
    shown = repr(given) if isinstance(given, str | int | float | bool) else type(given).__name__
    return f"{where} is {shown}: {problem[0].lower()}{problem[1:]}"


def _limits(kind: type[BaseModel], path: tuple[int | str, ...]) -> str:
    """The limits of the number at `path`, which pydantic leaves out where another rule fails first."""
    owner = _model_at(kind, path[:-1])
    field = next(field for name, field in owner.model_fields.items() if path[-1] in (name, field.alias))
    low = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), None)
    high = next((rule.le for rule in field.metadata if hasattr(rule, "le")), None)
    return "" if low is None or high is None else f", from {low} to {high}"


def _fields(kind: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Names of the fields at `path` below `kind`."""
    return [field.alias or name for name, field in _model_at(kind, path).model_fields.items()]


def _model_at(kind: type[BaseModel], path: tuple[int | str, ...]) -> type[BaseModel]:
    """The part at `path` below `kind`."""
    for part in path:
        annotation = next(f.annotation for name, f in kind.model_fields.items() if part in (name, f.alias))
        options = [annotation, *getattr(annotation, "__args__", ())]
        kind = next(o for o in options if isinstance(o, type) and issubclass(o, BaseModel))
    return kind
