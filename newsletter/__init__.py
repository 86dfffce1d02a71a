"""Who asked for the newsletter, and the record of their consent."""
