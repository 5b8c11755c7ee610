"""The declaration of a file of one's own: which column is what, in YAML; a module a part of it."""

from __future__ import annotations

from meterlake.etl.conforming.mapping_declaration.declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.file import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.loading import load_mapping
from meterlake.etl.conforming.mapping_declaration.meters import MetersDeclaration
from meterlake.etl.conforming.mapping_declaration.weather import WeatherDeclaration

__all__ = ["FileDeclaration", "MappingDeclaration", "MetersDeclaration", "WeatherDeclaration", "load_mapping"]
