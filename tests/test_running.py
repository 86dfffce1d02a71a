"""`make run` without make: what setup prepares, how serve starts, heals and stops."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request

import pytest
from django.core.management import CommandError, call_command

from cms.management.commands import serve
from cms.models import User


@pytest.fixture
def taken(settings):
    """The port that the site is to have, held by another."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings.PORT = other.getsockname()[1]
        yield settings.PORT


@pytest.fixture
def child(request):
    """A child of ours that runs the given words of Python, stopped at the end."""
    child = serve.Child("-c", request.param)
    yield child
    child.stop()


@pytest.mark.django_db
def test_setup_prints_a_password_once_and_it_opens_the_desk(client, capsys, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("setup")
    words = capsys.readouterr().out.split()
    password = words[words.index("password") + 1]
    assert client.login(username="editor", password=password)
    assert client.get("/admin/desk/").status_code == 200

    call_command("setup")
    again = capsys.readouterr().out
    assert password not in again
    assert "changepassword editor" in again
    assert User.objects.filter(is_superuser=True).count() == 1


@pytest.mark.django_db
def test_setup_of_a_live_site_brings_no_sample_content_and_an_account_of_ones_own_stays(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    User.objects.create_superuser("mei", password="correct horse battery")
    call_command("setup")
    assert not User.objects.filter(username="editor").exists()
    assert (tmp_path / "static" / "admin").is_dir()


@pytest.mark.django_db
def test_setup_with_debug_brings_sample_content_only_into_an_empty_house(settings, monkeypatch):
    from tests.factories import make_article

    settings.DEBUG = True
    loaded = []
    monkeypatch.setattr("cms.management.commands.load_demo.Command.handle", lambda *_, **__: loaded.append(1))
    call_command("setup")
    assert loaded == [1]
    make_article()
    call_command("setup")
    assert loaded == [1]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/nowhere/", "/en/news/nothing/", "/nowhere", "/zh-hans/section/x/"])
def test_with_debug_a_newcomer_finds_the_readers_page_where_there_is_none_and_not_our_addresses(client, settings, path):
    settings.DEBUG = True
    answer = client.get(path)
    html = answer.content.decode()
    assert answer.status_code == 404
    assert 'role="search"' in html
    assert "urlconf" not in html.lower()


@pytest.mark.django_db
def test_with_debug_an_address_without_its_last_slash_still_leads_on(client, settings):
    settings.DEBUG = True
    assert client.get("/en/corrections").url == "/en/corrections/"


def test_a_taken_port_is_said_plainly(taken):
    with pytest.raises(CommandError, match=rf"Port {taken} .* in use.* PORT={taken + 1} make run"):
        call_command("serve", host="127.0.0.1")


@pytest.mark.parametrize("child", ["raise SystemExit(3)"], indirect=True)
def test_a_dead_server_ends_everything(child):
    child.process.wait(10)
    with pytest.raises(CommandError, match="died"):
        serve.Command().watch(threading.Event(), server=child, worker=child, address="127.0.0.1")


@pytest.mark.parametrize("child", [""], indirect=True)
def test_a_dead_worker_comes_back_ever_more_slowly(child, monkeypatch):
    clock = [child.seen]
    monkeypatch.setattr(serve.time, "monotonic", lambda: clock[0])
    starts = []
    for _ in range(40):
        before = child.process
        before.wait(10)
        clock[0] += serve.SHORTEST_PAUSE + 0.1
        child.keep_alive()
        if child.process is not before:
            starts.append(child.pause)
    assert starts[:4] == [2, 4, 8, 16]
    assert len(starts) < 6


def test_serve_answers_and_leaves_nothing_behind_when_told_to_stop(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "COPYDESK_DATA": str(tmp_path / "our data"), "PORT": str(port)}
    environment.pop("DATABASE_URL", None)
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity=0"], env=environment, check=True)
    with subprocess.Popen(
        [*manage, "serve"], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as site:
        patience = threading.Timer(60, site.kill)
        patience.start()
        try:
            banner = ""
            while "Ctrl-C" not in banner:
                line = site.stdout.readline()
                assert line, "the site has not come up"
                banner += line
            assert "/admin/desk/" in banner
            request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "testserver"})
            assert urllib.request.urlopen(request).status == 200
        finally:
            site.send_signal(signal.SIGTERM)
        site.stdout.read()  # ends when the last process that could write there has ended
        patience.cancel()
        assert site.wait(30) == 0
