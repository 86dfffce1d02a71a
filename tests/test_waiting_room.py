"""Slow senders: they wait where they hold nobody else up, and what they did not send to its end is not taken."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from io import BytesIO

import pytest

from cms.management.commands.serve import granian_arguments
from cms.middleware import DRAINED, MOST_BYTES
from cms.waiting_room import WaitingRoom

HEAD = "POST /en/submit/ HTTP/1.1\r\nHost: testserver\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"


class Echo:
    """An application that notes what it was given, and how many requests it had at once."""

    def __init__(self, takes=0.0):
        self.bodies, self.now, self.most, self.takes = [], 0, 0, takes

    def __call__(self, environ, start_response):
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(self.takes)
        self.now -= 1
        self.bodies.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"taken"]


class HangsUp(BytesIO):
    def read(self, size=-1):
        piece = super().read(size)
        if not piece:
            raise OSError("gone")
        return piece


def ask(room, body=b"", length=None, stream=BytesIO):
    answers = []
    environ = {"wsgi.input": stream(body), "CONTENT_LENGTH": str(len(body)) if length is None else length}
    room(environ, lambda status, headers: answers.append(status))
    return answers[0]


def test_no_more_than_its_places_are_worked_on_at_once():
    echo = Echo(takes=0.02)
    room = WaitingRoom(echo, 2)
    threads = [threading.Thread(target=ask, args=(room,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(echo.bodies) == 10
    assert echo.most == 2


@pytest.mark.parametrize("size", [0, 1, 70_000, 3 * 2**20])
def test_a_body_is_handed_on_as_it_came(size):
    echo, body = Echo(), os.urandom(size)
    assert ask(WaitingRoom(echo, 1), body) == "200 OK"
    assert echo.bodies == [body]


@pytest.mark.parametrize("stream", [BytesIO, HangsUp])
def test_half_a_body_is_never_taken_for_a_whole_one(stream):
    echo = Echo()
    assert ask(WaitingRoom(echo, 1), b"name=half of what", length="4000", stream=stream) == "400 Bad Request"
    assert echo.bodies == []


class Endless(BytesIO):
    """A body of any length, which counts what was read of it."""

    given = 0

    def read(self, size=-1):
        self.given += size
        return b"x" * size


def send(path, length):
    echo, body, answers = Echo(), Endless(), []
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(length), "PATH_INFO": path}
    WaitingRoom(echo, 1, public=("/en/",))(environ, lambda status, headers: answers.append(status))
    return answers[0], echo.bodies, body.given


def test_of_what_is_too_large_for_a_public_page_nothing_is_kept_and_the_page_refuses_it():
    assert send("/en/submit/", MOST_BYTES + 1) == ("200 OK", [b""], MOST_BYTES + 1)
    assert send("/en/submit/", DRAINED * 10) == ("200 OK", [b""], DRAINED)


@pytest.mark.parametrize("path", ["/admin/articles/picture/add/", "/anymail/mailgun/inbound_mime/"])
def test_editors_and_mail_services_have_measures_of_their_own(path):
    status, (body,), _given = send(path, 50 * 2**20)
    assert (status, len(body)) == ("200 OK", 50 * 2**20)
    assert send(path, DRAINED + 1) == ("413 Content Too Large", [], DRAINED)


@pytest.mark.parametrize("length", ["", "-5", "many"])
def test_a_length_that_is_no_number_means_that_there_is_no_body(length):
    echo = Echo()
    assert ask(WaitingRoom(echo, 1), b"something", length=length) == "200 OK"
    assert echo.bodies == [b""]


def test_a_failing_application_gives_its_place_back():
    def fails(environ, start_response):
        raise RuntimeError

    room = WaitingRoom(fails, 1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            ask(room)


def test_many_slow_senders_keep_no_reader_waiting(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "COPYDESK_DATA": str(tmp_path / "data")}
    words = [word for word in granian_arguments("127.0.0.1", 1) if not word.startswith("--port")]
    with subprocess.Popen([sys.executable, "-m", "granian", *words, f"--port={port}"], env=environment) as server:
        try:
            senders = [_dawdle(port) for _ in range(20)]
            page = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "testserver"})
            assert urllib.request.urlopen(page, timeout=20).status == 200
            for sender in senders:
                sender.close()
        finally:
            server.terminate()


def _dawdle(port):
    """Send the head of a form and the beginning of its body."""
    for _attempt in range(300):
        try:
            sender = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            time.sleep(0.1)
    sender.sendall(HEAD.format("application/x-www-form-urlencoded", 5000).encode() + b"headline=")
    return sender
