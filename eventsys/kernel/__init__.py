"""What every domain stands on and no domain owns: a closed list of rooms."""
