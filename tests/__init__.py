"""The suite: it mirrors the tree, and the folder says the level."""
