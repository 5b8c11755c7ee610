"""The declaration of a file of one's own: which column is what, in YAML; a module a part of it."""

from __future__ import annotations

from meterlake.etl.conforming.mapping_declaration.declaration import MappingDeclaration, load_mapping

__all__ = ["MappingDeclaration", "load_mapping"]
