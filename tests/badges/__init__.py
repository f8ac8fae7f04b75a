"""Tests of codes, badges and tickets: what is printed is read back from the paper."""
