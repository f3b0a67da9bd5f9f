"""A request without a cookie has an empty session; one with a signed cookie has what it says."""

from __future__ import annotations

from flask import Flask, session

from bot.web.sessions import CookieSessions


def test_a_login_comes_back_with_its_cookie_and_nobody_else_has_it() -> None:
    app = Flask(__name__)
    app.secret_key = "a key for this test"
    app.session_interface = CookieSessions()

    @app.post("/login")
    def login() -> str:
        session["email"] = "sam@example.org"
        return ""

    @app.get("/who")
    def who() -> str:
        return str(session.get("email", "nobody"))

    browser = app.test_client()
    browser.post("/login")

    assert browser.get("/who").text == "sam@example.org"
    assert app.test_client().get("/who").text == "nobody"
