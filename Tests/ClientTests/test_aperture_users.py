"""Users, roles and tokens: who may do what, and until when."""

import clients
import pytest
from replies import ask, one, shown

PASSWORD = "Cl1ents of 2026 !"
OTHER_PASSWORD = "0ther Clients !?"


def may_not(client, commands, blobs=()):
    reply, _ = client.query(commands, list(blobs))
    assert not client.last_query_ok(), shown(commands, reply)
    assert client.check_status(reply) < 0, shown(commands, reply)


def login(db, server, name, roles):
    """A connector of a new user, by a token."""
    token = one(db, "GenerateToken", {})["token"]
    one(db, "CreateUser", {"username": "user" + name, "roles": roles, "add_tokens": [token]})
    client = clients.aperture(server, user="user" + name, token=token)
    client.token_used = token
    return client


@pytest.fixture
def reader(db, server, name):
    """A connector of a user who may only read; the user and the role bear the test's name."""
    rights = {"create": False, "read": True, "update": False, "delete": False}
    one(db, "CreateRole", {"name": "role" + name, "objects": rights})
    return login(db, server, name, ["role" + name])


def test_a_role_allows_what_it_names_and_nothing_else(db, reader, name):
    one(db, "AddEntity", {"class": name, "properties": {"n": 1}})
    assert one(reader, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 1
    may_not(reader, [{"AddEntity": {"class": name, "properties": {"n": 2}}}])
    may_not(reader, [{"UpdateEntity": {"with_class": name, "properties": {"n": 2}}}])
    may_not(reader, [{"DeleteEntity": {"with_class": name}}])
    may_not(reader, [{"CreateIndex": {"index_type": "entity", "class": name, "property_key": "n"}}])
    may_not(reader, [{"CreateUser": {"username": "x" + name, "password": PASSWORD, "roles": ["admin"]}}])
    assert one(db, "FindEntity", {"with_class": name, "results": {"list": ["n"]}})["entities"] == [{"n": 1}]


def test_a_change_of_the_role_counts_from_the_next_query_on(db, reader, name):
    may_not(reader, [{"AddEntity": {"class": name, "properties": {"n": 1}}}])
    one(db, "UpdateRole", {"name": "role" + name, "objects": {"create": True, "read": True}})
    one(reader, "AddEntity", {"class": name, "properties": {"n": 1}})


def test_a_query_with_one_forbidden_command_does_nothing(db, reader, name):
    one(db, "UpdateRole", {"name": "role" + name, "objects": {"create": True, "read": True, "delete": False}})
    may_not(reader, [
        {"AddEntity": {"class": name, "properties": {"n": 1}}}, {"DeleteEntity": {"with_class": name}}])
    assert one(db, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 0


@pytest.mark.parametrize("user, password", [("admin", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_login_is_refused(server, user, password):
    with pytest.raises(Exception):
        clients.aperture(server, user=user, password=password).query([{"GetStatus": {}}])


def test_a_user_of_no_role_may_nothing(db, server, name):
    one(db, "AddEntity", {"class": name, "properties": {"n": 1}})
    may_not(login(db, server, name, []), [{"FindEntity": {"with_class": name, "results": {"count": True}}}])


@pytest.mark.parametrize("password", ["", "short1!", "lettersonly", "12345678901234", "letters4nddigits"])
def test_a_weak_password_is_refused(db, name, password):
    reply, _ = db.query([{"CreateUser": {"username": "user" + name, "password": password, "roles": []}}])
    assert db.check_status(reply) < 0
    reply, _ = db.query([{"GetUserDetails": {"username": "user" + name}}])
    assert db.check_status(reply) != 0 or not db.last_query_ok()


def test_a_new_password_replaces_the_old(db, server, name):
    one(db, "CreateUser", {"username": "user" + name, "password": PASSWORD, "roles": ["admin"]})
    one(clients.aperture(server, user="user" + name, password=PASSWORD), "GetStatus", {})
    one(db, "UpdateUser", {"username": "user" + name, "password": OTHER_PASSWORD})
    with pytest.raises(Exception):
        clients.aperture(server, user="user" + name, password=PASSWORD).query([{"GetStatus": {}}])
    again = clients.aperture(server, user="user" + name, password=OTHER_PASSWORD)
    assert one(again, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 0


def test_a_removed_user_is_gone(db, server, name):
    client = login(db, server, name, ["admin"])
    one(client, "GetStatus", {})
    one(db, "RemoveUser", {"username": "user" + name})
    with pytest.raises(Exception):
        clients.aperture(server, user="user" + name, token=client.token_used).query([{"GetStatus": {}}])


def test_a_removed_role_takes_its_rights_away(db, reader, name):
    one(db, "AddEntity", {"class": name, "properties": {"n": 1}})
    assert one(reader, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 1
    ask(db, [{"UpdateUser": {"username": "user" + name, "roles": []}}, {"RemoveRole": {"name": "role" + name}}])
    try:
        reply, _ = reader.query([{"FindEntity": {"with_class": name, "results": {"count": True}}}])
    except Exception:
        return  # the session ended with the change, and the login again was refused
    assert reader.check_status(reply) < 0


def test_a_token_logs_in_until_it_is_removed(db, server, name):
    one(db, "CreateUser", {"username": "user" + name, "roles": ["admin"]})
    token = one(db, "GenerateToken", {})["token"]
    assert token.startswith("adbp_")
    one(db, "UpdateUser", {"username": "user" + name, "add_tokens": [token]})
    tokens = one(db, "GetUserDetails", {"username": "user" + name})["tokens"]
    assert [shown_token[:13] for shown_token in tokens] == [token[:13]]
    assert token not in str(tokens), "what is shown cannot log in"
    by_token = clients.aperture(server, user="user" + name, token=token)
    assert one(by_token, "GetStatus", {})["info"] == "OK"
    one(db, "UpdateUser", {"username": "user" + name, "remove_tokens": [token[:13]]})
    with pytest.raises(Exception):
        clients.aperture(server, user="user" + name, token=token).query([{"GetStatus": {}}])


def test_details_of_a_user_name_its_roles_and_no_secret(db, reader, name):
    details = one(db, "GetUserDetails", {"username": "user" + name})
    assert "role" + name in str(details["roles"]) and reader.token_used not in str(details)


def test_a_user_made_twice_is_refused_or_found(db, name):
    user = {"username": "user" + name, "roles": []}
    one(db, "CreateUser", user)
    reply, _ = db.query([{"CreateUser": user}])
    assert db.check_status(reply) != 0


def test_the_cli_made_the_user_who_makes_users(db):
    assert "admin" in str(one(db, "GetUserDetails", {"username": "admin"})["roles"])
