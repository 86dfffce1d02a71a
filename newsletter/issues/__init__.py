"""Issues of the newsletter: written, approved on the desk, sent by the ledger, kept on the web."""
