"""Links to what is shown live, who may see them, and from when."""
