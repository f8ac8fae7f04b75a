"""Draws the faces it is given, as QR codes, badges and tickets; it knows no registration."""
