"""How staff sign in: a password, a second factor where the newsroom asks for one, and no guessing."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from cms.models import User
from cms.signin.sessions import StaffSession
from tests.factories import PASSWORD, make_editor, make_member

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


@pytest.fixture
def _asked(settings):
    settings.SECOND_FACTOR = True


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(user: User, password: str = PASSWORD, **extra: str) -> tuple[Client, object]:
    client = Client()
    return client, client.post(LOGIN, {"username": user.username, "password": password, **extra})


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up an app, as a person does; return its key, and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page)[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes"), answer.content.decode()
    page = client.get(answer.url).content.decode()
    return secret, re.findall(r"<li>(\d{8})</li>", page)


def test_a_password_opens_the_desk_where_no_second_factor_is_asked_for(editor):
    client, answer = sign_in(editor, next="/admin/articles/article/")
    assert answer.url == "/admin/articles/article/"
    assert client.get(answer.url).status_code == 200


def test_a_wrong_password_opens_nothing_and_says_so(editor):
    client, answer = sign_in(editor, "wrong")
    assert "correct username and password" in answer.content.decode()
    assert client.get("/admin/desk/").status_code == 302


def test_somebody_who_is_no_staff_does_not_get_in():
    reader = User.objects.create_user("reader", password=PASSWORD)
    _client, answer = sign_in(reader)
    assert answer.status_code == 200


def test_the_way_back_never_leads_to_another_site(editor):
    _client, answer = sign_in(editor, next="https://elsewhere.example/")
    assert answer.url == "/admin/desk/"


@pytest.mark.usefixtures("_asked")
def test_the_first_sign_in_leads_to_setting_up_a_second_factor_and_to_nothing_else(editor):
    client, answer = sign_in(editor)
    for address in (answer.url, "/admin/", "/admin/articles/article/", reverse("admin:cms_user_change", args=[1])):
        assert client.get(address).headers["Location"] == reverse("mfa_index"), address
    assert client.post("/admin/articles/tag/add/", {"name": "x", "slug": "x"}).url == reverse("mfa_index")
    page = client.get(reverse("mfa_index")).content.decode()
    assert "asks everybody for a second factor" in page
    set_up(client)
    assert client.get("/admin/desk/").status_code == 200


@pytest.mark.usefixtures("_asked")
def test_afterwards_the_password_alone_opens_nothing(editor):
    client, _answer = sign_in(editor)
    _secret, codes = set_up(client)
    assert len(codes) == 10

    client, answer = sign_in(editor, next="/admin/articles/article/")
    assert answer.url == reverse("mfa_authenticate")
    assert client.get("/admin/desk/").headers["Location"].startswith(LOGIN)
    wrong = client.post(answer.url, {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert client.get("/admin/desk/").status_code == 302

    right = client.post(answer.url, {"code": codes[0]})
    assert right.url == "/admin/articles/article/"
    assert client.get(right.url).status_code == 200

    client, answer = sign_in(editor)
    assert client.post(answer.url, {"code": codes[0]}).status_code == 200, "a recovery code works once"
    assert client.post(answer.url, {"code": codes[1]}).status_code == 302


@pytest.mark.usefixtures("_asked")
def test_the_last_second_factor_cannot_be_taken_away(editor):
    client, _answer = sign_in(editor)
    set_up(client)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert "last second factor" in answer.content.decode()
    assert Authenticator.objects.filter(user=editor, type="totp").exists()


@pytest.mark.usefixtures("_asked")
def test_a_second_factor_is_shown_only_to_who_proved_it_a_moment_ago(editor):
    client, _answer = sign_in(editor)
    set_up(client)
    session = client.session
    for record in (records := session["account_authentication_methods"]):
        record["at"] -= 3600
    session["account_authentication_methods"] = records
    session.save()
    answer = client.get(reverse("mfa_generate_recovery_codes"), follow=True)
    assert "Is it still you?" in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith(reverse("account_reauthenticate"))


def test_keys_and_codes_are_sealed_in_the_database(editor, settings):
    client, _answer = sign_in(editor)
    secret, _codes = set_up(client)
    stored = Authenticator.objects.get(user=editor, type="totp")
    assert secret not in str(stored.data)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key, which came after the first one " * 2
    settings.SECRET_KEY_FALLBACKS = [former]
    assert Authenticator.objects.get(pk=stored.pk).wrap().validate_code(code_for(secret))


def test_guessing_a_password_is_slowed_down_and_the_page_says_how_long(editor):
    for _attempt in range(5):
        assert sign_in(editor, "wrong")[1].status_code == 200
    client, answer = sign_in(editor)
    assert answer.status_code == 429
    assert "Wait 5 minutes" in answer.content.decode()
    assert answer.headers["Retry-After"] == "300"
    assert client.get("/admin/desk/").status_code == 302
    assert sign_in(make_editor())[1].status_code == 302, "another name from the same network is not held up"


def test_guessing_many_names_from_one_network_is_slowed_down():
    answers = [Client().post(LOGIN, {"username": f"name{n}", "password": "x"}).status_code for n in range(11)]
    assert answers == [200] * 10 + [429]


def test_there_is_no_way_to_sign_up_or_to_sign_in_by_mail():
    for address in ("/accounts/signup/", "/accounts/login/", "/admin/second-factor/webauthn/signup/", "/admin/signup/"):
        assert Client().get(address).status_code in {302, 404}, address
    assert not User.objects.exists()


def test_a_new_password_ends_the_other_sessions(editor):
    here, there = sign_in(editor)[0], sign_in(editor)[0]
    new = "a longer horse with another battery"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/admin/password_change/", sent).status_code == 302
    assert here.get("/admin/desk/").status_code == 200
    assert there.get("/admin/desk/").status_code == 302


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_people_see_their_sessions_and_end_those_that_they_do_not_know(editor):
    here, there = sign_in(editor)[0], Client(headers={"User-Agent": FIREFOX})
    there.post(LOGIN, {"username": editor.username, "password": PASSWORD})
    stranger = sign_in(make_editor())[0]
    page = here.get("/admin/sessions/").content.decode()
    assert page.count("<section") == 2
    assert "Firefox, Windows" in page
    assert "127.0.0.1" not in str(list(StaffSession.objects.values())), "no address is kept"

    row = StaffSession.objects.get(device="Firefox, Windows")
    stranger.post("/admin/sessions/", {"end": row.pk})
    assert there.get("/admin/desk/").status_code == 200, "nobody ends the sessions of somebody else"
    answer = here.post("/admin/sessions/", {"end": row.pk}, follow=True)
    assert "1 session was ended." in answer.content.decode()
    assert there.get("/admin/desk/").status_code == 302
    assert here.get("/admin/desk/").status_code == 200
    assert stranger.get("/admin/desk/").status_code == 200


def test_a_session_that_a_new_password_ended_is_no_longer_listed(editor):
    here, _there = sign_in(editor)[0], sign_in(editor)[0]
    new = "a longer horse with another battery"
    here.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert here.get("/admin/sessions/").content.decode().count("<section") == 1


def test_an_administrator_ends_the_sessions_of_others_but_not_of_superusers():
    root, person, boss = make_editor(), make_member("editor"), make_member("administrator")
    roots, persons, bosses = (sign_in(user)[0] for user in (root, person, boss))
    sent = {"action": "end_sessions", "_selected_action": [root.pk, person.pk]}
    bosses.post(reverse("admin:cms_user_changelist"), sent)
    assert persons.get("/admin/desk/").status_code == 302
    assert roots.get("/admin/desk/").status_code == 200


@pytest.mark.usefixtures("_asked")
def test_who_lost_the_second_factor_is_let_set_up_another_by_an_administrator(editor):
    person = make_member("editor")
    client, _answer = sign_in(person)
    set_up(client)
    root = sign_in(editor)[0]
    set_up(root)
    sent = {"action": "forget_second_factor", "_selected_action": [person.pk]}
    root.post(reverse("admin:cms_user_changelist"), sent)
    assert client.get("/admin/desk/").headers["Location"].startswith(LOGIN)
    client, answer = sign_in(person)
    assert client.get(answer.url).headers["Location"] == reverse("mfa_index")
