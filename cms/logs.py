"""What the log may not say."""

import logging
import re

_PRIVATE_PATH = re.compile(r"(/(?:receipt|draft|case|confirm|u)/)[^/\s?'\"]+")


class HidePrivateCodes(logging.Filter):
    """Masks the code in the path of a private page (receipt, draft, case, confirm, unsubscribe)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message; every record is kept."""
        message = record.getMessage()
        hidden = _PRIVATE_PATH.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
