"""Where the lake is asked, in turn, and what is kept of an answer."""
