"""English: as in Britain."""
