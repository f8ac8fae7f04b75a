"""The programme: days, rooms, tracks, sessions, talks, and the people in them."""
