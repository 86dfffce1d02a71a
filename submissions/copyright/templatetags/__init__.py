"""Template tags of the copyright process."""
