"""What to send is a row in the caller's transaction; the worker renders it and sends it."""
