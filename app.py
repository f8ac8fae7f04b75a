"""What any WSGI server runs: `gunicorn app:app`, or `eventsys serve`."""

from eventsys.factory import create_app

app = create_app()
