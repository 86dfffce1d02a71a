"""The WSGI application that the server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - it is set up now

from cms.front_door import FrontDoor  # noqa: E402
from cms.middleware import public_paths  # noqa: E402
from cms.waiting_room import WaitingRoom  # noqa: E402

application = FrontDoor(WaitingRoom(django, settings.REQUESTS_AT_ONCE, public_paths()))
