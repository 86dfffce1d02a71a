"""Whether a running site keeps the publishing rules: what `manage.py check_standards` asks and looks at.

Nothing here looks into the database: it reads what a search engine, a feed reader and a browser would be given.
"""
