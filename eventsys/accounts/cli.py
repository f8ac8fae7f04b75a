"""`eventsys user create`: the first administrator, and everyone who is easier made by hand."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from eventsys.accounts import actions
from eventsys.accounts.models import Role
from eventsys.kernel import clock, pages
from eventsys.kernel.database import transaction

group = AppGroup("user", help="Accounts of those who sign in.")


@group.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
def create(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Make an account. Without a password a link to choose one is mailed and printed."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    now, link = clock.now(), None
    with transaction() as session:
        user = actions.create_user(session, email=email, name=name, role=role, password=password, now=now)
        if password is None:
            token = actions.send_password_link(session, user, now=now, is_invitation=True)
            link = pages.absolute("accounts.choose_password", token=token)
    click.echo(f"{user.email} may sign in as {role}.", err=True)
    if link is not None:
        click.echo(
            "A link to choose a password goes out by mail; here it is too. It works once, for 14 days:", err=True
        )
        click.echo(link)
