"""Set before Django reads its settings: each test process has a data folder of its own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="copydesk-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
Path(_folder, "static").mkdir()
os.environ.update(
    COPYDESK_DATA=_folder,
    DEBUG="1",  # plain http and unhashed static files; Django's own DEBUG is off in tests
    SITE_URL="http://testserver",
    SECRET_KEY="only for tests: thirty-two characters and a few more",
    LOG_LEVEL="WARNING",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright runs an event loop in the thread of the test
)
for name in ("EMAIL_URL", "CACHE_URL", "SITE_NAME", "CONTACT_EMAIL", "PORT"):
    os.environ.pop(name, None)
