"""The command `eventsys`: the Flask command line bound to the app; refusals are one line on stderr."""

from __future__ import annotations

import os
import sys
from typing import cast

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from eventsys.factory import create_app
from eventsys.kernel.errors import Refusal
from eventsys.serving import serve_command, work_command


class Program(FlaskGroup):
    """Finds a command without loading what the others need: `db` brings all of Alembic."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name == "db":
            from flask_migrate.cli import db  # type: ignore[import-not-found]

            return cast(click.Command, db)
        return self.commands.get(name) or super().get_command(ctx, name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), "db"})


PROGRAM = Program(name="eventsys", create_app=create_app, add_version_option=False, set_debug_flag=False)
PROGRAM.add_command(serve_command)
PROGRAM.add_command(work_command)


def main() -> int:
    """Run one command. Returns 0 when done, 1 when refused, 2 for wrong usage."""
    os.environ["FLASK_SKIP_DOTENV"] = "1"
    try:
        status = PROGRAM.main(prog_name="eventsys", standalone_mode=False)
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        return 1
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).strip().split("\n", 1)[0]
        click.echo(f"The database is away or not up to date ({reason}). To update it: eventsys db upgrade", err=True)
        return 1
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        click.echo(f"{error.filename}: it cannot be read or written ({error.strerror})", err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return 1
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    sys.exit(main())
