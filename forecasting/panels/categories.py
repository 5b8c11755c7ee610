"""What is known of meters, as numbers: each group's texts in order, and the place of a meter's own text among them."""

from __future__ import annotations

from meterlake.forecasting.panels.panel import Panel

# For each group, in order, its texts; the first is the empty one, which stands for all that are not among them.
Categories = dict[str, list[str]]


def categories_of(panel: Panel) -> Categories:
    """Return for each group its texts in order; a `cat` of the endpoint counts in this order, 0 for unknown."""
    return {name: ["", *sorted(set(texts) - {""})] for name, texts in (panel.groups or {}).items()}


def category_numbers(panel: Panel, place: int, categories: Categories) -> list[int]:
    """Return a meter's categories as the numbers that stand for their texts."""
    groups = panel.groups or {}
    texts = {name: groups[name][place] if name in groups else "" for name in categories}
    return [known.index(texts[name]) if texts[name] in known else 0 for name, known in categories.items()]
