"""How the newsroom writes dates, by language."""
