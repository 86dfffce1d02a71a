"""How staff sign in: name and password, a second factor, and a limit to guessing. Readers have no accounts."""
