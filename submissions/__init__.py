"""What contributors send: the guidelines, stories and their receipts."""
