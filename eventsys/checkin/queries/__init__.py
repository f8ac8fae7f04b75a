"""Reads of the door: what a scan is judged by, who is sought, what a device keeps, how many are in."""
