"""Where the server's log goes, and what it may not say."""

import logging
import re
from typing import Any

_PRIVATE_PATH = re.compile(r"(/(?:receipt|draft|preview|case|counter|confirm|u)/)[^/\s?'\"]+")


class HidePrivateCodes(logging.Filter):
    """Masks the code in the path of a private page (receipt, draft, preview, case, counter, confirm, unsubscribe)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message; every record is kept."""
        message = record.getMessage()
        hidden = _PRIVATE_PATH.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


def logging_to_console(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` up goes to standard error, without private codes."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"codes": {"()": "cms.logs.HidePrivateCodes"}},
        "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["codes"]},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}},
    }
