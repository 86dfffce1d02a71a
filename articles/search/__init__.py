"""The reader's search, the same on both databases: docs/search.md says how it works.

`tokens` cuts texts and queries, `entries` keeps the index right, `sqlite` and `postgresql` hold it, `query` reads what
somebody typed, `results` finds, `spelling` guesses what was meant, `excerpts` shows why an article was found.
"""
