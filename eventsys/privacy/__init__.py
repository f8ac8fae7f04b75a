"""What is kept of a person, until when, and how it is taken out."""
