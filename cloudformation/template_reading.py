"""Reads CloudFormation's templates as plain data.

Enters: a template's file. Leaves: dictionaries in which `!Sub x` stands as {"Fn::Sub": x}, as in a template of JSON.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
ROOT_TEMPLATE = FOLDER / "root.yaml"
NESTED_TEMPLATES = tuple(sorted(path for path in FOLDER.glob("*.yaml") if path != ROOT_TEMPLATE))
DEFINITIONS = tuple(sorted((FOLDER / "state_machines").glob("*.asl.json")))


class _TemplateLoader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
    """YAML with CloudFormation's short forms of functions."""


def _function(loader: _TemplateLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_TemplateLoader.add_multi_constructor("!", _function)


def read_template(path: Path) -> dict[str, Any]:
    """Return a template's content."""
    # The loader is SafeLoader with functions of CloudFormation, which build dictionaries alone.
    content: dict[str, Any] = yaml.load(path.read_text(), Loader=_TemplateLoader)
    return content
