"""Figures that anyone can repeat: each row beside a floor measured in the same run on the same server and database."""
