"""Power cuts: places whose meters failed together, their edges, and who belongs to them."""
