"""Newsletter issues: written, approved by another, sent once to everybody who wants them, kept on the web."""
