"""The writing side: a turn, files that no table knows, one commit, and what keeps a lake within bounds."""
