"""Tests of contacts: both agree, or nobody sees anything."""
