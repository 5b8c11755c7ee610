"""Exports of utilities and tools, one YAML file each; meterlake.etl.guessing.known_exports reads them."""
